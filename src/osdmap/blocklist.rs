//! Clients that the cluster no longer listens to.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use denc::entity::{EntityAddr, EntityAddrs};
use ops::Timespec;

use crate::flags::Release;

/// Addresses with the time their entry ends. An entry with port and nonce 0 stands for a whole host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocklist {
    pub(crate) entries: HashMap<EntityAddr, Timespec>,
    /// Networks: the nonce is the length of the prefix (Ceph 17 and later).
    pub(crate) ranges: HashMap<EntityAddr, Timespec>,
    /// All entries are of one kind of address: `any` since Ceph 14.
    pub(crate) since_nautilus: bool,
}

impl Blocklist {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.ranges.is_empty()
    }

    pub fn entries(&self) -> impl Iterator<Item = (&EntityAddr, Timespec)> {
        self.entries.iter().map(|(addr, until)| (addr, *until))
    }

    pub fn ranges(&self) -> impl Iterator<Item = (&EntityAddr, Timespec)> {
        self.ranges.iter().map(|(addr, until)| (addr, *until))
    }

    /// Whether a client with that address is in the list, or its host, or its network.
    pub fn contains(&self, addr: &EntityAddr) -> bool {
        if self.is_empty() {
            return false;
        }
        let kind = if self.since_nautilus { EntityAddr::ANY } else { EntityAddr::LEGACY };
        if self.entries.contains_key(&addr.clone().with_kind(kind)) {
            return true;
        }
        let Some(socket) = addr.socket_addr() else { return false };
        let host = EntityAddr::new(kind, SocketAddr::new(socket.ip(), 0), 0);
        self.entries.contains_key(&host) || self.ranges.keys().any(|range| covers(range, socket.ip()))
    }

    pub fn contains_any(&self, addrs: &EntityAddrs) -> bool {
        addrs.0.iter().any(|addr| self.contains(addr))
    }

    pub(crate) fn set_release(&mut self, release: Release) {
        self.since_nautilus = release >= Release::NAUTILUS;
    }
}

fn covers(range: &EntityAddr, ip: IpAddr) -> bool {
    fn bits(ip: IpAddr) -> (u128, u32) {
        match ip {
            IpAddr::V4(ip) => (u128::from(ip.to_bits()), 32),
            IpAddr::V6(ip) => (ip.to_bits(), 128),
        }
    }
    let Some(network) = range.socket_addr() else { return false };
    let ((network, width), (ip, own_width)) = (bits(network.ip()), bits(ip));
    let ignored = width.saturating_sub(range.nonce);
    width == own_width && (network ^ ip).checked_shr(ignored).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(kind: u32, text: &str) -> EntityAddr {
        text.parse::<EntityAddr>().unwrap().with_kind(kind)
    }

    fn list(entries: &[&str], ranges: &[&str]) -> Blocklist {
        let stamped = |texts: &[&str]| {
            texts.iter().map(|text| (addr(EntityAddr::ANY, text), Timespec::default())).collect()
        };
        Blocklist { entries: stamped(entries), ranges: stamped(ranges), since_nautilus: true }
    }

    #[test]
    fn instances_hosts_and_networks() {
        let list = list(
            &["10.0.0.1:0/77", "10.0.0.2:0/0"],
            &["10.1.0.0:0/16", "[fd00:1::]:0/32", "192.168.7.7:0/32", "[fe80::]:0/0"],
        );
        for (client, listed) in [
            ("10.0.0.1:0/77", true),
            ("10.0.0.1:0/78", false),
            ("10.0.0.1:1/77", false),
            ("10.0.0.2:6800/5", true),
            ("10.0.0.3:6800/5", false),
            ("10.1.255.3:0/5", true),
            ("10.2.0.0:0/5", false),
            ("192.168.7.7:1/1", true),
            ("192.168.7.6:1/1", false),
        ] {
            assert_eq!(list.contains(&addr(EntityAddr::MSGR2, client)), listed, "{client}");
        }
        let list = self::list(&[], &["[fd00:1::]:0/32"]);
        for (client, listed) in
            [("[fd00:1:2::3]:0/5", true), ("[fd00:2::]:0/5", false), ("10.0.0.1:0/1", false)]
        {
            assert_eq!(list.contains(&addr(EntityAddr::LEGACY, client)), listed, "{client}");
        }
        assert!(!Blocklist::default().contains(&addr(EntityAddr::MSGR2, "10.0.0.1:0/77")));
    }
}
