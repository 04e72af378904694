//! Operations that only let the others pass: version, extent, xattr and omap comparisons.

use bytes::Bytes;
use ops::{CmpMode, CmpValue, Errno, MAX_ERRNO, OpOut, Result, VecSink, XattrCmp};

use super::Run;

impl Run<'_> {
    pub(super) fn assert_version(&self, version: u64) -> Result<OpOut> {
        let current = if self.part.is_some() { self.version } else { 0 };
        match version {
            0 => Err(Errno::EINVAL),
            older if older < current => Err(Errno::ERANGE),
            newer if newer > current => Err(Errno::EOVERFLOW),
            _ => Ok(OpOut::None),
        }
    }

    pub(super) fn cmp_ext(&self, off: u64, expected: &Bytes) -> Result<OpOut> {
        let mut sink = VecSink::new(expected.len());
        let there = match self.part {
            Some(part) => self.tx.read(part, off, expected.len() as u64, &mut sink)? as usize,
            None => 0,
        };
        let mut stored = sink.into_bytes(there).to_vec();
        stored.resize(expected.len(), 0);
        match expected.iter().zip(&stored).position(|(want, have)| want != have) {
            Some(at) => Err(Errno(MAX_ERRNO + at as i32)),
            None => Ok(OpOut::None),
        }
    }

    /// A missing attribute compares as an empty one.
    pub(super) fn cmp_xattr(&self, cmp: &XattrCmp) -> Result<OpOut> {
        let stored = self.tx.attr(self.here()?, &cmp.name)?.unwrap_or_default();
        let holds = match &cmp.value {
            CmpValue::Bytes(given) => compare(cmp.mode, &given[..], &stored[..]),
            CmpValue::U64(given) => compare(cmp.mode, given, &leading_number(&stored)),
        }?;
        if holds { Ok(OpOut::None) } else { Err(Errno::ECANCELED) }
    }

    /// Unlike with attributes, the stored value stands on the left, and only three comparisons exist.
    pub(super) fn omap_cmp(&self, key: &Bytes, mode: CmpMode, given: &Bytes) -> Result<OpOut> {
        let stored = self.tx.omap_get(self.here()?, key)?.unwrap_or_default();
        match mode {
            CmpMode::Eq | CmpMode::Lt | CmpMode::Gt if compare(mode, &stored, given)? => Ok(OpOut::None),
            CmpMode::Eq | CmpMode::Lt | CmpMode::Gt => Err(Errno::ECANCELED),
            _ => Err(Errno::EINVAL),
        }
    }
}

fn compare<T: Ord + ?Sized>(mode: CmpMode, left: &T, right: &T) -> Result<bool> {
    Ok(match mode {
        CmpMode::Eq => left == right,
        CmpMode::Ne => left != right,
        CmpMode::Gt => left > right,
        CmpMode::Gte => left >= right,
        CmpMode::Lt => left < right,
        CmpMode::Lte => left <= right,
        CmpMode::Other(_) => return Err(Errno::EINVAL),
    })
}

/// The number a text begins with, as C's `strtoull` reads it: 0 where it begins with none.
fn leading_number(text: &[u8]) -> u64 {
    let text = text.trim_ascii_start();
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let mut number = 0_u64;
    for digit in digits.iter().take_while(|c| c.is_ascii_digit()) {
        match number.checked_mul(10).and_then(|n| n.checked_add(u64::from(digit - b'0'))) {
            Some(next) => number = next,
            None => return u64::MAX,
        }
    }
    if negative { number.wrapping_neg() } else { number }
}

#[cfg(test)]
mod tests {
    use super::leading_number;

    #[test]
    fn numbers_read_as_c_reads_them() {
        let cases: [(&[u8], u64); 8] = [
            (b"", 0),
            (b"12", 12),
            (b"  +7x9", 7),
            (b"abc", 0),
            (b"-1", u64::MAX),
            (b"18446744073709551615", u64::MAX),
            (b"99999999999999999999", u64::MAX),
            (b"3\0", 3),
        ];
        for (text, number) in cases {
            assert_eq!(leading_number(text), number, "{}", text.escape_ascii());
        }
    }
}
