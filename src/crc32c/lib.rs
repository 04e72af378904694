//! CRC-32C (Castagnoli): the checksum of Ceph's messages and maps, and of the store's blocks, frames and rows.
//!
//! The arithmetic is `crc-fast`'s; why, `docs/decisions/0203-crc32c.md` tells.
#![forbid(unsafe_code)]

use crc_fast::{CrcAlgorithm, Digest};

/// The checksum of `bytes` as in RFC 3720: all bits set at the beginning, inverted at the end.
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc_fast::crc32_iscsi(bytes)
}

/// The checksum of what has the checksum `crc`, followed by `bytes`. That of nothing is 0.
pub fn crc32c_append(crc: u32, bytes: &[u8]) -> u32 {
    !ceph(!crc, bytes)
}

/// The same without any inversion: from the register `seed` to the register after `bytes`, as Ceph's own function has it.
pub fn ceph(seed: u32, bytes: &[u8]) -> u32 {
    let mut digest = Digest::new_with_init_state(CrcAlgorithm::Crc32Iscsi, seed.into());
    digest.update(bytes);
    // 32 bits of it are used.
    digest.get_state() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit, from the polynomial.
    fn slowly(seed: u32, bytes: &[u8]) -> u32 {
        bytes.iter().fold(seed, |mut register, byte| {
            register ^= u32::from(*byte);
            for _ in 0..8 {
                register = register >> 1 ^ if register & 1 == 1 { 0x82f6_3b78 } else { 0 };
            }
            register
        })
    }

    /// RFC 3720, B.4.
    #[test]
    fn known_checksums() {
        let ascending: Vec<u8> = (0..32).collect();
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        assert_eq!(crc32c(&ascending), 0x46dd_794e);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(b""), 0);
    }

    /// Every length that some implementation treats by itself, at every alignment, cut anywhere.
    #[test]
    fn is_what_the_polynomial_says() {
        let bytes: Vec<u8> = (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for len in (0..600).chain([1023, 1024, 1025, 4095, 4096, 4097, 4900]) {
            let from = len % 64;
            let bytes = &bytes[from..from + len];
            let seed = (len as u32).wrapping_mul(0x9e37_79b9);
            let register = slowly(seed, bytes);
            assert_eq!(ceph(seed, bytes), register, "{len} bytes from {from} on, begun with {seed:#x}");
            let (front, back) = bytes.split_at(len / 3);
            assert_eq!(ceph(ceph(seed, front), back), register, "{len} bytes in two portions");
            assert_eq!(crc32c_append(!seed, bytes), !register, "{len} bytes, appended");
            assert_eq!(crc32c(bytes), !slowly(u32::MAX, bytes), "{len} bytes");
        }
    }
}
