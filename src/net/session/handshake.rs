//! Hello, authentication and identification, as the client's side.

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Encode, decode, encode};

use super::control::{AuthBadMethod, AuthDone, AuthRequestFrame, ClientIdent, Hello, ServerIdent};
use super::machine::{Ready, SessionError};
use crate::auth::{Authenticator, ConMode, Secrets, kind};
use crate::crypto::{CryptoKey, GcmStream};
use crate::frame::{Decoder, Encoder, Tag};

/// Whom a connection is to reach, and as whom.
#[derive(Clone, Debug)]
pub struct Peer {
    /// `CEPH_ENTITY_TYPE_*` of the daemon.
    pub kind: u32,
    pub addr: EntityAddr,
    /// Our own address, once some peer has told it, with the nonce of this client.
    pub own: Option<EntityAddr>,
    pub nonce: u32,
    /// 0 before a monitor gave one.
    pub global_id: u64,
    pub global_seq: u64,
}

impl Peer {
    /// Of a connection that is not to replace another of this process: daemons keep one for each address and nonce.
    pub fn fresh_nonce() -> Result<u32, ops::Errno> {
        let mut nonce = [0; 4];
        aws_lc_rs::rand::fill(&mut nonce).map_err(|_| ops::Errno::EIO)?;
        Ok(u32::from_le_bytes(nonce))
    }
}

/// What this client can decode: what Ceph 16 has, without what it does not use.
pub const SUPPORTED: u64 = 0x3f01_cfb8_ffbd_ffff;
/// Addresses of several protocols, and replies of several operations.
const REQUIRED: u64 = 0x0800_0000_0000_0000 | 0x1000;
/// After a break nobody resumes the session: each side starts anew.
const LOSSY: u64 = 1;
/// The longest frame before the peer has proved who it is, and the longest of all.
const EARLY_LIMIT: usize = 256 << 10;
const LIMIT: usize = 512 << 20;
/// How much a peer may say before it has proved who it is.
const MAX_SAID: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Hello,
    Auth,
    Signature,
    Ident,
}

/// Where the handshake stands. `out` of its functions receives whole frames.
pub struct Handshake {
    state: State,
    peer: Peer,
    auth: Box<dyn Authenticator>,
    session_key: Option<CryptoKey>,
    /// All bytes received and sent up to the end of authentication, which both sides sign.
    received: Vec<u8>,
    sent: Vec<u8>,
    global_id: u64,
}

pub enum Progress {
    Going,
    /// The peer may send in another form from the next byte on.
    Decoder(Decoder),
    Ready(Box<Ready>),
}

impl Handshake {
    pub fn new(peer: Peer, auth: Box<dyn Authenticator>) -> Handshake {
        let global_id = peer.global_id;
        Handshake {
            state: State::Hello,
            peer,
            auth,
            session_key: None,
            received: Vec::new(),
            sent: Vec::new(),
            global_id,
        }
    }

    pub fn decoder() -> Decoder {
        Decoder::plain(EARLY_LIMIT)
    }

    /// Notes bytes received before authentication ends.
    pub fn note_received(&mut self, bytes: &[u8]) {
        if matches!(self.state, State::Hello | State::Auth) {
            self.received.extend_from_slice(bytes);
        }
    }

    pub fn note_sent(&mut self, bytes: &[u8]) {
        if matches!(self.state, State::Hello | State::Auth) {
            self.sent.extend_from_slice(bytes);
        }
    }

    fn say(&mut self, encoder: &mut Encoder, tag: Tag, payload: &impl Encode, out: &mut Vec<Bytes>) {
        let from = out.len();
        encoder.control(tag, &encode(payload), out);
        for piece in out.get(from..).unwrap_or_default() {
            self.note_sent(piece);
        }
    }

    /// After the banners.
    pub fn hello(&mut self, encoder: &mut Encoder, out: &mut Vec<Bytes>) {
        let hello = Hello { kind: kind::CLIENT as u8, addr: self.peer.addr.clone() };
        self.say(encoder, Tag::Hello, &hello, out);
    }

