//! Names of the objects an image and a pool of images are made of.

use bytes::Bytes;
use ops::{Errno, Result};

pub(crate) const DIRECTORY: &str = "rbd_directory";
pub(crate) const INFO: &str = "rbd_info";
pub(crate) const NAMESPACE: &str = "rbd_namespace";
pub(crate) const CHILDREN: &str = "rbd_children";
pub(crate) const TRASH: &str = "rbd_trash";
pub(crate) const MIRRORING: &str = "rbd_mirroring";
pub(crate) const GROUP_DIRECTORY: &str = "rbd_group_directory";
/// The name of the advisory lock on a header.
pub(crate) const LOCK: &str = "rbd_lock";

const DATA_PREFIX: &str = "rbd_data.";
/// `block_name_prefix` of `rbd_image_info_t` has 24 bytes, of which `rbd_data.` takes nine; the id must
/// leave room for the terminating zero.
const MAX_ID: usize = 14;
/// The longest object prefix a header may carry.
const MAX_PREFIX: usize = 43;

pub(crate) fn id_object(name: &str) -> Bytes {
    format!("rbd_id.{name}").into()
}

pub(crate) fn header_object(id: &str) -> Bytes {
    format!("rbd_header.{id}").into()
}

pub(crate) fn old_header_object(name: &str) -> Bytes {
    format!("{name}.rbd").into()
}

/// `data_pool`: where it is not the pool of the header, the id of the latter goes into the prefix.
pub(crate) fn object_prefix(id: &str, header_pool: Option<i64>) -> Result<String> {
    let prefix = match header_pool {
        Some(pool) => format!("{DATA_PREFIX}{pool}.{id}"),
        None => format!("{DATA_PREFIX}{id}"),
    };
    if prefix.len() > MAX_PREFIX { Err(Errno::EINVAL) } else { Ok(prefix) }
}

pub(crate) fn data_object(prefix: &str, object: u64) -> Bytes {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut name = Vec::with_capacity(prefix.len() + 17);
    name.extend_from_slice(prefix.as_bytes());
    name.push(b'.');
    name.extend((0..16).rev().map(|i| DIGITS[(object >> (4 * i)) as usize & 15]));
    name.into()
}

/// A new image's id: the client's instance id and a random number, both in hex, the last 14 digits.
pub(crate) fn generate_id(instance: u64) -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    // The standard library's only source of randomness.
    let random = RandomState::new().build_hasher().finish() as u32;
    let id = format!("{instance:x}{random:x}");
    id.get(id.len().saturating_sub(MAX_ID)..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ceph_s() {
        assert_eq!(data_object("rbd_data.10af6b8b4567", 0x1f), "rbd_data.10af6b8b4567.000000000000001f");
        assert_eq!(object_prefix("ab", Some(3)).unwrap(), "rbd_data.3.ab");
        assert_eq!(object_prefix("ab", None).unwrap(), "rbd_data.ab");
        assert_eq!(object_prefix(&"a".repeat(80), None), Err(Errno::EINVAL));
        assert!(generate_id(u64::MAX).len() == 14);
        assert!(generate_id(0x10af).starts_with("10af"));
    }
}
