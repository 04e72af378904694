//! Where data holds something.

use std::ops::Range;

static ZEROES: [u8; 4096] = [0; 4096];

fn is_zero(bytes: &[u8]) -> bool {
    bytes.chunks(ZEROES.len()).all(|chunk| *chunk == ZEROES[..chunk.len()])
}

/// The extents of `data` that hold something, in steps of `step` bytes, which is not 0.
pub fn data_runs(data: &[u8], step: usize) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, chunk) in data.chunks(step).enumerate() {
        if is_zero(chunk) {
            continue;
        }
        let start = index * step;
        match runs.last_mut() {
            Some(run) if run.end == start => run.end += chunk.len(),
            _ => runs.push(start..start + chunk.len()),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_whole_steps() {
        let mut data = vec![0; 40_000];
        assert_eq!(data_runs(&data, 512), []);
        for at in [0, 511, 1024, 30_000, 39_999] {
            data[at] = 1;
        }
        assert_eq!(data_runs(&data, 512), [0..512, 1024..1536, 29_696..30_208, 39_936..40_000]);
        assert_eq!(data_runs(&data, 10_000), [0..10_000, 30_000..40_000]);
        assert_eq!(data_runs(&data, 1 << 20), [Range { start: 0, end: 40_000 }]);
    }
}
