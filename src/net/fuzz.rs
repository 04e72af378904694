//! Doors for fuzz targets: bytes in, no answer. Built with the feature `fuzzing`, under which crcs are not compared.

use std::sync::Arc;

use bytes::Bytes;
use denc::entity::{EntityAddr, EntityAddrs};
use denc::{decode, encode};

use crate::auth::{ConMode, Method, MonAuth, Tickets, kind, read_tickets};
use crate::crypto::CryptoKey;
use crate::frame::{Decoder, Encoder, Step, Tag};
use crate::messages::{self, Header, InMessage, kind as message};
use crate::mon::{MonMap, name_server_answer};
use crate::objecter::answers;
use crate::session::{Event, Landing, Peer, Session, specimen};

/// Frames, one after the other, of which the input's first byte tells in what portions they come.
pub fn frames(bytes: &[u8]) {
    let Some((&step, bytes)) = bytes.split_first() else { return };
    let mut decoder = Decoder::plain(1 << 20);
    let (mut input, mut at, mut end) = (bytes.to_vec(), 0, 0);
    while end < input.len() {
        end = input.len().min(end + usize::from(step) + 1);
        while let Some(rest) = input.get_mut(at..end).filter(|rest| !rest.is_empty()) {
            match decoder.step(rest) {
                Ok(Step::Need(len)) => {
                    assert!(len > rest.len(), "{len} bytes are wanted and there");
                    break;
                }
                Ok(Step::Frame(frame)) => {
                    assert!(
                        frame.len <= rest.len() && frame.segments.iter().all(|part| part.end <= frame.len)
                    );
                    at += frame.len;
                }
                Err(_) => return,
            }
        }
    }
}

struct Nowhere(usize);

impl Landing for Nowhere {
    fn fill(&mut self, _: usize, len: usize, read: &mut dyn FnMut(&mut [u8]) -> usize) -> Option<usize> {
        self.0 = self.0.checked_sub(1)?;
        Some(read(&mut vec![0; len]))
    }
}

fn peer() -> Peer {
    let addr = EntityAddr::new(EntityAddr::MSGR2, ([127, 0, 0, 1], 3300).into(), 0);
    Peer { kind: kind::MON, addr, own: None, nonce: 1, global_id: 0, global_seq: 1 }
}

fn session() -> Session {
    let auth = MonAuth {
        entity: (kind::CLIENT, "admin".into()),
        key: None,
        methods: vec![Method::None],
        modes: vec![ConMode::Crc],
        want: kind::MON,
        tickets: Arc::default(),
        challenged: false,
    };
    Session::new(peer(), Box::new(auth))
}

/// All that a peer sends to a client that asks for no authentication; then what its messages say.
pub fn connection(bytes: &[u8]) {
    let Some((&step, mut bytes)) = bytes.split_first() else { return };
    let mut session = session();
    session.start();
    while !bytes.is_empty() {
        let (now, rest) = bytes.split_at(bytes.len().min(usize::from(step) * 16 + 1));
        let mut now = now;
        bytes = rest;
        while !now.is_empty() {
            if let Some(approach) = session.approach() {
                approach.receive(|memory| {
                    let (taken, rest) = now.split_at(memory.len().min(now.len()));
                    memory[..taken.len()].copy_from_slice(taken);
                    now = rest;
                    taken.len()
                });
            } else {
                let buffer = session.buffer();
                let (taken, rest) = now.split_at((buffer.capacity() - buffer.len()).min(now.len()));
                buffer.extend_from_slice(taken);
                now = rest;
            }
            let (mut out, mut events) = (Vec::new(), Vec::new());
            let processed = session.process(&mut out, &mut events);
            for event in events {
                match event {
                    Event::Message(message) => messages::read_everything(&message),
                    Event::Coming { tid, .. } => session.land(Box::new(Nowhere(tid as usize % 4))),
                    _ => {}
                }
            }
            if processed.is_err() {
                return;
            }
        }
    }
}

/// A message of every kind: version, length of its front, front, data.
pub fn message(bytes: &[u8]) {
    let Some((&[version, low, high], rest)) = bytes.split_first_chunk() else { return };
    let (front, data) = rest.split_at(rest.len().min(usize::from(u16::from_le_bytes([low, high]))));
    let [front, data] = [front, data].map(Bytes::copy_from_slice);
    let version = version.into();
    messages::read_everything(&InMessage { kind: 0, version, compat: 1, tid: 1, front, data, landed: 0 });
}

