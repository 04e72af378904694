//! The connection as a whole: banner, handshake, then messages.

use std::fmt;
use std::mem;

use denc::entity::EntityAddr;
use denc::{Bytes, DecodeError, decode};
use ops::Errno;

use super::banner;
use super::control::Keepalive;
use super::handshake::{Handshake, Peer, Progress};
use super::landing::{Approach, LEAST, Landing};
use crate::auth::Authenticator;
use crate::frame::{Decoder, Encoder, FrameError, FrameInfo, Large, PREAMBLE, Step, Tag};
use crate::messages::{Header, InMessage};

/// Why a connection cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionError {
    /// The peer speaks only the protocol of before Ceph 14.
    LegacyProtocol,
    NotCeph,
    /// The peer's revision of the protocol is older than msgr2.1, or requires what we do not have.
    Revision {
        supported: u64,
        required: u64,
    },
    Frame(FrameError),
    Decode(DecodeError),
    Unexpected(Tag),
    /// Somebody else answers at this address.
    WrongPeer,
    Auth(Errno),
    /// Somebody changed what was said before authentication.
    Signature,
    Mode(u32),
    Features(u64),
    /// The peer lost the session, or wants it to start again.
    Reset,
}

impl From<FrameError> for SessionError {
    fn from(e: FrameError) -> SessionError {
        SessionError::Frame(e)
    }
}

impl From<DecodeError> for SessionError {
    fn from(e: DecodeError) -> SessionError {
        SessionError::Decode(e)
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SessionError::LegacyProtocol => {
                f.write_str("speaks only the v1 protocol; a v2 address is needed")
            }
            SessionError::NotCeph => f.write_str("is no Ceph daemon"),
            SessionError::Revision { supported, required } => {
                write!(f, "has no msgr2.1 (supports {supported:#x}, requires {required:#x})")
            }
            SessionError::Frame(e) => e.fmt(f),
            SessionError::Decode(e) => e.fmt(f),
            SessionError::Unexpected(tag) => write!(f, "sends {tag:?} when it should not"),
            SessionError::WrongPeer => f.write_str("is somebody else"),
            SessionError::Auth(e) => write!(f, "authentication: {e}"),
            SessionError::Signature => f.write_str("signature does not match"),
            SessionError::Mode(mode) => write!(f, "connection mode {mode} cannot be used"),
            SessionError::Features(missing) => write!(f, "features {missing:#x} are missing"),
            SessionError::Reset => f.write_str("reset the session"),
        }
    }
}

/// What the peer is, when messages may flow.
#[derive(Debug)]
pub struct Ready {
    /// Our address as this peer sees it, where none was known.
    pub own: Option<EntityAddr>,
}

pub enum Event {
    /// From now on frames are made by this encoder, outside.
    Ready(Box<Ready>, Encoder),
    Message(InMessage),
    /// A message with much data begins: [`Session::land`] may say where that belongs, before any more is read.
    Coming {
        kind: u16,
        tid: u64,
        data: usize,
    },
    /// The peer's ping, to be answered with the same time.
    Ping(Keepalive),
    Pong,
}

enum Phase {
    Banner(Handshake),
    Handshake(Handshake),
    Open { seq: u64 },
    Failed,
}

/// The receiving half of a connection, and the sending half until messages may flow.
pub struct Session {
    phase: Phase,
    encoder: Encoder,
    decoder: Decoder,
    /// What was read and not yet understood.
    buffer: Vec<u8>,
    /// How much of a frame must be there before it is worth looking again.
    need: usize,
    /// The frame at the front of the buffer, where its data may go elsewhere; whether that was asked for.
    large: Option<(Large, bool)>,
    /// Its data is on its way.
    approach: Option<Approach>,
}

/// What is read at once where no large frame is under way.
const CHUNK: usize = 64 << 10;
/// Up to this much more memory is taken in advance.
const MOST: usize = 8 << 20;
/// Smaller remainders of a buffer are not read into.
const ROOM: usize = 4 << 10;

impl Session {
    pub fn new(peer: Peer, auth: Box<dyn Authenticator>) -> Session {
        Session {
            phase: Phase::Banner(Handshake::new(peer, auth)),
            encoder: Encoder::default(),
            decoder: Handshake::decoder(),
            buffer: Vec::new(),
            need: 0,
            large: None,
            approach: None,
        }
    }

