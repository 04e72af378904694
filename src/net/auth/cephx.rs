//! The messages of cephx.

use denc::{BufMut, Bytes, BytesMut, Decode, DecodeError, Encode, Reader, decode};
use ops::{Errno, Result, Timespec};

use super::tickets::{Ticket, TicketBlob, Tickets, kind};
use crate::crypto::{CryptoKey, Usage};

const GET_AUTH_SESSION_KEY: u16 = 0x0100;
const GET_PRINCIPAL_SESSION_KEY: u16 = 0x0200;
/// Stands in front of everything encrypted.
const MAGIC: u64 = 0xff00_9cad_8826_aa55;

/// The bytes of `value`, encrypted, without their length.
pub fn seal(key: &CryptoKey, usage: Usage, value: &(impl Encode + ?Sized)) -> Result<Vec<u8>> {
    let mut plain = BytesMut::new();
    (1_u8, MAGIC).encode(&mut plain);
    value.encode(&mut plain);
    key.encrypt(usage, &plain).map_err(|_| Errno::EIO)
}

pub fn open<T: Decode>(key: &CryptoKey, usage: Usage, sealed: &[u8]) -> Result<T> {
    let plain = key.decrypt(usage, sealed).map_err(|_| Errno::EACCES)?;
    let mut reader = Reader::new(plain.into());
    let (_version, magic): (u8, u64) = reader.get()?;
    if magic != MAGIC {
        return Err(Errno::EACCES);
    }
    Ok(reader.get()?)
}

/// What a monitor sends first.
#[derive(Clone, Copy)]
pub struct Challenge(pub u64);

impl Decode for Challenge {
    const MIN: usize = 9;

    fn decode(from: &mut Reader) -> denc::Result<Challenge> {
        let _version: u8 = from.get()?;
        from.get().map(Challenge)
    }
}

/// Proves the possession of `key` to a monitor, and asks for tickets of the services in `want` on the way. `old` is
/// the ticket with which the client once got its id.
pub fn answer_challenge(
    key: &CryptoKey,
    server: Challenge,
    client: u64,
    old: &TicketBlob,
    want: u32,
) -> Result<Bytes> {
    let proof = fold(&if key.is_aes256k() {
        key.hmac_sha256(&denc::encode(&(server.0, client))).to_vec()
    } else {
        let sealed = seal(key, Usage::TicketSessionKey, &(server.0, client))?;
        denc::encode(sealed.as_slice()).to_vec()
    });
    let mut out = BytesMut::new();
    GET_AUTH_SESSION_KEY.encode(&mut out);
    // Version 3 says whether the ticket may be missing from a client that reclaims its id.
    (3_u8, client, proof, old, want, false).encode(&mut out);
    Ok(out.freeze())
}

/// The exclusive or of the whole little-endian words.
fn fold(bytes: &[u8]) -> u64 {
    bytes
        .chunks_exact(8)
        .filter_map(|word| word.try_into().ok())
        .fold(0, |sum, word| sum ^ u64::from_le_bytes(word))
}

/// Asks for tickets on an existing session, by way of the ticket for tickets.
pub fn ticket_request(tickets: &Tickets, want: u32) -> Result<Bytes> {
    let auth = tickets.get(kind::AUTH).ok_or(Errno::EACCES)?;
    let mut out = BytesMut::new();
    GET_PRINCIPAL_SESSION_KEY.encode(&mut out);
    Authorizer::new(tickets.global_id, kind::AUTH, auth)?.encode(None, &mut out)?;
    (1_u8, want).encode(&mut out);
    Ok(out.freeze())
}

