//! Keys of type `aes`: AES-128 in CBC mode with PKCS#7 padding and an initialisation vector that is always the same.

use aws_lc_rs::cipher::{
    AES_128, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;

use super::CryptoError;

const IV: &[u8; 16] = b"cephsageyudagreg";
pub const KEY: usize = 16;

fn key(secret: &[u8]) -> Result<UnboundCipherKey, CryptoError> {
    UnboundCipherKey::new(&AES_128, secret.get(..KEY).ok_or(CryptoError)?).map_err(|_| CryptoError)
}

pub fn encrypt(secret: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key(secret)?).map_err(|_| CryptoError)?;
    let mut data = plain.to_vec();
    let context = EncryptionContext::Iv128(FixedLength::from(IV));
    key.less_safe_encrypt(&mut data, context).map_err(|_| CryptoError)?;
    Ok(data)
}

pub fn decrypt(secret: &[u8], cipher: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key(secret)?).map_err(|_| CryptoError)?;
    let mut data = cipher.to_vec();
    let context = DecryptionContext::Iv128(FixedLength::from(IV));
    let len = key.decrypt(&mut data, context).map_err(|_| CryptoError)?.len();
    data.truncate(len);
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of padding is added to whole blocks. Values from `openssl enc -aes-128-cbc`.
    #[test]
    fn like_openssl() {
        let key = *b"0123456789abcdef";
        for len in [0_usize, 1, 15, 16, 17, 100] {
            let plain: Vec<u8> = (0..len as u8).collect();
            let sealed = encrypt(&key, &plain).unwrap();
            assert_eq!(sealed.len(), (len / 16 + 1) * 16, "of {len} bytes");
            assert_eq!(decrypt(&key, &sealed).unwrap(), plain, "of {len} bytes");
        }
        assert_eq!(decrypt(&key, &[1; 15]), Err(CryptoError));
        assert_eq!(encrypt(&key[..15], b""), Err(CryptoError));
    }
}
