//! A store's identity: a random (version 4) UUID.

use std::fs::File;
use std::io::Read;

use ops::Result;

pub fn generate() -> Result<String> {
    let mut raw = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut raw)?;
    let [a, b, c, d, e, f, g, h, rest @ ..] = raw;
    let tail = rest.iter().skip(2).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let g = g & 0x0f | 0x40;
    let variant = rest[0] & 0x3f | 0x80;
    Ok(format!(
        "{a:02x}{b:02x}{c:02x}{d:02x}-{e:02x}{f:02x}-{g:02x}{h:02x}-{variant:02x}{:02x}-{tail}",
        rest[1]
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn looks_like_a_uuid() {
        let fsid = super::generate().unwrap();
        let lengths: Vec<_> = fsid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{fsid}");
        assert_eq!(fsid.as_bytes().get(14), Some(&b'4'), "{fsid}");
    }
}
