//! Linux asynchronous I/O (`io_submit`): many direct reads or writes under way at once, begun by one thread and
//! reaped by one thread. Containers allow it where they forbid io_uring. With `direct.rs` the place of `unsafe` code.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicUsize, Ordering};

const CMD_PREAD: u16 = 0;
const CMD_PWRITEV: u16 = 8;

/// What the kernel says of one request that is done.
#[repr(C)]
#[derive(Clone, Copy)]
struct Event {
    data: u64,
    obj: u64,
    res: i64,
    res2: i64,
}

/// A context of the kernel's.
struct Context(u64);

impl Context {
    /// `None` where the kernel has none to give.
    fn new(depth: usize) -> Option<Context> {
        let mut id = 0_u64;
        // SAFETY: the out-parameter is valid and zero, as the call wants it.
        let ret = unsafe { libc::syscall(libc::SYS_io_setup, depth as libc::c_uint, &mut id) };
        (ret == 0).then_some(Context(id))
    }

    /// How many of the first were taken.
    ///
    /// # Safety
    /// The blocks and the memory they describe live, and are left alone, until their events have come.
    unsafe fn submit(&self, blocks: &[*mut libc::iocb]) -> io::Result<usize> {
        loop {
            // SAFETY: the caller's promise; the array is valid for the call.
            let ret =
                unsafe { libc::syscall(libc::SYS_io_submit, self.0, blocks.len() as i64, blocks.as_ptr()) };
            if ret >= 0 {
                return Ok(ret as usize);
            }
            let err = io::Error::last_os_error();
            if err.kind() != io::ErrorKind::Interrupted {
                return Err(err);
            }
        }
    }

    /// Waits for at least one event.
    fn wait(&self, events: &mut [Event]) -> io::Result<usize> {
        loop {
            let none = std::ptr::null_mut::<libc::timespec>();
            // SAFETY: the array is valid for as many events as the call may write.
            let ret = unsafe {
                libc::syscall(libc::SYS_io_getevents, self.0, 1_i64, events.len() as i64, events.as_mut_ptr(), none)
            };
            if ret >= 0 {
                return Ok(ret as usize);
            }
            let err = io::Error::last_os_error();
            if err.kind() != io::ErrorKind::Interrupted {
                return Err(err);
            }
        }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: ours, and not used again. The kernel waits for what is under way.
        unsafe { libc::syscall(libc::SYS_io_destroy, self.0) };
    }
}

fn block(fd: RawFd, op: u16, off: u64, buf: u64, count: u64, data: u64) -> libc::iocb {
    // SAFETY: all fields are integers.
    let mut block: libc::iocb = unsafe { std::mem::zeroed() };
    block.aio_fildes = fd as u32;
    block.aio_lio_opcode = op;
    block.aio_offset = off as i64;
    block.aio_buf = buf;
    block.aio_nbytes = count;
    block.aio_data = data;
    block
}

/// Writes scattered pieces.
pub struct Scatter(Context);

/// How many pieces are under way at once.
const SCATTER_DEPTH: usize = 128;

impl Scatter {
    pub fn new() -> Option<Scatter> {
        Context::new(SCATTER_DEPTH).map(Scatter)
    }

    /// Writes every piece to its offset, in no order; `again` writes those by other means that came up short. All of
    /// it is done on return, also where that is an error.
    pub fn write(
        &mut self,
        fd: RawFd,
        pieces: &[(u64, Vec<&[u8]>)],
        again: &dyn Fn(u64, &[&[u8]]) -> io::Result<()>,
    ) -> io::Result<()> {
        for group in pieces.chunks(SCATTER_DEPTH) {
            self.write_group(fd, group, again)?;
        }
        Ok(())
    }

    fn write_group(
        &mut self,
        fd: RawFd,
        group: &[(u64, Vec<&[u8]>)],
        again: &dyn Fn(u64, &[&[u8]]) -> io::Result<()>,
    ) -> io::Result<()> {
        let iovecs: Vec<Vec<libc::iovec>> = group
            .iter()
            .map(|(_, bufs)| {
                let iovec =
                    |buf: &&[u8]| libc::iovec { iov_base: buf.as_ptr().cast_mut().cast(), iov_len: buf.len() };
                bufs.iter().map(iovec).collect()
            })
            .collect();
        let mut blocks: Vec<libc::iocb> = group
            .iter()
            .zip(&iovecs)
            .enumerate()
            .map(|(index, ((off, _), iovec))| {
                block(fd, CMD_PWRITEV, *off, iovec.as_ptr() as u64, iovec.len() as u64, index as u64)
            })
            .collect();
        let pointers: Vec<*mut libc::iocb> = blocks.iter_mut().map(std::ptr::from_mut).collect();
        let mut taken = 0;
        while taken < pointers.len() {
            // SAFETY: this function returns only after as many events as were taken, or not at all.
            match unsafe { self.0.submit(&pointers[taken..]) } {
                Ok(0) | Err(_) => break,
                Ok(more) => taken += more,
            }
        }
        let mut events = [Event { data: 0, obj: 0, res: 0, res2: 0 }; SCATTER_DEPTH];
        let mut short: Vec<usize> = (taken..group.len()).collect();
        let mut left = taken;
        while left > 0 {
            let Ok(count) = self.0.wait(&mut events[..left]) else {
                // The kernel writes from memory that this function must not give up.
                std::process::abort();
            };
            left -= count;
            for event in &events[..count] {
                let index = event.data as usize;
                let Some((_, bufs)) = group.get(index) else { continue };
                if event.res != bufs.iter().map(|buf| buf.len() as i64).sum::<i64>() {
                    short.push(index);
                }
            }
        }
        short.iter().filter_map(|&index| group.get(index)).try_for_each(|(off, bufs)| again(*off, bufs))
    }
}
