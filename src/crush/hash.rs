//! CRUSH's hash of two, three or four numbers (`CRUSH_HASH_RJENKINS1`): the mix that hashes object names too, each word
//! folded in by an order of its own.

use ops::rjenkins_mix as mix;

const SEED: u32 = 1_315_423_911;
const X: u32 = 231_232;
const Y: u32 = 1_232;

pub fn hash2(mut a: u32, mut b: u32) -> u32 {
    let (mut x, y) = (X, Y);
    let mut hash = SEED ^ a ^ b;
    (a, b, hash) = mix(a, b, hash);
    (x, _, hash) = mix(x, a, hash);
    let _ = x;
    mix(b, y, hash).2
}

#[inline]
pub fn hash3(mut a: u32, mut b: u32, mut c: u32) -> u32 {
    let (mut x, mut y) = (X, Y);
    let mut hash = SEED ^ a ^ b ^ c;
    (a, b, hash) = mix(a, b, hash);
    (c, x, hash) = mix(c, x, hash);
    (y, _, hash) = mix(y, a, hash);
    (_, _, hash) = mix(b, x, hash);
    mix(y, c, hash).2
}

pub fn hash4(mut a: u32, mut b: u32, mut c: u32, mut d: u32) -> u32 {
    let (mut x, mut y) = (X, Y);
    let mut hash = SEED ^ a ^ b ^ c ^ d;
    (a, b, hash) = mix(a, b, hash);
    (c, d, hash) = mix(c, d, hash);
    (_, x, hash) = mix(a, x, hash);
    (y, _, hash) = mix(y, b, hash);
    (_, _, hash) = mix(c, x, hash);
    mix(y, d, hash).2
}
