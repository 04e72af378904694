//! The client's protocol against a peer that this file plays, without a socket.

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Encode, decode, encode};
use ops::{Errno, Result, Timespec};
use proptest::prelude::*;

use super::control::{AuthBadMethod, AuthDone, AuthRequestFrame, ClientIdent, Hello, Keepalive, ServerIdent};
use super::landing::Landing;
use super::machine::{Event, Session, SessionError};
use super::{Peer, SUPPORTED, banner};
use crate::auth::{AuthRequest, Authenticator, ConMode, Method, Secrets, kind};
use crate::crypto::GcmStream;
use crate::frame::{Decoder, Encoder, FrameInfo, Step, Tag};
use crate::messages::Header;

const SECRET: [u8; 40] = [7; 40];

/// Asks for what it is told to, and takes whatever comes.
struct Willing(ConMode);

impl Authenticator for Willing {
    fn request(&mut self) -> Result<AuthRequest> {
        Ok(AuthRequest {
            method: Method::Cephx,
            modes: vec![self.0],
            payload: Bytes::from_static(b"who I am"),
        })
    }

    fn more(&mut self, payload: Bytes) -> Result<Bytes> {
        assert_eq!(payload, &b"prove it"[..]);
        Ok(Bytes::from_static(b"proof"))
    }

    fn done(&mut self, _: u64, mode: ConMode, payload: Bytes) -> Result<Secrets> {
        assert_eq!(payload, &b"welcome"[..]);
        let connection = if mode == ConMode::Secure { Bytes::from_static(&SECRET) } else { Bytes::new() };
        Ok(Secrets { session_key: None, connection })
    }

    fn refused(&mut self, _: i32, _: &[u32]) -> Result<()> {
        Err(Errno::EACCES)
    }
}

fn addr() -> EntityAddr {
    EntityAddr::new(EntityAddr::MSGR2, "127.0.0.1:3300".parse().unwrap(), 0)
}

fn session(mode: ConMode) -> Session {
    let peer = Peer { kind: kind::MON, addr: addr(), own: None, nonce: 4711, global_id: 0, global_seq: 1 };
    Session::new(peer, Box::new(Willing(mode)))
}

/// The other side.
struct Daemon {
    mode: ConMode,
    encoder: Encoder,
    decoder: Decoder,
    input: Vec<u8>,
    banner_seen: bool,
    /// What it says next.
    output: Vec<u8>,
    seq: u64,
    seen: Vec<Tag>,
}

impl Daemon {
    fn new(mode: ConMode) -> Daemon {
        Daemon {
            mode,
            encoder: Encoder::default(),
            decoder: Decoder::plain(1 << 20),
            input: Vec::new(),
            banner_seen: false,
            output: banner::banner(),
            seq: 0,
            seen: Vec::new(),
        }
    }

    fn say(&mut self, tag: Tag, payload: &impl Encode) {
        let mut out = Vec::new();
        self.encoder.control(tag, &encode(payload), &mut out);
        self.output.extend(out.concat());
    }

    fn raw(&mut self, tag: Tag, payload: &[u8]) {
        let mut out = Vec::new();
        self.encoder.control(tag, payload, &mut out);
        self.output.extend(out.concat());
    }

    fn send(&mut self, front: &[u8], data: &[u8]) {
        self.seq += 1;
        let header = Header {
            seq: self.seq,
            tid: 5,
            kind: 4,
            priority: 1,
            version: 1,
            data_off: 0,
            ack_seq: 0,
            compat: 1,
        };
        let (front, data) = (Bytes::copy_from_slice(front), Bytes::copy_from_slice(data));
        let mut out = Vec::new();
        self.encoder.frame(Tag::Message, &header.bytes(), [&[front], &[], &[data]], &mut out);
        self.output.extend(out.concat());
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
        if !self.banner_seen {
            let Some(len) = banner::check(&self.input).unwrap() else { return };
            self.input.drain(..len);
            self.banner_seen = true;
        }
        while !self.input.is_empty() {
            match self.decoder.step(&mut self.input).unwrap() {
                Step::Need(_) => return,
                Step::Frame(FrameInfo { tag, len, segments, .. }) => {
                    let payload = Bytes::copy_from_slice(&self.input[segments[0].clone()]);
                    self.input.drain(..len);
                    self.seen.push(tag);
                    self.frame(tag, payload);
                }
            }
        }
    }

