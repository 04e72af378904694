//! Names and addresses of clients and daemons.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use crate::{BufMut, Bytes, BytesMut, Decode, DecodeError, Encode, Reader, envelope};

/// `client.4121` and the like (`entity_name_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityName {
    /// One of the constants.
    pub kind: u8,
    pub id: i64,
}

crate::plain!(EntityName { kind: u8, id: i64 });

impl EntityName {
    pub const MON: u8 = 1;
    pub const MDS: u8 = 2;
    pub const OSD: u8 = 4;
    pub const CLIENT: u8 = 8;
    pub const MGR: u8 = 16;

    const KINDS: [(u8, &str); 5] = [
        (EntityName::MON, "mon"),
        (EntityName::MDS, "mds"),
        (EntityName::OSD, "osd"),
        (EntityName::CLIENT, "client"),
        (EntityName::MGR, "mgr"),
    ];

    /// `mon`, `osd` and so on.
    pub fn kind_name(kind: u8) -> Option<&'static str> {
        EntityName::KINDS.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
    }

    pub fn client(id: u64) -> EntityName {
        EntityName { kind: EntityName::CLIENT, id: id.cast_signed() }
    }
}

impl fmt::Display for EntityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EntityName::kind_name(self.kind).unwrap_or("unknown"))?;
        // Ceph prints a negative id, which stands for a new entity, as a question mark.
        if self.id < 0 { f.write_str(".?") } else { write!(f, ".{}", self.id) }
    }
}

/// The text is not a name or address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unparsable;

impl FromStr for EntityName {
    type Err = Unparsable;

    fn from_str(text: &str) -> Result<EntityName, Unparsable> {
        let (kind, id) = text.split_once('.').ok_or(Unparsable)?;
        let (kind, _) = EntityName::KINDS.iter().find(|(_, name)| *name == kind).ok_or(Unparsable)?;
        Ok(EntityName { kind: *kind, id: id.parse().map_err(|_| Unparsable)? })
    }
}

/// An address and a nonce that tells processes apart which had it one after the other (`entity_addr_t`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EntityAddr {
    /// 0 none, 1 legacy, 2 msgr2, 3 any.
    pub kind: u32,
    pub nonce: u32,
    /// As Linux's `sockaddr` of the family; empty: no address.
    sockaddr: Bytes,
}

/// Address families of Linux.
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
/// Bytes of an address as it was encoded before Ceph 10.
const SOCKADDR_STORAGE: usize = 128;

impl EntityAddr {
    pub const LEGACY: u32 = 1;
    pub const MSGR2: u32 = 2;
    pub const ANY: u32 = 3;

    pub fn new(kind: u32, addr: SocketAddr, nonce: u32) -> EntityAddr {
        let mut out = BytesMut::new();
        match addr.ip() {
            IpAddr::V4(ip) => {
                out.put_u16_le(AF_INET);
                out.put_u16(addr.port());
                out.put_slice(&ip.octets());
                out.put_bytes(0, 8);
            }
            IpAddr::V6(ip) => {
                out.put_u16_le(AF_INET6);
                out.put_u16(addr.port());
                out.put_u32(0);
                out.put_slice(&ip.octets());
                out.put_u32(0);
            }
        }
        EntityAddr { kind, nonce, sockaddr: out.freeze() }
    }

    pub fn with_kind(self, kind: u32) -> EntityAddr {
        EntityAddr { kind, ..self }
    }

    /// `None` where there is no address, or one that is neither IPv4 nor IPv6.
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        let mut reader = Reader::new(self.sockaddr.clone());
        let family: u16 = reader.get().ok()?;
        let port = u16::from_be_bytes(reader.array().ok()?);
        let ip = match family {
            AF_INET => IpAddr::V4(Ipv4Addr::from(reader.array::<4>().ok()?)),
            AF_INET6 => {
                let _flow_info: u32 = reader.get().ok()?;
                IpAddr::V6(Ipv6Addr::from(reader.array::<16>().ok()?))
            }
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }
}

