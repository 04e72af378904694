//! Where a client's key is.

use std::path::Path;

use ops::{Errno, Result};

use crate::crypto::CryptoKey;

/// Looks for the key of `entity` (`client.admin`): `key` and `keyfile` come before `keyrings`, a list of files of which
/// the first that exists counts. `None` where the keyring has no such entity.
///
/// `-ENOENT`: no keyring; `-EINVAL`: what is there is no key; `-EIO`: a keyring that cannot be parsed.
pub fn find_key(entity: &str, key: &str, keyfile: &str, keyrings: &str) -> Result<Option<CryptoKey>> {
    let parse = |text: &str| CryptoKey::parse(text).map(Some).ok_or(Errno::EINVAL);
    if !key.is_empty() {
        return parse(key);
    }
    if !keyfile.is_empty() {
        let text = std::fs::read_to_string(keyfile).map_err(|e| {
            tracing::error!(target: "rados", "cannot read the key in {keyfile}: {e}");
            Errno::from(e)
        })?;
        return parse(&text);
    }
    let path = keyrings
        .split([',', ';'])
        .map(str::trim)
        .find(|path| !path.is_empty() && Path::new(path).exists())
        .ok_or_else(|| {
            tracing::error!(target: "rados", "unable to find a keyring on {keyrings}");
            Errno::ENOENT
        })?;
    let text = std::fs::read_to_string(path).map_err(|e| {
        tracing::error!(target: "rados", "cannot read the keyring {path}: {e}");
        Errno::from(e)
    })?;
    match in_keyring(&text, entity) {
        Some(key) => parse(&key).inspect_err(|_| {
            tracing::error!(target: "rados", "the key of {entity} in {path} cannot be used");
        }),
        None => Ok(None),
    }
}

/// The text of an entity's key in a keyring file.
fn in_keyring(text: &str, entity: &str) -> Option<String> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(section) = line.strip_prefix('[') {
            inside = section.split(']').next().is_some_and(|name| name.trim() == entity);
        } else if inside
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == "key"
        {
            // A base64 text ends with equal signs of its own.
            found = Some(value.trim().trim_matches('"').to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyrings() {
        let text = "[client.a]\n\tkey = AAA==\n# key = BBB\n caps mon = \"allow *\"\n\n[client.b]\nkey=CCC\n";
        assert_eq!(in_keyring(text, "client.a").as_deref(), Some("AAA=="));
        assert_eq!(in_keyring(text, "client.b").as_deref(), Some("CCC"));
        assert_eq!(in_keyring(text, "client.c"), None);
    }

    #[test]
    fn places() {
        assert_eq!(find_key("client.a", "", "", "/nonexistent/a, /nonexistent/b"), Err(Errno::ENOENT));
        assert_eq!(find_key("client.a", "nonsense", "", ""), Err(Errno::EINVAL));
        assert_eq!(find_key("client.a", "", "/nonexistent/key", ""), Err(Errno::ENOENT));
        let key = "AQDPx11W2BAmFBAA7EUl60a17KxaT1eHLRTg6g==";
        assert!(
            find_key("client.a", key, "", "/nonexistent").is_ok_and(|found| found == CryptoKey::parse(key))
        );
    }
}