    fn frame(&mut self, tag: Tag, payload: Bytes) {
        match tag {
            Tag::Hello => {
                let seen = EntityAddr::new(EntityAddr::ANY, "10.0.0.9:55555".parse().unwrap(), 0);
                self.say(Tag::Hello, &Hello { kind: kind::MON as u8, addr: seen });
            }
            Tag::AuthRequest => {
                let request: AuthRequestFrame = decode(&payload).unwrap();
                assert_eq!((request.method, request.modes), (2, vec![self.mode as u32]));
                self.say(Tag::AuthReplyMore, &Bytes::from_static(b"prove it"));
            }
            Tag::AuthRequestMore => {
                let payload = Bytes::from_static(b"welcome");
                self.say(Tag::AuthDone, &AuthDone { global_id: 99, mode: self.mode as u32, payload });
                if self.mode == ConMode::Secure {
                    let (key, rest) = SECRET.split_first_chunk::<16>().unwrap();
                    let gcm = || GcmStream::new(key, *rest.first_chunk::<12>().unwrap()).unwrap();
                    self.encoder = Encoder::secure(gcm());
                    self.decoder = Decoder::secure(gcm(), 1 << 20);
                }
            }
            Tag::AuthSignature => self.raw(Tag::AuthSignature, &[0; 32]),
            Tag::ClientIdent => {
                let ident: ClientIdent = decode(&payload).unwrap();
                assert_eq!(ident.addrs.to_string(), "[any:10.0.0.9:0/4711]");
                assert_eq!((ident.global_id, ident.flags, ident.target), (99, 1, addr()));
                let addrs = EntityAddrs(vec![addr()]);
                let (supported, required) = (SUPPORTED, 0);
                let global_id = 0;
                self.say(
                    Tag::ServerIdent,
                    &ServerIdent {
                        addrs,
                        global_id,
                        global_seq: 1,
                        supported,
                        required,
                        flags: 1,
                        cookie: 3,
                    },
                );
            }
            _ => {}
        }
    }
}

/// Lets both talk, `step` bytes at a time, until nobody has anything to say.
fn talk(
    session: &mut Session,
    daemon: &mut Daemon,
    step: usize,
) -> std::result::Result<Vec<Event>, SessionError> {
    let mut events = Vec::new();
    if daemon.seen.is_empty() {
        daemon.hear(&session.start());
    }
    while !daemon.output.is_empty() {
        let portion: Vec<u8> = daemon.output.drain(..step.min(daemon.output.len())).collect();
        session.buffer().extend_from_slice(&portion);
        let mut out = Vec::new();
        session.process(&mut out, &mut events)?;
        out.iter().for_each(|bytes| daemon.hear(bytes));
    }
    Ok(events)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_session_comes_about_and_messages_arrive(secure: bool, step in 1_usize..300, len in 0_usize..100_000) {
        let mode = if secure { ConMode::Secure } else { ConMode::Crc };
        let (mut session, mut daemon) = (session(mode), Daemon::new(mode));
        let events = talk(&mut session, &mut daemon, step).unwrap();
        let [Event::Ready(ready, _)] = &events[..] else { panic!("{} events", events.len()) };
        prop_assert_eq!(ready.own.as_ref().unwrap().to_string(), "10.0.0.9:0/4711");
        let data = vec![0x5a; len];
        daemon.send(b"first", &data);
        daemon.say(Tag::Keepalive2, &Keepalive { at: Timespec { sec: 7, nsec: 8 } });
        daemon.send(b"second", b"");
        // What came before comes again, as after a mistake of the peer.
        daemon.seq = 1;
        daemon.send(b"second again", b"");
        let step = step.max(len / 500 + 1);
        let events = talk(&mut session, &mut daemon, step).unwrap();
        let messages: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::Message(message) => Some((message.front.clone(), message.data.clone())),
                _ => None,
            })
            .collect();
        prop_assert_eq!(messages.len(), 2);
        prop_assert_eq!(&messages[0].0[..], b"first");
        prop_assert_eq!(&messages[0].1[..], &data[..]);
        prop_assert_eq!(&messages[1].0[..], b"second");
        let pinged = events.iter().any(|event| matches!(event, Event::Ping(ping) if ping.at.sec == 7));
        prop_assert!(pinged, "the ping was lost");
    }

    /// Whatever a peer says at whatever point, the worst is an error.
    #[test]
    fn garbage_ends_the_connection_or_waits_for_more(
        secure: bool,
        after in 0_usize..900,
        garbage in proptest::collection::vec(any::<u8>(), 1..600),
    ) {
        let mode = if secure { ConMode::Secure } else { ConMode::Crc };
        let (mut session, mut daemon) = (session(mode), Daemon::new(mode));
        daemon.hear(&session.start());
        let mut sent = 0;
        while sent < after && !daemon.output.is_empty() {
            let byte = daemon.output.remove(0);
            sent += 1;
            session.buffer().push(byte);
            let mut out = Vec::new();
            session.process(&mut out, &mut Vec::new()).unwrap();
            out.iter().for_each(|bytes| daemon.hear(bytes));
        }
        session.buffer().extend_from_slice(&garbage);
        let mut events = Vec::new();
        let result = session.process(&mut Vec::new(), &mut events);
        prop_assert!(!events.iter().any(|event| matches!(event, Event::Message(_))), "garbage became a message");
        if result.is_err() {
            // It stays an error.
            session.buffer().extend_from_slice(&garbage);
            prop_assert!(session.process(&mut Vec::new(), &mut events).is_ok());
            prop_assert!(events.is_empty() || !matches!(events.last(), Some(Event::Message(_))));
        }
    }
}

