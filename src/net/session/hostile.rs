//! A client among monitors that send nonsense, over real sockets: it gives up in time, with an errno, without a panic and
//! without taking the memory that was asked of it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Encode, encode};
use ops::Errno;

use super::control::{AuthDone, Hello, ServerIdent};
use super::{SUPPORTED, banner};
use crate::auth::kind;
use crate::frame::{Decoder, Encoder, Step, Tag};
use crate::messages::{Header, kind as message};
use crate::{Options, connect};

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

struct Rng(u64);

impl Rng {
    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let byte = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 56) as u8
        };
        std::iter::repeat_with(byte).take(len).collect()
    }
}

struct Fake {
    socket: TcpStream,
    encoder: Encoder,
    rng: Rng,
    seq: u64,
}

impl Fake {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.socket.write_all(bytes)
    }

    fn say(&mut self, tag: Tag, payload: &impl Encode) -> std::io::Result<()> {
        let mut out = Vec::new();
        self.encoder.control(tag, &encode(payload), &mut out);
        self.put(&out.concat())
    }

    fn message(&mut self, kind: u16, front: &[u8], data: &[u8]) -> Vec<u8> {
        let header = Header {
            seq: self.seq,
            tid: 1,
            kind,
            priority: 1,
            version: 3,
            data_off: 0,
            ack_seq: 0,
            compat: 1,
        };
        let (front, data) = (Bytes::copy_from_slice(front), Bytes::copy_from_slice(data));
        let mut out = Vec::new();
        self.encoder.frame(Tag::Message, &header.bytes(), [&[front], &[], &[data]], &mut out);
        out.concat()
    }

    /// Up to where messages flow, as a monitor that asks for no authentication.
    fn handshake(&mut self) -> std::io::Result<()> {
        self.put(&banner::banner())?;
        let addr = EntityAddr::new(EntityAddr::MSGR2, self.socket.local_addr()?, 0);
        let seen = EntityAddr::new(EntityAddr::ANY, self.socket.peer_addr()?, 0);
        self.say(Tag::Hello, &Hello { kind: kind::MON as u8, addr: seen })?;
        let mut input = Vec::new();
        let mut decoder = Decoder::plain(1 << 20);
        let mut banner_len = None;
        loop {
            let mut portion = [0; 4096];
            match self.socket.read(&mut portion)? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                len => input.extend_from_slice(&portion[..len]),
            }
            if banner_len.is_none() {
                banner_len = banner::check(&input).expect("our own banner");
                input.drain(..banner_len.unwrap_or_default());
            }
            while banner_len.is_some()
                && let Step::Frame(frame) = decoder.step(&mut input).expect("our own frames")
            {
                input.drain(..frame.len);
                match frame.tag {
                    Tag::AuthRequest => {
                        self.say(Tag::AuthDone, &AuthDone { global_id: 7, mode: 1, payload: Bytes::new() })?;
                    }
                    Tag::AuthSignature => self.say(Tag::AuthSignature, &((0_u64, 0_u64), (0_u64, 0_u64)))?,
                    Tag::ClientIdent => {
                        return self.say(
                            Tag::ServerIdent,
                            &ServerIdent {
                                addrs: EntityAddrs(vec![addr]),
                                global_id: 0,
                                global_seq: 1,
                                supported: SUPPORTED,
                                required: 0,
                                flags: 1,
                                cookie: 1,
                            },
                        );
                    }
                    _ => {}
                }
            }
        }
    }

    fn behave(&mut self, manner: Manner) -> std::io::Result<()> {
        let preamble_of = |len: u32| {
            let mut preamble = [0_u8; 32];
            preamble[..2].copy_from_slice(&[Tag::Hello as u8, 1]);
            preamble[2..6].copy_from_slice(&len.to_le_bytes());
            let sum = !crc32c::crc32c_append(!0, &preamble[..28]);
            preamble[28..].copy_from_slice(&sum.to_le_bytes());
            preamble
        };
        match manner {
            Garbage => {
                let noise = self.rng.bytes(5000);
                self.put(&noise)?;
            }
            OldProtocol => self.put(b"ceph v027")?,
            GarbageFrames => {
                let noise = self.rng.bytes(5000);
                self.put(&banner::banner())?;
                self.put(&noise)?;
            }
            HugeFrame => {
                self.put(&banner::banner())?;
                self.put(&preamble_of(u32::MAX - 5))?;
            }
            BadCrc | Truncated => {
                self.put(&banner::banner())?;
                let mut frame = Vec::new();
                self.encoder.control(Tag::Hello, b"some bytes of a greeting", &mut frame);
                let mut frame = frame.concat();
                if manner == BadCrc {
                    frame[40] ^= 1;
                } else {
                    frame.truncate(40);
                }
                self.put(&frame)?;
                return Ok(());
            }
            Silence => {}
            GarbageMessages | HugeMessage | HandshakeAgain | Replays => {
                self.handshake()?;
                self.after_handshake(manner)?;
            }
        }
        // Until the client goes.
        let mut rest = [0; 4096];
        while self.socket.read(&mut rest)? > 0 {}
        Ok(())
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
                        self.seq += 1;
                        let (front, data) = (self.rng.bytes(round * 7), self.rng.bytes(round * 5));
                        let bytes = self.message(kind, &front, &data);
                        self.put(&bytes)?;
                    }
                }
            }
            HugeMessage => {
                self.seq += 1;
                // The head of a frame with so much data as may be, and then a trickle.
                let mut head = self.message(message::OSD_MAP, b"", &[0; 100_000]);
                head[20..24].copy_from_slice(&(400_u32 << 20).to_le_bytes());
                let sum = !crc32c::crc32c_append(!0, &head[..28]);
                head[28..32].copy_from_slice(&sum.to_le_bytes());
                self.put(&head)?;
            }
            HandshakeAgain => self.say(Tag::AuthDone, &0_u64)?,
            _ => {
                self.seq = 1;
                let bytes = self.message(message::CONFIG, &encode(&0_u32), b"");
                for _ in 0..1000 {
                    self.put(&bytes)?;
                }
            }
        }
        Ok(())
    }
}

fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn options(port: u16) -> Options {
    let no = Duration::ZERO;
    Options {
        entity: "client".into(),
        id: "admin".into(),
        mon_host: format!("v2:127.0.0.1:{port}"),
        key: String::new(),
        keyfile: String::new(),
        keyring: String::new(),
        auth_methods: "none".into(),
        ms_client_mode: "crc".into(),
        ms_mon_client_mode: "crc".into(),
        client_mount_timeout: Duration::from_secs(1),
        mon_op_timeout: no,
        osd_op_timeout: no,
        hunt_parallel: 1,
        hunt_interval: Duration::from_millis(300),
        hunt_backoff: 1.0,
        hunt_max_multiple: 1.0,
        mon_ping_interval: Duration::from_secs(10),
        mon_ping_timeout: Duration::from_secs(30),
        inflight_ops: 0,
        inflight_bytes: 0,
        notify_timeout: Duration::from_secs(30),
    }
}

#[test]
fn among_monitors_that_send_nonsense() {
    let before = peak_memory();
    for (number, manner) in MANNERS.into_iter().enumerate() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let (over, met) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let fake = std::thread::spawn({
            let (over, met) = (over.clone(), met.clone());
            move || {
                let mut talks = Vec::new();
                while !over.load(Ordering::Acquire) {
                    let Ok((socket, _)) = listener.accept() else {
                        std::thread::sleep(Duration::from_millis(2));
                        continue;
                    };
                    socket.set_nonblocking(false).unwrap();
                    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                    let seed = number as u64 * 1000 + met.fetch_add(1, Ordering::AcqRel) as u64;
                    let mut fake = Fake { socket, encoder: Encoder::default(), rng: Rng(seed), seq: 0 };
                    talks.push(std::thread::spawn(move || drop(fake.behave(manner))));
                }
                talks.into_iter().for_each(|talk| talk.join().expect("the monitor's own part"));
            }
        });
        let started = Instant::now();
        let outcome = connect(options(port), Box::new(|_| ()));
        let took = started.elapsed();
        over.store(true, Ordering::Release);
        // Time enough for a busy machine; what is to be seen is that it ends.
        assert!(took < Duration::from_secs(30), "{manner:?}: took {took:?}");
        assert_eq!(outcome.err(), Some(Errno::ETIMEDOUT), "{manner:?}");
        assert!(met.load(Ordering::Acquire) > 0, "{manner:?}: nobody came");
        fake.join().unwrap_or_else(|_| panic!("{manner:?}"));
    }
    let taken = peak_memory() - before;
    assert!(taken < 100 << 10, "{taken} KiB more at the peak");
}