    /// What is sent first.
    pub fn start(&mut self) -> Vec<u8> {
        let banner = banner::banner();
        if let Phase::Banner(handshake) = &mut self.phase {
            handshake.note_sent(&banner);
        }
        banner
    }

    /// Where to append what the peer sends, as far as its capacity goes; then call `process`. It grows with what has come,
    /// not with what is announced.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        let wanted = self.need.saturating_sub(self.buffer.len()).max(ROOM).min(self.buffer.len().max(MOST));
        if self.buffer.capacity() - self.buffer.len() < wanted {
            let mut larger = Vec::with_capacity((self.buffer.len() + wanted).max(CHUNK));
            larger.extend_from_slice(&self.buffer);
            self.buffer = larger;
        }
        &mut self.buffer
    }

    /// The data of the message that [`Event::Coming`] told of goes there, without its coming into the buffer.
    pub fn land(&mut self, to: Box<dyn Landing>) {
        let Some((frame, _)) = self.large.take() else { return };
        let mut approach = Approach::new(frame, to);
        approach.put(self.buffer.get(frame.head..).unwrap_or_default());
        self.buffer.truncate(frame.head);
        self.need = frame.head + Large::TAIL;
        self.approach = Some(approach);
    }

    /// Data that is on its way and not all there: what comes next is to be received by this.
    pub fn approach(&mut self) -> Option<&mut Approach> {
        self.approach.as_mut().filter(|approach| !approach.is_done())
    }

    /// Looks at what was read. `out` gets bytes to be sent before anything else.
    pub fn process(&mut self, out: &mut Vec<Bytes>, events: &mut Vec<Event>) -> Result<(), SessionError> {
        let done = self.advance(out, events);
        if done.is_err() {
            self.phase = Phase::Failed;
            self.buffer = Vec::new();
            (self.large, self.approach) = (None, None);
        }
        done
    }

    fn advance(&mut self, out: &mut Vec<Bytes>, events: &mut Vec<Event>) -> Result<(), SessionError> {
        if self.buffer.len() < self.need && self.large.is_none_or(|(_, asked)| asked) {
            return Ok(());
        }
        if let Some(approach) = self.approach.take() {
            self.landed(&approach, events)?;
        }
        let mut at = self.banner(out)?;
        let mut messages = Vec::new();
        while let Some(input) = self.buffer.get_mut(at..) {
            if matches!(self.phase, Phase::Banner(_) | Phase::Failed) || input.is_empty() {
                self.need = 0;
                break;
            }
            match self.decoder.step(input)? {
                Step::Need(len) => {
                    self.need = len;
                    if let Some(large) = self.decoder.large(LEAST) {
                        if input.len() < large.head {
                            self.need = large.head;
                        } else if self.large.is_none() {
                            self.large = Some((large, false));
                        }
                    }
                    break;
                }
                Step::Frame(frame) => {
                    self.large = None;
                    let start = at;
                    at += frame.len;
                    if !frame.aborted {
                        self.frame(start, frame, out, events, &mut messages)?;
                    }
                }
            }
        }
        self.hand_out(at, messages, events)?;
        self.announce(events)
    }

    /// Tells once of a message whose data may go elsewhere.
    fn announce(&mut self, events: &mut Vec<Event>) -> Result<(), SessionError> {
        if let Some((_, asked @ false)) = &mut self.large
            && matches!(self.phase, Phase::Open { .. })
        {
            *asked = true;
            let header = self.buffer.get(PREAMBLE..PREAMBLE + Header::LEN).unwrap_or_default();
            let header: Header = decode(&Bytes::copy_from_slice(header))?;
            let data = self.large.map_or(0, |(large, _)| large.data);
            events.push(Event::Coming { kind: header.kind, tid: header.tid, data });
        }
        Ok(())
    }

    /// The data is where it belongs, and what was around it is in the buffer.
    fn landed(&mut self, approach: &Approach, events: &mut Vec<Event>) -> Result<(), SessionError> {
        let (head, end) = (approach.frame.head, approach.frame.head + Large::TAIL);
        let around = |range| self.buffer.get(range).unwrap_or_default();
        let frame = self.decoder.finish_large(around(0..head), around(head..end), approach.sum())?;
        let memory = Bytes::copy_from_slice(around(0..head));
        self.buffer.drain(..end.min(self.buffer.len()));
        if !frame.aborted {
            let segments = frame.segments.map(|range| memory.slice(range));
            self.message(segments, approach.frame.data, events)?;
        }
        Ok(())
    }

    /// Returns where frames begin.
    fn banner(&mut self, out: &mut Vec<Bytes>) -> Result<usize, SessionError> {
        let Phase::Banner(handshake) = &mut self.phase else { return Ok(0) };
        let Some(len) = banner::check(&self.buffer)? else { return Ok(0) };
        handshake.note_received(self.buffer.get(..len).unwrap_or_default());
        handshake.hello(&mut self.encoder, out);
        if let Phase::Banner(handshake) = mem::replace(&mut self.phase, Phase::Failed) {
            self.phase = Phase::Handshake(handshake);
        }
        Ok(len)
    }

    fn frame(
        &mut self,
        start: usize,
        frame: FrameInfo,
        out: &mut Vec<Bytes>,
        events: &mut Vec<Event>,
        messages: &mut Vec<(usize, FrameInfo)>,
    ) -> Result<(), SessionError> {
        let segment = |index: usize| {
            let range = frame.segments.get(index).cloned().unwrap_or_default();
            self.buffer.get(start + range.start..start + range.end).unwrap_or_default()
        };
        match &mut self.phase {
            Phase::Handshake(handshake) => {
                let payload = Bytes::copy_from_slice(segment(0));
                handshake.note_received(self.buffer.get(start..start + frame.len).unwrap_or_default());
                match handshake.frame(frame.tag, payload, &mut self.encoder, out)? {
                    Progress::Going => {}
                    Progress::Decoder(decoder) => self.decoder = decoder,
                    Progress::Ready(ready) => {
                        self.phase = Phase::Open { seq: 0 };
                        events.push(Event::Ready(ready, mem::take(&mut self.encoder)));
                    }
                }
            }
            Phase::Open { .. } => match frame.tag {
                Tag::Message => messages.push((start, frame)),
                Tag::Keepalive2 => events.push(Event::Ping(decode(&Bytes::copy_from_slice(segment(0)))?)),
                Tag::Keepalive2Ack => events.push(Event::Pong),
                // Lossy connections keep nothing that could be acknowledged.
                Tag::Ack => {}
                Tag::SessionReset => return Err(SessionError::Reset),
                tag => return Err(SessionError::Unexpected(tag)),
            },
            Phase::Banner(_) | Phase::Failed => return Err(SessionError::Unexpected(frame.tag)),
        }
        Ok(())
    }

    /// Turns the first `used` bytes of the buffer into the memory of the messages found in it.
    fn hand_out(
        &mut self,
        used: usize,
        messages: Vec<(usize, FrameInfo)>,
        events: &mut Vec<Event>,
    ) -> Result<(), SessionError> {
        if used == 0 {
            return Ok(());
        }
        if messages.is_empty() {
            self.buffer.drain(..used);
            return Ok(());
        }
        let rest = self.buffer.get(used..).unwrap_or_default();
        let mut next = Vec::new();
        if !rest.is_empty() {
            // Of a large message only the head may come to lie here.
            let need = self.large.map_or(self.need, |_| rest.len());
            next = Vec::with_capacity(need.min(MOST).max(rest.len()).max(CHUNK));
            next.extend_from_slice(rest);
        }
        let memory = Bytes::from(mem::replace(&mut self.buffer, next));
        for (start, frame) in messages {
            let segments = frame.segments.map(|range| memory.slice(start + range.start..start + range.end));
            self.message(segments, 0, events)?;
        }
        Ok(())
    }

    fn message(
        &mut self,
        [header, front, _middle, data]: [Bytes; 4],
        landed: usize,
        events: &mut Vec<Event>,
    ) -> Result<(), SessionError> {
        let header: Header = decode(&header)?;
        let Phase::Open { seq } = &mut self.phase else { return Ok(()) };
        // Old messages are repeated ones.
        if header.seq <= *seq {
            return Ok(());
        }
        *seq = header.seq;
        events.push(Event::Message(InMessage::new(&header, front, data, landed)));
        Ok(())
    }
}
