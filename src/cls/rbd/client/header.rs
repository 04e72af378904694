//! Calls on `rbd_header.ID`, `rbd_id.NAME` and data objects.

use std::collections::BTreeMap;

use denc::Bytes;
use ops::{SNAP_HEAD, Timespec};

use super::call;
use crate::call::Call;
use crate::rbd::states::AssertSnapcSeq;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageSize {
    /// Log2 of the object size.
    pub order: u8,
    /// Bytes.
    pub size: u64,
}

denc::plain!(ImageSize { order: u8, size: u64 });

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageFeatures {
    pub features: u64,
    /// Those that keep a client without them from the image, in the mode asked for.
    pub incompatible: u64,
}

denc::plain!(ImageFeatures { features: u64, incompatible: u64 });

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Striping {
    /// Bytes.
    pub unit: u64,
    /// Objects.
    pub count: u64,
}

denc::plain!(Striping { unit: u64, count: u64 });

/// Makes the header of a new image. `-EEXIST` where there is one, `-ENOSYS` where the class lacks one of
/// the features. `data_pool` goes with the feature of that name.
pub fn create(size: u64, order: u8, features: u64, object_prefix: &[u8], data_pool: Option<i64>) -> Call<()> {
    call("create", (size, order, features, object_prefix, data_pool.unwrap_or(-1)))
}

pub fn get_features(read_only: bool) -> Call<ImageFeatures> {
    call("get_features", (SNAP_HEAD, read_only))
}

/// Sets the bits of `mask` to those of `features`.
pub fn set_features(features: u64, mask: u64) -> Call<()> {
    call("set_features", (features, mask))
}

/// The features the class knows.
pub fn get_all_features() -> Call<u64> {
    call("get_all_features", ())
}

pub fn get_op_features() -> Call<u64> {
    call("op_features_get", ())
}

pub fn set_op_features(features: u64, mask: u64) -> Call<()> {
    call("op_features_set", (features, mask))
}

/// Size of the image, or of its snapshot `snap`.
pub fn get_size(snap: u64) -> Call<ImageSize> {
    call("get_size", snap)
}

/// Shrinks the overlap with the parent too.
pub fn set_size(size: u64) -> Call<()> {
    call("set_size", size)
}

pub fn get_object_prefix() -> Call<Bytes> {
    call("get_object_prefix", ())
}

/// -1: the pool of the image.
pub fn get_data_pool() -> Call<i64> {
    call("get_data_pool", ())
}

/// `-ENOEXEC` where the image does not have striping.
pub fn get_stripe_unit_count() -> Call<Striping> {
    call("get_stripe_unit_count", ())
}

pub fn set_stripe_unit_count(unit: u64, count: u64) -> Call<()> {
    call("set_stripe_unit_count", (unit, count))
}

pub fn get_flags(snap: u64) -> Call<u64> {
    call("get_flags", snap)
}

pub fn set_flags(snap: u64, flags: u64, mask: u64) -> Call<()> {
    call("set_flags", (flags, mask, snap))
}

pub fn get_create_timestamp() -> Call<Timespec> {
    call("get_create_timestamp", ())
}

pub fn get_access_timestamp() -> Call<Timespec> {
    call("get_access_timestamp", ())
}

pub fn get_modify_timestamp() -> Call<Timespec> {
    call("get_modify_timestamp", ())
}

/// To the OSD's own clock.
pub fn set_access_timestamp() -> Call<()> {
    call("set_access_timestamp", ())
}

pub fn set_modify_timestamp() -> Call<()> {
    call("set_modify_timestamp", ())
}

/// On `rbd_id.NAME`.
pub fn get_id() -> Call<Bytes> {
    call("get_id", ())
}

/// On `rbd_id.NAME`, which must exist and be empty.
pub fn set_id(id: &[u8]) -> Call<()> {
    call("set_id", id)
}

/// Writes a data object that does not exist yet; leaves one alone that does.
pub fn copyup(data: Bytes) -> Call<()> {
    Call::with_input("rbd", "copyup", data)
}

/// The same for extents (offset and length) whose bytes stand one after the other in `data`.
pub fn sparse_copyup(extents: &BTreeMap<u64, u64>, data: &Bytes) -> Call<()> {
    call("sparse_copyup", (extents, data))
}

/// Drops runs of `sparse_size` zero bytes from a data object, and the object where nothing is left and
/// `remove_empty`.
pub fn sparsify(sparse_size: u64, remove_empty: bool) -> Call<()> {
    call("sparsify", (sparse_size, remove_empty))
}

/// `-ERANGE` unless `seq` stands to the data object's snap set as `state` says.
pub fn assert_snapc_seq(seq: u64, state: AssertSnapcSeq) -> Call<()> {
    call("assert_snapc_seq", (seq, state))
}
