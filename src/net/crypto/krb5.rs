//! Keys of type `aes256k`: `aes256-cts-hmac-sha384-192` of RFC 8009, with keys derived per use.

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;

use super::CryptoError;

pub const KEY: usize = 32;
const BLOCK: usize = 16;
const MAC: usize = 24;

/// `KDF-HMAC-SHA2` of RFC 8009, section 3, for keys up to one hash long.
fn derive(secret: &[u8], usage: u32, kind: u8, len: usize) -> Vec<u8> {
    let mut input = 1_u32.to_be_bytes().to_vec();
    input.extend_from_slice(&usage.to_be_bytes());
    input.push(kind);
    input.push(0);
    input.extend_from_slice(&(len as u32 * 8).to_be_bytes());
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA384, secret), &input);
    tag.as_ref().get(..len).unwrap_or_default().to_vec()
}

fn mac(secret: &[u8], usage: u32, cipher: &[u8]) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA384, &derive(secret, usage, 0x55, MAC));
    let mut context = hmac::Context::with_key(&key);
    // The initialisation vector, which is zero.
    context.update(&[0; BLOCK]);
    context.update(cipher);
    context.sign()
}

fn encryption_key(secret: &[u8], usage: u32) -> Result<UnboundCipherKey, CryptoError> {
    let secret = secret.get(..KEY).ok_or(CryptoError)?;
    UnboundCipherKey::new(&AES_256, &derive(secret, usage, 0xaa, KEY)).map_err(|_| CryptoError)
}

fn xor(block: &mut [u8], with: &[u8]) {
    block.iter_mut().zip(with).for_each(|(byte, with)| *byte ^= with);
}

/// Encrypts `plain` behind the random block `confounder`, and appends the checksum.
pub fn encrypt(
    secret: &[u8],
    usage: u32,
    confounder: [u8; BLOCK],
    plain: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let key = EncryptingKey::ecb(encryption_key(secret, usage)?).map_err(|_| CryptoError)?;
    let mut data = confounder.to_vec();
    data.extend_from_slice(plain);
    let len = data.len();
    data.resize(len.next_multiple_of(BLOCK), 0);
    let mut previous = [0; BLOCK];
    for block in data.chunks_exact_mut(BLOCK) {
        xor(block, &previous);
        key.encrypt(block).map_err(|_| CryptoError)?;
        previous.copy_from_slice(block);
    }
    // Ciphertext stealing: the last two blocks change places, and what was padding is cut off.
    if let Some(last_two) = data.len().checked_sub(2 * BLOCK) {
        let (first, second) = data[last_two..].split_at_mut(BLOCK);
        first.swap_with_slice(second);
    }
    data.truncate(len);
    let tag = mac(secret, usage, &data);
    data.extend_from_slice(tag.as_ref().get(..MAC).ok_or(CryptoError)?);
    Ok(data)
}

pub fn decrypt(secret: &[u8], usage: u32, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let len = sealed.len().checked_sub(MAC).filter(|&len| len >= BLOCK).ok_or(CryptoError)?;
    let (cipher, sum) = sealed.split_at(len);
    let expected = mac(secret, usage, cipher);
    aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_ref().get(..MAC).ok_or(CryptoError)?, sum)
        .map_err(|_| CryptoError)?;
    let key = DecryptingKey::ecb(encryption_key(secret, usage)?).map_err(|_| CryptoError)?;
    let mut data = cipher.to_vec();
    if len > BLOCK {
        // Undo the stealing: the block before last is the last one, and what it lacks is in its own plain text.
        let tail = if len % BLOCK == 0 { BLOCK } else { len % BLOCK };
        let last_two = len - BLOCK - tail;
        let mut stolen: [u8; BLOCK] = data[last_two..last_two + BLOCK].try_into().map_err(|_| CryptoError)?;
        let whole = stolen;
        key.decrypt(&mut stolen, DecryptionContext::None).map_err(|_| CryptoError)?;
        let mut short = data[last_two + BLOCK..].to_vec();
        short.extend_from_slice(&stolen[tail..]);
        data.truncate(last_two);
        data.extend_from_slice(&short);
        data.extend_from_slice(&whole);
    }
    let mut previous = [0; BLOCK];
    for block in data.chunks_exact_mut(BLOCK) {
        let cipher: [u8; BLOCK] = (&*block).try_into().map_err(|_| CryptoError)?;
        key.decrypt(block, DecryptionContext::None).map_err(|_| CryptoError)?;
        xor(block, &previous);
        previous = cipher;
    }
    data.truncate(len);
    data.drain(..BLOCK);
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
    }

    /// The test vectors of RFC 8009, appendix A, for aes256-cts-hmac-sha384-192.
    #[test]
    fn rfc_8009() {
        let secret = hex("6D404D37FAF79F9DF0D33568D320669800EB4836472EA8A026D16B7182460C52");
        let keys = [
            (0xaa, KEY, "56AB22BEE63D82D7BC5227F6773F8EA7A5EB1C825160C38312980C442E5C7E49"),
            (0x55, MAC, "69B16514E3CD8E56B82010D5C73012B622C4D00FFC23ED1F"),
        ];
        for (kind, len, expected) in keys {
            assert_eq!(derive(&secret, 2, kind, len), hex(expected), "key of kind {kind:#x}");
        }
        let cases = [
            (
                "F764E9FA15C276478B2C7D0C4E5F58E4",
                "",
                "41F53FA5BFE7026D91FAF9BE959195A058707273A96A40F0A01960621AC612748B9BBFBE7EB4CE3C",
            ),
            (
                "B80D3251C1F6471494256FFE712D0B9A",
                "000102030405",
                "4ED7B37C2BCAC8F74F23C1CF07E62BC7B75FB3F637B9F559C7F664F69EAB7B6092237526EA0D1F61CB20D69D10F2",
            ),
            (
                "53BF8A0D105265D4E276428624CE5E63",
                "000102030405060708090A0B0C0D0E0F",
                "BC47FFEC7998EB91E8115CF8D19DAC4BBBE2E163E87DD37F49BECA92027764F68CF51F14D798C2273F35DF574D1F932E40C4FF255B36A266",
            ),
            (
                "763E65367E864F02F55153C7E3B58AF1",
                "000102030405060708090A0B0C0D0E0F1011121314",
                "40013E2DF58E8751957D2878BCD2D6FE101CCFD556CB1EAE79DB3C3EE86429F2B2A602AC86FEF6ECB647D6295FAE077A1FEB517508D2C16B4192E01F62",
            ),
        ];
        for (confounder, plain, sealed) in cases {
            let confounder = hex(confounder).try_into().unwrap();
            assert_eq!(encrypt(&secret, 2, confounder, &hex(plain)).unwrap(), hex(sealed), "of {plain:?}");
            assert_eq!(decrypt(&secret, 2, &hex(sealed)).unwrap(), hex(plain), "of {plain:?}");
        }
    }

    #[test]
    fn damage_is_noticed() {
        let sealed = encrypt(&[3; KEY], 4, [5; BLOCK], b"some text").unwrap();
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert_eq!(decrypt(&[3; KEY], 4, &damaged), Err(CryptoError), "byte {at}");
            assert_eq!(decrypt(&[3; KEY], 4, &sealed[..at]), Err(CryptoError), "cut at {at}");
        }
        assert_eq!(decrypt(&[3; KEY], 5, &sealed), Err(CryptoError), "another use");
    }
}
