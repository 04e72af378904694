//! Clients that are shut out, by address, each until a time.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use disk::Engine;
use ops::{Errno, Result, Timespec};
use parking_lot::Mutex;

pub const KEY: &[u8] = b"blocklist";
/// `mon_osd_blocklist_default_expire`.
const DEFAULT_EXPIRE: Duration = Duration::from_secs(3600);

/// Address to the second since 1970 at which it ends.
type Entries = BTreeMap<String, u64>;

#[derive(Default)]
pub struct Blocklist(Mutex<Entries>);

/// `ip:port/nonce` of any way to write an address; an address alone stands for all of its clients.
pub fn normalised(addr: &str) -> Result<String> {
    let addr = addr.trim();
    let addr = ["v1:", "v2:", "any:"].iter().find_map(|prefix| addr.strip_prefix(prefix)).unwrap_or(addr);
    let (host, nonce) = addr.rsplit_once('/').unwrap_or((addr, "0"));
    let has_port = host.rsplit_once(':').filter(|(ip, _)| !ip.contains(':') || ip.ends_with(']'));
    let (ip, port) = has_port.unwrap_or((host, "0"));
    let ip = ip.trim_start_matches('[').trim_end_matches(']');
    let parsed: std::net::IpAddr = ip.parse().map_err(|_| Errno::EINVAL)?;
    let (port, nonce): (u16, u64) =
        (port.parse().map_err(|_| Errno::EINVAL)?, nonce.parse().map_err(|_| Errno::EINVAL)?);
    Ok(match parsed {
        std::net::IpAddr::V4(ip) => format!("{ip}:{port}/{nonce}"),
        std::net::IpAddr::V6(ip) => format!("[{ip}]:{port}/{nonce}"),
    })
}

fn whole_address(addr: &str) -> Option<String> {
    addr.rsplit_once('/').and_then(|(host, _)| host.rsplit_once(':')).map(|(ip, _)| format!("{ip}:0/0"))
}

fn now() -> u64 {
    Timespec::now().sec.into()
}

impl Blocklist {
    pub fn load(&self, engine: &dyn Engine) -> Result<()> {
        if let Some(stored) = engine.meta_get(KEY) {
            *self.0.lock() = serde_json::from_slice(&stored).map_err(|_| Errno::EIO)?;
        }
        Ok(())
    }

    fn change<T>(&self, engine: &dyn Engine, edit: impl FnOnce(&mut Entries) -> T) -> Result<T> {
        let mut entries = self.0.lock();
        let mut changed = entries.clone();
        changed.retain(|_, until| *until > now());
        let answer = edit(&mut changed);
        let text = serde_json::to_vec(&changed).map_err(|_| Errno::EIO)?;
        engine.meta_update(vec![(Bytes::from_static(KEY), Some(text.into()))])?;
        *entries = changed;
        Ok(answer)
    }

    /// An expiry of zero stands for the default, an hour. Returns the entry.
    pub fn add(&self, engine: &dyn Engine, addr: &str, expire: Duration) -> Result<(String, u64)> {
        let addr = normalised(addr)?;
        let expire = if expire.is_zero() { DEFAULT_EXPIRE } else { expire };
        let until = now().saturating_add(expire.as_secs().max(1));
        self.change(engine, |entries| entries.insert(addr.clone(), until))?;
        Ok((addr, until))
    }

    /// Says whether it was there.
    pub fn remove(&self, engine: &dyn Engine, addr: &str) -> Result<bool> {
        let addr = normalised(addr)?;
        self.change(engine, |entries| entries.remove(&addr).is_some())
    }

    pub fn clear(&self, engine: &dyn Engine) -> Result<()> {
        self.change(engine, Entries::clear)
    }

    pub fn entries(&self) -> Vec<(String, u64)> {
        self.0
            .lock()
            .iter()
            .filter(|(_, until)| **until > now())
            .map(|(addr, until)| (addr.clone(), *until))
            .collect()
    }

    /// Until when (seconds since 1970) a client is shut out; 0: it is not.
    pub fn until(&self, addr: &str) -> u64 {
        let entries = self.0.lock();
        let whole = whole_address(addr).and_then(|ip| entries.get(&ip).copied());
        let until = entries.get(addr).copied().max(whole).unwrap_or(0);
        if until > now() { until } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_every_spelling() {
        let cases = [
            ("127.0.0.1:0/17", Some("127.0.0.1:0/17")),
            ("v1:127.0.0.1:6800/1", Some("127.0.0.1:6800/1")),
            ("10.0.0.9", Some("10.0.0.9:0/0")),
            ("[::1]:3/4", Some("[::1]:3/4")),
            ("::1", Some("[::1]:0/0")),
            ("", None),
            ("nonsense", None),
            ("1.2.3.4:x/1", None),
        ];
        for (text, expected) in cases {
            assert_eq!(normalised(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn entries_block_until_they_end() {
        let (list, engine) = (Blocklist::default(), disk::ModelEngine::new());
        list.add(&engine, "127.0.0.1:0/5", Duration::from_secs(60)).unwrap();
        assert!(list.until("127.0.0.1:0/5") > now());
        assert_eq!(list.until("127.0.0.1:0/6"), 0);
        let reopened = Blocklist::default();
        reopened.load(&engine).unwrap();
        assert_eq!(reopened.entries(), list.entries());
        assert_eq!(list.remove(&engine, "127.0.0.1:0/5"), Ok(true));
        assert_eq!(list.until("127.0.0.1:0/5"), 0);
        list.add(&engine, "127.0.0.1", Duration::ZERO).unwrap();
        assert!(list.until("127.0.0.1:0/6") > now(), "a whole address");
    }
}