/// What operations return, of every kind.
pub fn answer(bytes: &[u8]) {
    answers(&Bytes::copy_from_slice(bytes));
}

/// What monitors hand out besides messages: their map, addresses, tickets.
pub fn monitors(bytes: &[u8]) {
    name_server_answer(bytes);
    let bytes = Bytes::copy_from_slice(bytes);
    let _ = decode::<MonMap>(&bytes);
    let _ = decode::<EntityAddrs>(&bytes);
    let secret = [&encode(&(1_u16, 0_u64, 16_u16))[..], &[7; 16]].concat();
    if let Ok(key) = decode::<CryptoKey>(&secret.into()) {
        let _ = read_tickets(&mut Tickets::default(), &key, bytes);
    }
}

/// Inputs to start from, with the names of their targets.
pub fn specimens() -> Vec<(&'static str, Vec<u8>)> {
    let mut encoder = Encoder::default();
    let mut talk = specimen(&peer().addr, &mut encoder);
    let mut frames = Vec::new();
    let mut out = Vec::new();
    for (number, kind) in [message::MON_MAP, message::CONFIG, message::OSD_OP_REPLY].into_iter().enumerate() {
        let header = Header {
            seq: number as u64 + 1,
            tid: 1,
            kind,
            priority: 1,
            version: 8,
            data_off: 0,
            ack_seq: 0,
            compat: 1,
        };
        let (front, data) = (Bytes::from_static(&[0; 100]), Bytes::from(vec![1; 40_000 * (number % 2) + 10]));
        let mut message = Vec::new();
        encoder.frame(Tag::Message, &header.bytes(), [&[front], &[], &[data]], &mut message);
        out.extend(message);
    }
    frames.push(40);
    talk.insert(0, 100);
    frames.extend_from_slice(&out.concat());
    talk.extend_from_slice(&out.concat());
    let mut specimens = vec![("net_frames", frames), ("net_connection", talk)];
    for version in 1..9 {
        specimens.push(("net_message", [&[version, 200, 0][..], &[0; 300]].concat()));
    }
    specimens.push(("net_answer", [&[2, 1, 60, 0, 0, 0, 1, 0, 0, 0][..], &[0; 60]].concat()));
    specimens.push(("net_monitors", [&[7, 6, 90, 0, 0, 0][..], &[0; 90]].concat()));
    specimens
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// What a fuzzer begins with, without its guidance: pieces of specimens changed at random, `SEPIOLA_SECONDS` for each
    /// target, by the seed `SEPIOLA_SEED`.
    #[test]
    fn specimens_with_changes() {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let (seconds, mut state) =
            (number("SEPIOLA_SECONDS").unwrap_or(1), number("SEPIOLA_SEED").unwrap_or(1));
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as usize) % below.max(1)
        };
        let doors: [(&str, fn(&[u8])); 5] = [
            ("net_frames", frames),
            ("net_connection", connection),
            ("net_message", message),
            ("net_answer", answer),
            ("net_monitors", monitors),
        ];
        for (name, door) in doors {
            let found: Vec<_> = specimens().into_iter().filter(|(of, _)| *of == name).collect();
            let (start, mut runs) = (Instant::now(), 0);
            while start.elapsed() < Duration::from_secs(seconds) {
                let mut bytes = found[next(found.len())].1.clone();
                for _ in 0..=next(12) {
                    let (at, len) = (next(bytes.len()), next(9));
                    match next(5) {
                        0 => bytes.truncate(at),
                        1 => bytes.splice(at..at, vec![next(256) as u8; len]).for_each(drop),
                        2 => bytes.drain(at..(at + len).min(bytes.len())).for_each(drop),
                        3 => bytes[at..]
                            .iter_mut()
                            .take(len)
                            .for_each(|byte| *byte = [0, 1, 0x7f, 0xff][next(4)]),
                        _ => bytes[at..].iter_mut().take(1).for_each(|byte| *byte ^= 1 << next(8)),
                    }
                }
                door(&bytes);
                runs += 1;
            }
            println!("{name}: {runs} runs");
        }
    }
}
