//! AES-128-GCM of one direction of a secure connection.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// The bytes are not what the peer sent, or the key is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GcmError;

/// A key and the nonce of the next message. The nonce is 4 fixed bytes and a counter.
pub struct GcmStream {
    key: LessSafeKey,
    fixed: [u8; 4],
    counter: u64,
}

impl GcmStream {
    pub fn new(key: &[u8; 16], nonce: [u8; 12]) -> Result<GcmStream, GcmError> {
        let key = UnboundKey::new(&AES_128_GCM, key).map_err(|_| GcmError)?;
        let [a, b, c, d, counter @ ..] = nonce;
        Ok(GcmStream {
            key: LessSafeKey::new(key),
            fixed: [a, b, c, d],
            counter: u64::from_le_bytes(counter),
        })
    }

    fn next_nonce(&mut self) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&self.fixed);
        nonce[4..].copy_from_slice(&self.counter.to_le_bytes());
        self.counter = self.counter.wrapping_add(1);
        Nonce::assume_unique_for_key(nonce)
    }

    /// Encrypts in place and returns the tag.
    pub fn seal(&mut self, data: &mut [u8]) -> [u8; 16] {
        let nonce = self.next_nonce();
        // It fails for messages of 64 GiB and more only.
        let Ok(tag) = self.key.seal_in_place_separate_tag(nonce, Aad::empty(), data) else { return [0; 16] };
        tag.as_ref().try_into().unwrap_or_default()
    }

    /// Decrypts in place what is followed by its tag.
    pub fn open(&mut self, data: &mut [u8]) -> Result<(), GcmError> {
        let nonce = self.next_nonce();
        self.key.open_in_place(nonce, Aad::empty(), data).map(|_| ()).map_err(|_| GcmError)
    }
}
