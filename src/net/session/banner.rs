//! The banner: which revision of the protocol, before any frame.

use super::SessionError;

const PREFIX: &[u8] = b"ceph v2\n";
/// What a daemon that speaks the first protocol sends.
const LEGACY: &[u8] = b"ceph v0";
/// Frames of msgr2.1. Every release since 16 has it.
const REVISION_1: u64 = 1;

/// Ours.
pub fn banner() -> Vec<u8> {
    let mut out = PREFIX.to_vec();
    out.extend_from_slice(&16_u16.to_le_bytes());
    out.extend_from_slice(&REVISION_1.to_le_bytes());
    out.extend_from_slice(&REVISION_1.to_le_bytes());
    out
}

/// How many bytes the peer's banner takes, once it is all there.
pub fn check(input: &[u8]) -> Result<Option<usize>, SessionError> {
    if input.starts_with(LEGACY) {
        return Err(SessionError::LegacyProtocol);
    }
    let known = input.len().min(PREFIX.len());
    if input[..known] != PREFIX[..known] {
        return Err(SessionError::NotCeph);
    }
    let Some(len) = input.get(PREFIX.len()..).and_then(|rest| rest.first_chunk::<2>()) else {
        return Ok(None);
    };
    let len = usize::from(u16::from_le_bytes(*len));
    let payload = PREFIX.len() + 2;
    let Some(features) = input.get(payload..payload + len) else { return Ok(None) };
    let word = |at: usize| {
        let word = features.get(at..).and_then(|rest| rest.first_chunk::<8>());
        word.map(|word| u64::from_le_bytes(*word)).ok_or(SessionError::NotCeph)
    };
    let (supported, required) = (word(0)?, word(8)?);
    if supported & REVISION_1 == 0 || required & !REVISION_1 != 0 {
        return Err(SessionError::Revision { supported, required });
    }
    Ok(Some(payload + len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banners() {
        let ours = banner();
        for len in 0..ours.len() {
            assert_eq!(check(&ours[..len]), Ok(None), "after {len} bytes");
        }
        assert_eq!(check(&ours), Ok(Some(26)));
        assert_eq!(check(b"ceph v027\0\0\0\0"), Err(SessionError::LegacyProtocol));
        assert_eq!(check(b"HTTP/1.1 400"), Err(SessionError::NotCeph));
        let mut old = ours.clone();
        old[10] = 0;
        assert_eq!(check(&old), Err(SessionError::Revision { supported: 0, required: 1 }));
        let mut short = ours[..10].to_vec();
        short[8] = 0;
        assert_eq!(check(&short), Err(SessionError::NotCeph));
    }
}