impl Encode for EntityAddr {
    fn encode(&self, out: &mut BytesMut) {
        out.put_u8(1);
        envelope(out, 1, 1, |out| (self.kind, self.nonce, &self.sockaddr).encode(out));
    }
}

impl Decode for EntityAddr {
    const MIN: usize = 19;

    fn decode(from: &mut Reader) -> crate::Result<EntityAddr> {
        match from.get::<u8>()? {
            0 => {
                from.take(3)?;
                let nonce = from.get()?;
                let mut storage = BytesMut::from(&from.take(SOCKADDR_STORAGE)?[..]);
                // The family alone was in network order.
                if let Some((family, _)) = storage.split_first_chunk_mut::<2>() {
                    family.reverse();
                }
                let addr = EntityAddr { kind: EntityAddr::LEGACY, nonce, sockaddr: storage.freeze() };
                Ok(match addr.socket_addr() {
                    Some(socket) => EntityAddr::new(EntityAddr::LEGACY, socket, nonce),
                    None => EntityAddr { kind: 0, nonce, sockaddr: Bytes::new() },
                })
            }
            1 => from.envelope(1, |_, body| {
                Ok(EntityAddr { kind: body.get()?, nonce: body.get()?, sockaddr: body.get()? })
            }),
            _ => Err(DecodeError::Malformed("entity address")),
        }
    }
}

/// The addresses of one entity, one per protocol it speaks (`entity_addrvec_t`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EntityAddrs(pub Vec<EntityAddr>);

impl EntityAddrs {
    /// The first address of that kind.
    pub fn of_kind(&self, kind: u32) -> Option<&EntityAddr> {
        self.0.iter().find(|addr| addr.kind == kind)
    }
}

impl Encode for EntityAddrs {
    fn encode(&self, out: &mut BytesMut) {
        out.put_u8(2);
        self.0.encode(out);
    }
}

impl Decode for EntityAddrs {
    const MIN: usize = 5;

    fn decode(from: &mut Reader) -> crate::Result<EntityAddrs> {
        // A single address of either older encoding may stand in its place.
        let mut ahead = from.clone();
        match ahead.get::<u8>()? {
            2 => {
                *from = ahead;
                from.get().map(EntityAddrs)
            }
            _ => from.get().map(|addr| EntityAddrs(vec![addr])),
        }
    }
}

/// `[v2:127.0.0.1:3300/0,v1:127.0.0.1:6789/0]`
impl fmt::Display for EntityAddrs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, addr) in self.0.iter().enumerate() {
            let kind = match addr.kind {
                EntityAddr::LEGACY => "v1:",
                EntityAddr::MSGR2 => "v2:",
                EntityAddr::ANY => "any:",
                _ => "-",
            };
            write!(f, "{}{kind}{addr}", if index == 0 { "" } else { "," })?;
        }
        f.write_str("]")
    }
}

/// `127.0.0.1:0/4711`, `[::1]:6789/1`; `:/0` for none.
impl fmt::Display for EntityAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.socket_addr() {
            Some(addr) => write!(f, "{addr}/{}", self.nonce),
            None => write!(f, ":/{}", self.nonce),
        }
    }
}

/// An address as it is displayed, of the legacy kind.
impl FromStr for EntityAddr {
    type Err = Unparsable;

    fn from_str(text: &str) -> Result<EntityAddr, Unparsable> {
        let (addr, nonce) = text.split_once('/').ok_or(Unparsable)?;
        let addr = addr.parse().map_err(|_| Unparsable)?;
        Ok(EntityAddr::new(EntityAddr::LEGACY, addr, nonce.parse().map_err(|_| Unparsable)?))
    }
}

/// An entity at an address (`entity_inst_t`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityInst {
    pub name: EntityName,
    pub addr: EntityAddr,
}

crate::plain!(EntityInst { name: EntityName, addr: EntityAddr });
