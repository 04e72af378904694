//! A key as keyrings and tickets carry it.

use std::fmt;

use aws_lc_rs::{hmac, rand};
use denc::{Bytes, BytesMut, Decode, DecodeError, Encode, Reader};
use ops::Timespec;

use super::{aes_cbc, krb5};

/// The bytes were not encrypted with this key, or the key is too short for its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CryptoError;

impl fmt::Display for CryptoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot be decrypted with this key")
    }
}

/// What something is encrypted for. Keys of type `aes256k` are another one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Usage {
    ConnectionSecret = 0x03,
    TicketSessionKey = 0x04,
    TicketBlob = 0x05,
    Authorize = 0x10,
    AuthorizeChallenge = 0x11,
    AuthorizeReply = 0x12,
}

#[derive(Clone, PartialEq, Eq)]
pub struct CryptoKey {
    kind: u16,
    created: Timespec,
    secret: Bytes,
}

impl CryptoKey {
    const NONE: u16 = 0;
    const AES: u16 = 1;
    const AES256K: u16 = 2;

    /// From the base64 text of a keyring. `None` where it is none, or a key of a type or length that is not known.
    pub fn parse(text: &str) -> Option<CryptoKey> {
        let key: CryptoKey = denc::decode(&Bytes::from(base64(text.trim())?)).ok()?;
        let needed = match key.kind {
            CryptoKey::AES => aes_cbc::KEY,
            CryptoKey::AES256K => krb5::KEY,
            _ => return None,
        };
        (key.secret.len() >= needed).then_some(key)
    }

    /// `aes256k`, as opposed to `aes`.
    pub fn is_aes256k(&self) -> bool {
        self.kind == CryptoKey::AES256K
    }

    pub fn encrypt(&self, usage: Usage, plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        match self.kind {
            CryptoKey::NONE => Ok(plain.to_vec()),
            CryptoKey::AES => aes_cbc::encrypt(&self.secret, plain),
            CryptoKey::AES256K => {
                let mut confounder = [0; 16];
                rand::fill(&mut confounder).map_err(|_| CryptoError)?;
                krb5::encrypt(&self.secret, usage as u32, confounder, plain)
            }
            _ => Err(CryptoError),
        }
    }

    pub fn decrypt(&self, usage: Usage, cipher: &[u8]) -> Result<Vec<u8>, CryptoError> {
        match self.kind {
            CryptoKey::NONE => Ok(cipher.to_vec()),
            CryptoKey::AES => aes_cbc::decrypt(&self.secret, cipher),
            CryptoKey::AES256K => krb5::decrypt(&self.secret, usage as u32, cipher),
            _ => Err(CryptoError),
        }
    }

    pub fn hmac_sha256(&self, data: &[u8]) -> [u8; 32] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.secret), data);
        tag.as_ref().try_into().unwrap_or_default()
    }
}

impl Encode for CryptoKey {
    fn encode(&self, out: &mut BytesMut) {
        (self.kind, self.created, self.secret.len() as u16).encode(out);
        out.extend_from_slice(&self.secret);
    }
}

impl Decode for CryptoKey {
    const MIN: usize = 12;

    fn decode(from: &mut Reader) -> denc::Result<CryptoKey> {
        let (kind, created) = (from.get()?, from.get()?);
        let len: u16 = from.get()?;
        let secret = from.take(len.into())?;
        if kind > CryptoKey::AES256K {
            return Err(DecodeError::Malformed("key type"));
        }
        Ok(CryptoKey { kind, created, secret })
    }
}

/// Never shows the secret.
impl fmt::Debug for CryptoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key of type {} and {} bytes", self.kind, self.secret.len())
    }
}

/// `None` for what is not base64.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut have) = (0_u32, 0);
    for digit in text.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        have += 6;
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_keyring() {
        let key = CryptoKey::parse("AQDPx11W2BAmFBAA7EUl60a17KxaT1eHLRTg6g==").unwrap();
        assert_eq!((key.kind, key.secret.len()), (CryptoKey::AES, 16));
        assert_eq!(denc::decode::<CryptoKey>(&denc::encode(&key)), Ok(key));
        for bad in ["", "AQ==", "no key at all!", "AQDPx11W2BAmFBAA7EUl60a17KxaT1eHLRTg"] {
            assert_eq!(CryptoKey::parse(bad), None, "{bad:?}");
        }
    }
}