/// Memory of a test, which may be withdrawn after so many bytes.
struct Memory(std::sync::Arc<parking_lot::Mutex<Vec<u8>>>, usize);

impl Landing for Memory {
    fn fill(&mut self, at: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> Option<usize> {
        let mut memory = self.0.lock();
        let end = (at + len).min(self.1);
        (at < end).then(|| read(&mut memory[at..end]))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Data of large messages goes where it belongs, whatever comes before and after it, or nowhere, where nobody wants
    /// it; a flipped bit is found.
    #[test]
    fn data_lands(step in 1_usize..9000, len in 30_000_usize..200_000, wanted in 0_usize..400_000, flip in proptest::option::of(0_usize..30_000)) {
        let (mut session, mut daemon) = (session(ConMode::Crc), Daemon::new(ConMode::Crc));
        talk(&mut session, &mut daemon, 4096).unwrap();
        let data: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
        daemon.send(b"before", b"small");
        let start = daemon.output.len();
        daemon.send(b"large", &data);
        if let Some(flip) = flip {
            daemon.output[start + 100 + flip % (len - 100)] ^= 4;
        }
        daemon.send(b"after", b"small");
        let memory = std::sync::Arc::new(parking_lot::Mutex::new(vec![0; len]));
        let (mut messages, mut failed) = (Vec::new(), None);
        while !daemon.output.is_empty() && failed.is_none() {
            let mut portion: Vec<u8> = daemon.output.drain(..step.min(daemon.output.len())).collect();
            while !portion.is_empty() && failed.is_none() {
                if let Some(approach) = session.approach() {
                    approach.receive(|memory| {
                        let len = memory.len().min(portion.len());
                        memory[..len].copy_from_slice(&portion[..len]);
                        portion.drain(..len);
                        len
                    });
                } else {
                    let buffer = session.buffer();
                    let room = buffer.capacity() - buffer.len();
                    buffer.extend(portion.drain(..room.min(portion.len())));
                }
                let mut events = Vec::new();
                failed = session.process(&mut Vec::new(), &mut events).err();
                for event in events {
                    match event {
                        Event::Coming { data, .. } => {
                            prop_assert_eq!(data, len);
                            session.land(Box::new(Memory(memory.clone(), wanted.min(len))));
                        }
                        Event::Message(message) => messages.push(message),
                        _ => {}
                    }
                }
            }
        }
        if flip.is_some() {
            prop_assert!(failed.is_some(), "a flipped bit went through");
            return Ok(());
        }
        prop_assert_eq!(failed, None);
        let fronts: Vec<_> = messages.iter().map(|message| &message.front[..]).collect();
        prop_assert_eq!(fronts, [&b"before"[..], b"large", b"after"]);
        let large = &messages[1];
        // A message that came as a whole has nowhere else to go.
        prop_assert_eq!(large.landed + large.data.len(), len);
        if large.landed > 0 {
            prop_assert_eq!(&memory.lock()[..wanted.min(len)], &data[..wanted.min(len)]);
        } else {
            prop_assert_eq!(&large.data[..], &data[..]);
        }
    }
}

/// The peer's answer to the first request, in place of a challenge.
fn after_hello(tag: Tag, payload: &impl Encode) -> Option<SessionError> {
    let (mut session, mut daemon) = (session(ConMode::Crc), Daemon::new(ConMode::Crc));
    daemon.hear(&session.start());
    let mut events = Vec::new();
    for _ in 0..2 {
        let portion = std::mem::take(&mut daemon.output);
        session.buffer().extend_from_slice(&portion);
        let mut out = Vec::new();
        session.process(&mut out, &mut events).unwrap();
        out.iter().for_each(|bytes| daemon.hear(bytes));
    }
    daemon.output.clear();
    daemon.say(tag, payload);
    session.buffer().extend_from_slice(&daemon.output);
    session.process(&mut Vec::new(), &mut events).err()
}

#[test]
fn refusals() {
    let bad = AuthBadMethod { method: 2, result: -13, allowed: vec![2], modes: vec![2] };
    assert_eq!(after_hello(Tag::AuthBadMethod, &bad), Some(SessionError::Auth(Errno::EACCES)));
    let done = |mode| AuthDone { global_id: 1, mode, payload: Bytes::from_static(b"welcome") };
    assert_eq!(after_hello(Tag::AuthDone, &done(7)), Some(SessionError::Mode(7)));
    // A message before anybody has proved anything.
    assert_eq!(after_hello(Tag::Message, &0_u64), Some(SessionError::Unexpected(Tag::Message)));
    let skip = ServerIdent {
        addrs: EntityAddrs(vec![addr()]),
        global_id: 0,
        global_seq: 1,
        supported: SUPPORTED,
        required: 0,
        flags: 1,
        cookie: 0,
    };
    assert_eq!(after_hello(Tag::ServerIdent, &skip), Some(SessionError::Unexpected(Tag::ServerIdent)));
}
