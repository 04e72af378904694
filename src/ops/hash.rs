//! The string hash that places objects: Robert Jenkins' 1996 mix over little-endian words, as
//! Ceph's `object_hash = rjenkins` (every pool since 2009) computes it.

/// Mixes three words reversibly. CRUSH builds its hash of numbers from it too.
#[inline]
pub fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    a = a.wrapping_sub(b).wrapping_sub(c) ^ (c >> 13);
    b = b.wrapping_sub(c).wrapping_sub(a) ^ (a << 8);
    c = c.wrapping_sub(a).wrapping_sub(b) ^ (b >> 13);
    a = a.wrapping_sub(b).wrapping_sub(c) ^ (c >> 12);
    b = b.wrapping_sub(c).wrapping_sub(a) ^ (a << 16);
    c = c.wrapping_sub(a).wrapping_sub(b) ^ (b >> 5);
    a = a.wrapping_sub(b).wrapping_sub(c) ^ (c >> 3);
    b = b.wrapping_sub(c).wrapping_sub(a) ^ (a << 10);
    c = c.wrapping_sub(a).wrapping_sub(b) ^ (b >> 15);
    (a, b, c)
}

fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |w, &b| (w << 8) | u32::from(b))
}

/// The hash of `key`, unreduced.
pub fn rjenkins(key: &[u8]) -> u32 {
    let (mut a, mut b, mut c) = (0x9e37_79b9_u32, 0x9e37_79b9_u32, 0_u32);
    let mut chunks = key.chunks_exact(12);
    for chunk in &mut chunks {
        a = a.wrapping_add(word(&chunk[0..4]));
        b = b.wrapping_add(word(&chunk[4..8]));
        c = c.wrapping_add(word(&chunk[8..12]));
        (a, b, c) = mix(a, b, c);
    }
    // The tail fills a, then b, then the upper three bytes of c, whose lowest byte is the length's.
    let tail = chunks.remainder();
    let part = |from: usize, to: usize| word(&tail[from.min(tail.len())..to.min(tail.len())]);
    a = a.wrapping_add(part(0, 4));
    b = b.wrapping_add(part(4, 8));
    c = c.wrapping_add(key.len() as u32).wrapping_add(part(8, 11) << 8);
    mix(a, b, c).2
}

/// The other hash a pool may have (`object_hash = linux`), once that of Linux's directory cache.
pub fn linux(key: &[u8]) -> u32 {
    key.iter().fold(0_u32, |hash, &byte| {
        let byte = u32::from(byte);
        hash.wrapping_add(byte << 4).wrapping_add(byte >> 4).wrapping_mul(11)
    })
}

#[cfg(test)]
mod tests {
    use super::rjenkins;

    /// Values printed by `ceph osd map` on a stock cluster (the raw pg of the object name).
    #[test]
    fn empty_string_is_stable() {
        assert_eq!(rjenkins(b""), 0xbd49_d10d);
    }
}
