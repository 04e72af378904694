//! A client among monitors that send nonsense, over real sockets: it gives up in time, with an errno, without a panic and
//! without taking the memory that was asked of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use denc::encode;
use ops::Errno;

use super::banner;
use crate::auth::kind;
use crate::connect;
use crate::frame::Tag;
use crate::impostor::cluster::{Cluster, version};
use crate::impostor::{Impostor, Noise, Post, options, peak_memory, sign, with_length};
use crate::messages::kind as message;

/// What a monitor does to whoever connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Not even a banner.
    Garbage,
    OldProtocol,
    /// A good banner with nonsense behind it.
    GarbageFrames,
    /// A preamble, with a good crc, of a frame longer than anybody may send before authentication.
    HugeFrame,
    BadCrc,
    /// The connection ends inside of a frame.
    Truncated,
    /// Nothing at all is said.
    Silence,
    /// A whole handshake, and then messages of every kind with nonsense in them.
    GarbageMessages,
    /// The same, and a frame of half a gigabyte of which little comes.
    HugeMessage,
    /// The same, and frames that only a handshake has.
    HandshakeAgain,
    /// The same message over and over, with the same number.
    Replays,
}

use Manner::*;

const MANNERS: [Manner; 11] = [
    Garbage,
    OldProtocol,
    GarbageFrames,
    HugeFrame,
    BadCrc,
    Truncated,
    Silence,
    GarbageMessages,
    HugeMessage,
    HandshakeAgain,
    Replays,
];

struct Fake {
    peer: Impostor,
    noise: Noise,
}

impl Fake {
    fn behave(&mut self, manner: Manner) -> std::io::Result<()> {
        let preamble_of = |len: u32| {
            let mut preamble = [0_u8; 32];
            preamble[..2].copy_from_slice(&[Tag::Hello as u8, 1]);
            preamble[2..6].copy_from_slice(&len.to_le_bytes());
            sign(&mut preamble);
            preamble
        };
        match manner {
            Garbage => {
                let noise = self.noise.bytes(5000);
                self.peer.put(&noise)?;
            }
            OldProtocol => self.peer.put(b"ceph v027")?,
            GarbageFrames => {
                let noise = self.noise.bytes(5000);
                self.peer.put(&banner::banner())?;
                self.peer.put(&noise)?;
            }
            HugeFrame => {
                self.peer.put(&banner::banner())?;
                self.peer.put(&preamble_of(u32::MAX - 5))?;
            }
            BadCrc | Truncated => {
                self.peer.put(&banner::banner())?;
                let mut frame = Vec::new();
                self.peer.encoder.control(Tag::Hello, b"some bytes of a greeting", &mut frame);
                let mut frame = frame.concat();
                if manner == BadCrc {
                    frame[40] ^= 1;
                } else {
                    frame.truncate(40);
                }
                self.peer.put(&frame)?;
                return Ok(());
            }
            Silence => {}
            GarbageMessages | HugeMessage | HandshakeAgain | Replays => {
                self.peer.handshake()?;
                self.after_handshake(manner)?;
            }
        }
        self.peer.outlast()
    }

    fn after_handshake(&mut self, manner: Manner) -> std::io::Result<()> {
        match manner {
            GarbageMessages => {
                let kinds = [
                    message::MON_MAP,
                    message::CONFIG,
                    message::OSD_MAP,
                    message::MGR_MAP,
                    message::AUTH_REPLY,
                    message::MON_COMMAND_ACK,
                    message::MON_GET_VERSION_REPLY,
                    message::POOL_OP_REPLY,
                    message::STATFS_REPLY,
                    message::GET_POOL_STATS_REPLY,
                    message::MON_SUBSCRIBE_ACK,
                    message::OSD_OP_REPLY,
                    0xffff,
                ];
                for round in 0..40 {
                    for kind in kinds {
                        let (front, data) = (self.noise.bytes(round * 7), self.noise.bytes(round * 5));
                        let bytes = self.peer.message((kind, 3), 1, &front, &data);
                        self.peer.put(&bytes)?;
                    }
                }
            }
            HugeMessage => {
                // The head of a frame with so much data as may be, and then a trickle.
                let message = self.peer.message((message::OSD_MAP, 3), 1, b"", &[0; 100_000]);
                self.peer.put(&with_length(message, 400 << 20))?;
            }
            HandshakeAgain => self.peer.say(Tag::AuthDone, &0_u64)?,
            _ => {
                let bytes = self.peer.message((message::CONFIG, 1), 1, &encode(&0_u32), b"");
                for _ in 0..1000 {
                    self.peer.put(&bytes)?;
                }
            }
        }
        Ok(())
    }
}

#[test]
fn among_monitors_that_send_nonsense() {
    let before = peak_memory();
    for (number, manner) in MANNERS.into_iter().enumerate() {
        let post = Post::new(kind::MON, move |peer, met| {
            Fake { peer, noise: Noise((number * 1000 + met) as u64) }.behave(manner)
        });
        let started = Instant::now();
        let outcome = connect(|| options(post.port), Box::new(|_| ()));
        let took = started.elapsed();
        // Time enough for a busy machine; what is to be seen is that it ends.
        assert!(took < Duration::from_secs(30), "{manner:?}: took {took:?}");
        assert_eq!(outcome.err(), Some(Errno::ETIMEDOUT), "{manner:?}");
        assert!(post.met() > 0, "{manner:?}: nobody came");
        assert!(post.met() < 40, "{manner:?}: {} connections in a second", post.met());
        post.end();
    }
    let taken = peak_memory() - before;
    assert!(taken < 100 << 10, "{taken} KiB more at the peak");
}

/// A monitor that took the client in, and misbehaves when it is asked: the question has its answer once it behaves.
#[test]
fn a_monitor_that_misbehaves_in_an_established_session() {
    for manner in [BadCrc, Truncated, GarbageFrames, HandshakeAgain, GarbageMessages, HugeMessage, Replays] {
        let times = Arc::new(AtomicUsize::new(0));
        let asked = move |peer: &mut Impostor, handle: u64| {
            let time = times.fetch_add(1, Ordering::AcqRel);
            if time >= 3 {
                return Ok(true);
            }
            let mut frame = version(peer, handle);
            match manner {
                BadCrc => frame[40] ^= 1,
                Truncated => frame.truncate(50),
                GarbageFrames => frame = Noise(time as u64).bytes(5000),
                Replays => frame = frame.repeat(50),
                _ => {
                    let mut fake = Fake { peer: peer.again(), noise: Noise(time as u64) };
                    fake.after_handshake(manner)?;
                    fake.peer.shut();
                    return Ok(false);
                }
            }
            peer.put(&frame)?;
            if manner != Replays {
                peer.shut();
            }
            Ok(false)
        };
        let cluster = Cluster::with_monitor(1, |_| (), |_, peer| peer.outlast(), asked);
        let (give, take) = std::sync::mpsc::sync_channel(1);
        cluster.store.wait_for_latest_map(Box::new(move |result| give.send(result).unwrap_or_default()));
        assert_eq!(take.recv_timeout(Duration::from_secs(60)), Ok(Ok(())), "{manner:?}");
        cluster.end();
    }
}