/// The monitor's answer to either request. `secret` is the client's own key. Returns the keys of the connection.
pub fn read_tickets(tickets: &mut Tickets, secret: &CryptoKey, payload: Bytes) -> Result<super::Secrets> {
    let mut reader = Reader::new(payload);
    let (request, status): (u16, i32) = reader.get()?;
    if status < 0 {
        return Err(super::errno(status));
    }
    match request {
        GET_AUTH_SESSION_KEY => {
            let usage_key = secret.clone();
            ticket_list(tickets, &usage_key, &mut reader)?;
            let auth = tickets.get(kind::AUTH).ok_or(Errno::EACCES)?.session_key.clone();
            let mut secrets = super::Secrets { session_key: Some(auth.clone()), connection: Bytes::new() };
            if reader.is_empty() {
                return Ok(secrets);
            }
            let (connection, extra): (Bytes, Bytes) = reader.get()?;
            if !connection.is_empty() {
                let sealed: Bytes = decode(&connection)?;
                secrets.connection = open(&auth, Usage::ConnectionSecret, &sealed)?;
            }
            if !extra.is_empty() {
                ticket_list(tickets, &auth, &mut Reader::new(extra))?;
            }
            Ok(secrets)
        }
        GET_PRINCIPAL_SESSION_KEY => {
            let auth = tickets.get(kind::AUTH).ok_or(Errno::EACCES)?.session_key.clone();
            ticket_list(tickets, &auth, &mut reader)?;
            Ok(super::Secrets::default())
        }
        _ => Err(DecodeError::Malformed("cephx reply").into()),
    }
}

fn ticket_list(tickets: &mut Tickets, key: &CryptoKey, from: &mut Reader) -> Result<()> {
    let _version: u8 = from.get()?;
    let count = from.count(8)?;
    for _ in 0..count {
        let (service, _version): (u32, u8) = from.get()?;
        let sealed: Bytes = from.get()?;
        let granted: ServiceTicket = open(key, Usage::TicketSessionKey, &sealed)?;
        let blob: Bytes = if from.get()? {
            // The new ticket for tickets comes encrypted with the old one's key.
            let sealed: Bytes = from.get()?;
            let old = tickets.get(service).ok_or(Errno::EACCES)?;
            open(&old.session_key, Usage::TicketBlob, &sealed)?
        } else {
            from.get()?
        };
        tickets.put(service, Ticket::new(granted.session_key, decode(&blob)?, granted.validity));
    }
    Ok(())
}

struct ServiceTicket {
    session_key: CryptoKey,
    validity: Timespec,
}

impl Decode for ServiceTicket {
    const MIN: usize = 21;

    fn decode(from: &mut Reader) -> denc::Result<ServiceTicket> {
        let _version: u8 = from.get()?;
        Ok(ServiceTicket { session_key: from.get()?, validity: from.get()? })
    }
}

/// What presents a ticket to its service.
pub struct Authorizer {
    /// Who, which service, and the ticket: all but the proof.
    base: Bytes,
    session_key: CryptoKey,
    nonce: u64,
}

impl Authorizer {
    pub fn new(global_id: u64, service: u32, ticket: &Ticket) -> Result<Authorizer> {
        let mut base = BytesMut::new();
        (1_u8, global_id, service, &ticket.blob).encode(&mut base);
        Ok(Authorizer { base: base.freeze(), session_key: ticket.session_key.clone(), nonce: random()? })
    }

    pub fn session_key(&self) -> &CryptoKey {
        &self.session_key
    }

    /// Appends it, with the answer to a challenge where there is one.
    pub fn encode(&self, challenge: Option<u64>, out: &mut BytesMut) -> Result<()> {
        out.put_slice(&self.base);
        let answer = challenge.map_or(0, |challenge| challenge.wrapping_add(1));
        let proof = (2_u8, self.nonce, challenge.is_some(), answer);
        seal(&self.session_key, Usage::Authorize, &proof)?.encode(out);
        Ok(())
    }

    pub fn challenge(&self, payload: &[u8]) -> Result<u64> {
        Ok(open::<Challenge>(&self.session_key, Usage::AuthorizeChallenge, payload)?.0)
    }

    /// Checks the service's own proof, and returns the keys of the connection.
    pub fn check(&self, payload: &Bytes) -> Result<Bytes> {
        let sealed: Bytes = decode(payload)?;
        let (version, nonce, rest): (u8, u64, denc::Rest) =
            open(&self.session_key, Usage::AuthorizeReply, &sealed)?;
        if nonce != self.nonce.wrapping_add(1) {
            return Err(Errno::EACCES);
        }
        if version >= 2 { Ok(decode(&rest.0)?) } else { Ok(Bytes::new()) }
    }
}

pub fn random() -> Result<u64> {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Errno::EIO)?;
    Ok(u64::from_le_bytes(bytes))
}
