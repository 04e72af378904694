//! The tickets a client holds.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use denc::{Bytes, BytesMut, Decode, Encode, Reader};
use ops::Timespec;

use crate::crypto::CryptoKey;

/// `CEPH_ENTITY_TYPE_*`: services, and kinds of peers.
pub mod kind {
    pub const MON: u32 = 1;
    pub const OSD: u32 = 4;
    pub const CLIENT: u32 = 8;
    pub const MGR: u32 = 16;
    pub const AUTH: u32 = 32;
}

/// Opaque to the client: the service's own copy of the ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketBlob {
    pub secret_id: u64,
    pub blob: Bytes,
}

impl Encode for TicketBlob {
    fn encode(&self, out: &mut BytesMut) {
        (1_u8, self.secret_id, &self.blob).encode(out);
    }
}

impl Decode for TicketBlob {
    const MIN: usize = 13;

    fn decode(from: &mut Reader) -> denc::Result<TicketBlob> {
        let _version: u8 = from.get()?;
        Ok(TicketBlob { secret_id: from.get()?, blob: from.get()? })
    }
}

#[derive(Clone, Debug)]
pub struct Ticket {
    pub session_key: CryptoKey,
    pub blob: TicketBlob,
    /// `None`: it does not expire.
    expires: Option<(Instant, Duration)>,
}

impl Ticket {
    pub fn new(session_key: CryptoKey, blob: TicketBlob, validity: Timespec) -> Ticket {
        let validity = validity.since_epoch();
        let expires = Instant::now().checked_add(validity).filter(|_| !validity.is_zero());
        Ticket { session_key, blob, expires: expires.map(|at| (at, validity)) }
    }

    /// A quarter of its life before it ends.
    fn renew_at(&self) -> Option<Instant> {
        self.expires.and_then(|(at, validity)| at.checked_sub(validity / 4))
    }
}

/// All tickets of one client, and the id that the monitors gave it.
#[derive(Clone, Debug, Default)]
pub struct Tickets {
    /// 0 before the first authentication.
    pub global_id: u64,
    by_service: HashMap<u32, Ticket>,
}

impl Tickets {
    pub fn get(&self, service: u32) -> Option<&Ticket> {
        self.by_service.get(&service)
    }

    pub fn put(&mut self, service: u32, ticket: Ticket) {
        self.by_service.insert(service, ticket);
    }

    /// Drops a ticket that its service does not take.
    pub fn invalidate(&mut self, service: u32) {
        self.by_service.remove(&service);
    }

    /// The ticket with which a client reclaims its id.
    pub fn old(&self) -> TicketBlob {
        self.get(kind::AUTH).map(|ticket| ticket.blob.clone()).unwrap_or_default()
    }

    /// The services of `want` whose tickets are missing or due for renewal.
    pub fn needed(&self, want: u32, now: Instant) -> u32 {
        (0..32).map(|bit| want & (1 << bit)).filter(|&service| service != 0).fold(0, |needed, service| {
            let fresh = self.get(service).is_some_and(|ticket| ticket.renew_at().is_none_or(|at| now < at));
            if fresh { needed } else { needed | service }
        })
    }

    /// Whether the ticket can still be presented.
    pub fn is_valid(&self, service: u32, now: Instant) -> bool {
        self.get(service).is_some_and(|ticket| ticket.expires.is_none_or(|(at, _)| now < at))
    }
}
