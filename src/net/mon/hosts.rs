//! Finding the monitors from the configuration, before there is a map.

use std::io::Read;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Instant;

use denc::entity::{EntityAddr, EntityAddrs};
use ops::{Errno, Result};

use super::monmap::{MonMap, Monitor};
use super::srv::Resolver;
use crate::options::Options;

/// Of a file, in bytes.
const LARGEST_MAP: u64 = 1 << 20;
const PORT: u16 = 3300;
const LEGACY_PORT: u16 = 6789;

/// Whom to ask first: whoever `mon_host_override`, a file (`monmap`), `mon_host` or the DNS names, the first of these that is
/// set.
///
/// `-ENOENT`: nobody, or no such file; `-EINVAL`: what there is cannot be read.
pub fn first_monitors(options: &Options, deadline: Option<Instant>) -> Result<MonMap> {
    let is_set = |text: &str| !text.trim().is_empty();
    if is_set(&options.mon_host_override) {
        find_monitors(&options.mon_host_override)
    } else if is_set(&options.monmap) {
        let path = options.monmap.trim();
        monitors_in_file(path).inspect_err(|e| tracing::error!(target: "rados", "monmap {path}: {e}"))
    } else if is_set(&options.mon_host) {
        find_monitors(&options.mon_host)
    } else {
        monitors_by_dns(&options.mon_dns_srv_name, deadline)
    }
}

/// As `monmaptool` and `ceph mon getmap` write it. The monitors have a newer one.
fn monitors_in_file(path: &str) -> Result<MonMap> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST_MAP).read_to_end(&mut bytes)?;
    let map: MonMap = denc::decode(&bytes.into()).map_err(|_| Errno::EINVAL)?;
    if map.monitors.is_empty() {
        return Err(Errno::ENOENT);
    }
    Ok(MonMap { epoch: 0, ..map })
}

/// Reads `mon_host`: monitors between commas, semicolons or blanks, each an address, a host's name, or several
/// addresses in brackets, with or without `v1:` and `v2:`, port and nonce.
///
/// `-EINVAL`: not such a list, or a name that cannot be resolved; `-ENOENT`: nobody in it.
fn find_monitors(mon_host: &str) -> Result<MonMap> {
    let mut monitors = Vec::new();
    for entry in entries(mon_host).ok_or(Errno::EINVAL)? {
        let name = format!("noname-{}", monitors.len());
        let mut addrs = Vec::new();
        for addr in &entry {
            addrs.extend(addresses(addr).inspect_err(|_| {
                tracing::error!(target: "rados", "mon_host: {addr:?} is no address, and no host of that name is known");
            })?);
        }
        if entry.len() == 1 {
            // A host's several addresses may be those of several monitors.
            monitors.extend(addrs.into_iter().map(|addrs| Monitor {
                name: name.clone(),
                addrs,
                ..Monitor::default()
            }));
        } else {
            let addrs = EntityAddrs(addrs.into_iter().flat_map(|addrs| addrs.0).collect());
            monitors.push(Monitor { name, addrs, ..Monitor::default() });
        }
    }
    if monitors.is_empty() {
        return Err(Errno::ENOENT);
    }
    Ok(MonMap { monitors, ..MonMap::default() })
}

/// Asks the DNS for the monitors: `service`, or `service_domain` (`mon_dns_srv_name`). `-ENOENT`: it knows of none that has an
/// address.
fn monitors_by_dns(name: &str, deadline: Option<Instant>) -> Result<MonMap> {
    let (service, domain) = name.split_once('_').unwrap_or((name, ""));
    if service.is_empty() {
        return Err(Errno::ENOENT);
    }
    let mut monitors = Vec::new();
    for record in Resolver::of_this_host().find(service, domain, deadline) {
        match (record.target.as_str(), record.port).to_socket_addrs().ok().and_then(|mut found| found.next())
        {
            Some(addr) => {
                let name = record.target.split('.').next().unwrap_or_default().to_owned();
                let addrs = kinds(EntityAddr::ANY, addr, 0);
                monitors.push(Monitor { name, addrs, priority: record.priority, weight: record.weight });
            }
            None => tracing::error!(target: "rados", "no address of the monitor {}", record.target),
        }
    }
    if monitors.is_empty() {
        tracing::error!(target: "rados", "mon_host is empty, and the DNS has no records of the service {name:?}");
        return Err(Errno::ENOENT);
    }
    Ok(MonMap { monitors, ..MonMap::default() })
}

/// The entries of the list, each with its addresses.
fn entries(text: &str) -> Option<Vec<Vec<&str>>> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([',', ';', ' ', '\t']);
        if rest.is_empty() {
            return Some(out);
        }
        // Brackets hold several addresses, or one of IPv6.
        let several = rest.strip_prefix('[').filter(|inside| {
            let end = inside.find(']').unwrap_or(inside.len());
            inside.starts_with("v1:") || inside.starts_with("v2:") || inside[..end].contains(',')
        });
        if let Some(inside) = several {
            // An address of IPv6 has brackets of its own.
            let mut depth = 1_usize;
            let end = inside.find(|c| {
                depth = match c {
                    '[' => depth + 1,
                    ']' => depth - 1,
                    _ => depth,
                };
                depth == 0
            })?;
            let (list, after) = inside.split_at(end);
            out.push(list.split(',').map(str::trim).filter(|addr| !addr.is_empty()).collect());
            rest = after.get(1..)?;
        } else {
            let end = rest.find([',', ';', ' ', '\t']).unwrap_or(rest.len());
            let (addr, after) = rest.split_at(end);
            out.push(vec![addr]);
            rest = after;
        }
    }
}