    /// A frame from the peer, which `note_received` has seen.
    pub fn frame(
        &mut self,
        tag: Tag,
        payload: Bytes,
        encoder: &mut Encoder,
        out: &mut Vec<Bytes>,
    ) -> Result<Progress, SessionError> {
        if self.received.len() > MAX_SAID {
            return Err(SessionError::Unexpected(tag));
        }
        match (self.state, tag) {
            (State::Hello, Tag::Hello) => {
                let hello: Hello = decode(&payload)?;
                if u32::from(hello.kind) != self.peer.kind {
                    return Err(SessionError::WrongPeer);
                }
                self.learn(hello.addr);
                self.state = State::Auth;
                self.request(encoder, out)?;
                Ok(Progress::Going)
            }
            (State::Auth, Tag::AuthBadMethod) => {
                let bad: AuthBadMethod = decode(&payload)?;
                self.auth.refused(bad.result, &bad.allowed).map_err(SessionError::Auth)?;
                self.request(encoder, out)?;
                Ok(Progress::Going)
            }
            (State::Auth, Tag::AuthReplyMore) => {
                let answer = self.auth.more(decode(&payload)?).map_err(SessionError::Auth)?;
                self.say(encoder, Tag::AuthRequestMore, &answer, out);
                Ok(Progress::Going)
            }
            (State::Auth, Tag::AuthDone) => self.done(decode(&payload)?, encoder, out),
            (State::Signature, Tag::AuthSignature) => {
                if payload[..] != self.sign(&self.sent)[..] {
                    return Err(SessionError::Signature);
                }
                self.state = State::Ident;
                self.sent = Vec::new();
                self.identify(encoder, out);
                Ok(Progress::Going)
            }
            (State::Ident, Tag::ServerIdent) => self.identified(decode(&payload)?),
            (State::Ident, Tag::IdentMissingFeatures) => {
                Err(SessionError::Features(decode::<u64>(&payload).unwrap_or_default()))
            }
            (_, tag) => Err(SessionError::Unexpected(tag)),
        }
    }

    /// The peer says where it sees us. Port 0: nobody connects to a client.
    fn learn(&mut self, seen: EntityAddr) {
        if self.peer.own.is_none()
            && let Some(mut socket) = seen.socket_addr()
        {
            socket.set_port(0);
            self.peer.own = Some(EntityAddr::new(EntityAddr::ANY, socket, self.peer.nonce));
        }
    }

    fn request(&mut self, encoder: &mut Encoder, out: &mut Vec<Bytes>) -> Result<(), SessionError> {
        let request = self.auth.request().map_err(SessionError::Auth)?;
        let frame = AuthRequestFrame {
            method: request.method as u32,
            modes: request.modes.iter().map(|mode| *mode as u32).collect(),
            payload: request.payload,
        };
        self.say(encoder, Tag::AuthRequest, &frame, out);
        Ok(())
    }

    fn done(
        &mut self,
        done: AuthDone,
        encoder: &mut Encoder,
        out: &mut Vec<Bytes>,
    ) -> Result<Progress, SessionError> {
        let mode = ConMode::from_wire(done.mode).ok_or(SessionError::Mode(done.mode))?;
        let secrets = self.auth.done(done.global_id, mode, done.payload).map_err(SessionError::Auth)?;
        if self.peer.kind == kind::MON {
            self.global_id = done.global_id;
        }
        self.state = State::Signature;
        self.session_key = secrets.session_key.clone();
        let decoder = match mode {
            ConMode::Crc => Decoder::plain(LIMIT),
            ConMode::Secure => {
                let (rx, tx) = streams(&secrets).ok_or(SessionError::Mode(done.mode))?;
                *encoder = Encoder::secure(tx);
                Decoder::secure(rx, LIMIT)
            }
        };
        let signature = self.sign(&self.received);
        self.received = Vec::new();
        self.say(encoder, Tag::AuthSignature, &Raw(&signature), out);
        Ok(Progress::Decoder(decoder))
    }

    fn sign(&self, said: &[u8]) -> [u8; 32] {
        self.session_key.as_ref().map_or([0; 32], |key| key.hmac_sha256(said))
    }

    fn identify(&mut self, encoder: &mut Encoder, out: &mut Vec<Bytes>) {
        let ident = ClientIdent {
            addrs: EntityAddrs(self.peer.own.iter().cloned().collect()),
            target: self.peer.addr.clone(),
            global_id: self.global_id.cast_signed(),
            global_seq: self.peer.global_seq,
            supported: SUPPORTED,
            required: REQUIRED,
            flags: LOSSY,
            cookie: 0,
        };
        self.say(encoder, Tag::ClientIdent, &ident, out);
    }

    fn identified(&mut self, ident: ServerIdent) -> Result<Progress, SessionError> {
        let same = |addr: &EntityAddr| {
            addr.socket_addr() == self.peer.addr.socket_addr() && addr.nonce == self.peer.addr.nonce
        };
        if !ident.addrs.0.iter().any(same) {
            return Err(SessionError::WrongPeer);
        }
        let missing = ident.required & !SUPPORTED;
        if missing != 0 {
            return Err(SessionError::Features(missing));
        }
        Ok(Progress::Ready(Box::new(Ready { own: self.peer.own.clone() })))
    }
}

/// Bytes without a length.
struct Raw<'a>(&'a [u8]);

impl Encode for Raw<'_> {
    fn encode(&self, out: &mut denc::BytesMut) {
        out.extend_from_slice(self.0);
    }
}

/// The two directions' keys: what we receive with, what we send with.
fn streams(secrets: &Secrets) -> Option<(GcmStream, GcmStream)> {
    let (key, rest) = secrets.connection.split_first_chunk::<16>()?;
    let (rx, rest) = rest.split_first_chunk::<12>()?;
    let tx = rest.first_chunk::<12>()?;
    Some((GcmStream::new(key, *rx).ok()?, GcmStream::new(key, *tx).ok()?))
}
