//! The types of `rados_types.h`: watches and notifies.

#![allow(non_camel_case_types)]

use std::ffi::c_char;

/// A watcher of an object. No function of the C interface returns it; it is part of the header all the same.
#[allow(dead_code)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct obj_watch_t {
    /// Address of the watching client.
    pub addr: [c_char; 256],
    /// Its instance id.
    pub watcher_id: i64,
    /// Its watch.
    pub cookie: u64,
    /// After how many seconds of silence it loses the watch.
    pub timeout_seconds: u32,
}

/// A watcher that answered a notify.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct notify_ack_t {
    /// Instance id of the watching client.
    pub notifier_id: u64,
    /// Its watch.
    pub cookie: u64,
    /// What it answered; NULL where nothing.
    pub payload: *mut c_char,
    /// Length of that, in bytes.
    pub payload_len: u64,
}

/// A watcher that did not answer in time.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct notify_timeout_t {
    /// Instance id of the watching client.
    pub notifier_id: u64,
    /// Its watch.
    pub cookie: u64,
}