/// All that one text may mean: a name may stand for several hosts.
fn addresses(text: &str) -> Result<Vec<EntityAddrs>> {
    let (kind, text) = match (text.strip_prefix("v1:"), text.strip_prefix("v2:"), text.strip_prefix("any:")) {
        (Some(rest), ..) => (EntityAddr::LEGACY, rest),
        (_, Some(rest), _) => (EntityAddr::MSGR2, rest),
        (.., Some(rest)) => (EntityAddr::ANY, rest),
        _ => (EntityAddr::ANY, text),
    };
    let (text, nonce) = match text.split_once('/') {
        Some((text, nonce)) => (text, nonce.parse().map_err(|_| Errno::EINVAL)?),
        None => (text, 0),
    };
    let found = resolve(text)?;
    Ok(found.into_iter().map(|addr| kinds(kind, addr, nonce)).collect())
}

/// Port 0 where none is given.
fn resolve(text: &str) -> Result<Vec<SocketAddr>> {
    if let Ok(addr) = text.parse::<SocketAddr>() {
        return Ok(vec![addr]);
    }
    let bare = text.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')).unwrap_or(text);
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, 0)]);
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| Errno::EINVAL)?),
        None => (text, 0),
    };
    let mut found: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(|_| Errno::EINVAL)?.collect();
    found.dedup();
    if found.is_empty() { Err(Errno::EINVAL) } else { Ok(found) }
}

/// What an address may be meant for: the protocol follows from the port where it is not given, and the port from the
/// protocol.
fn kinds(kind: u32, addr: SocketAddr, nonce: u32) -> EntityAddrs {
    let at = |kind, port| {
        let mut addr = addr;
        if addr.port() == 0 {
            addr.set_port(port);
        }
        EntityAddr::new(kind, addr, nonce)
    };
    let (v2, v1) = (at(EntityAddr::MSGR2, PORT), at(EntityAddr::LEGACY, LEGACY_PORT));
    EntityAddrs(match (kind, addr.port()) {
        (EntityAddr::LEGACY, _) | (EntityAddr::ANY, LEGACY_PORT) => vec![v1],
        (EntityAddr::MSGR2, _) | (EntityAddr::ANY, PORT) => vec![v2],
        _ => vec![v2, v1],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>> {
        find_monitors(text).map(|map| map.monitors.iter().map(|mon| mon.addrs.to_string()).collect())
    }

    #[test]
    fn every_spelling() {
        let both = "[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]";
        let cases: &[(&str, &[&str])] = &[
            ("10.0.0.1", &[both]),
            ("10.0.0.1,", &[both]),
            (" 10.0.0.1 ; 10.0.0.1", &[both, both]),
            ("[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]", &[both]),
            ("[v2:10.0.0.1:3300,v1:10.0.0.1:6789],[v2:10.0.0.1,v1:10.0.0.1]", &[both, both]),
            ("v2:10.0.0.1:40000/0", &["[v2:10.0.0.1:40000/0]"]),
            ("10.0.0.1:3300", &["[v2:10.0.0.1:3300/0]"]),
            ("10.0.0.1:6789", &["[v1:10.0.0.1:6789/0]"]),
            ("v1:10.0.0.1", &["[v1:10.0.0.1:6789/0]"]),
            ("10.0.0.1:40000/7", &["[v2:10.0.0.1:40000/7,v1:10.0.0.1:40000/7]"]),
            ("fe80::1", &["[v2:[fe80::1]:3300/0,v1:[fe80::1]:6789/0]"]),
            ("[fe80::1]", &["[v2:[fe80::1]:3300/0,v1:[fe80::1]:6789/0]"]),
            ("[fe80::1]:3300,10.0.0.1:3300", &["[v2:[fe80::1]:3300/0]", "[v2:10.0.0.1:3300/0]"]),
            ("[v2:[fe80::1]:3300/0,v1:[fe80::1]:6789/0]", &["[v2:[fe80::1]:3300/0,v1:[fe80::1]:6789/0]"]),
            ("localhost:3300", &["[v2:127.0.0.1:3300/0]"]),
        ];
        for (text, expected) in cases {
            let mut found = read(text).unwrap();
            // A machine may know this name by its other address too.
            found.retain(|addr| !text.starts_with("localhost") || addr.contains("127."));
            assert_eq!(found, *expected, "{text:?}");
        }
        assert_eq!(read(""), Err(Errno::ENOENT));
        assert_eq!(read(" , "), Err(Errno::ENOENT));
        for bad in ["[v2:10.0.0.1", "10.0.0.1:x", "v2:10.0.0.1:3300/x", "no.such.host.invalid"] {
            assert_eq!(read(bad), Err(Errno::EINVAL), "{bad:?}");
        }
    }
}
