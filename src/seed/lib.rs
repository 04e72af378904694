//! Random numbers of tests, from a seed that is printed, so that a failure can be repeated. For tests only.

#![forbid(unsafe_code)]

use bytes::Bytes;

/// xorshift64*.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// 0..n
    pub fn below(&mut self, n: u64) -> u64 {
        (self.next() >> 11) % n
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn bytes(&mut self, len: usize) -> Bytes {
        let word = self.next();
        (0..len).map(|i| (word.rotate_left(i as u32 % 61) as usize ^ i) as u8).collect()
    }
}

/// The seed of a test: `SEPIOLA_SEED` of the environment, or of the clock. Printed.
pub fn seed(name: &str) -> u64 {
    let seed = match std::env::var("SEPIOLA_SEED") {
        Ok(text) => text.parse().expect("SEPIOLA_SEED is a number"),
        Err(_) => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.unwrap_or_default().as_nanos() as u64 >> 8
        }
    };
    eprintln!("{name}: SEPIOLA_SEED={seed}");
    seed
}

/// How often a test repeats itself: `SEPIOLA_ROUNDS` of the environment, or `default`.
pub fn rounds(default: u64) -> u64 {
    std::env::var("SEPIOLA_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
