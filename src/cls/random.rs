//! Random names. Nobody may have them already, but they are no secret, so the seed of the standard library's
//! hasher is random enough.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;

fn word(salt: u64) -> u64 {
    RandomState::new().hash_one(salt)
}

/// A version 4 UUID as text.
pub fn uuid() -> Bytes {
    let bits = u128::from(word(1)) << 64 | u128::from(word(2));
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let mut text = format!("{bits:032x}");
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text.into()
}

/// Letters, digits, `-` and `_`.
pub fn base64(len: usize) -> Bytes {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let pick = |salt: usize| ALPHABET.get((word(salt as u64) % 64) as usize).copied();
    (0..len).filter_map(pick).collect()
}
