//! What poses as a daemon in tests: the protocol's other side, as far as a test wants it to be spoken.

use std::io::{ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use denc::entity::EntityAddr;
use denc::{Bytes, Decode, Encode, Reader, decode, encode};

use crate::Options;
use crate::frame::{Decoder, Encoder, Step, Tag};
use crate::messages::{Header, InMessage};
use crate::session::{banner, control};
use control::{AuthDone, Hello, ServerIdent};

pub mod cluster;
#[path = "../../osdmap/tests/placement/map_bytes.rs"]
mod map_bytes;

/// A daemon's end of one connection.
pub struct Impostor {
    socket: TcpStream,
    pub encoder: Encoder,
    decoder: Decoder,
    input: Vec<u8>,
    /// `CEPH_ENTITY_TYPE_*`.
    kind: u32,
    /// Of the last message.
    pub seq: u64,
}

impl Impostor {
    fn new(socket: TcpStream, kind: u32) -> Impostor {
        socket.set_nonblocking(false).expect("a socket that blocks");
        socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
        let _ = socket.set_nodelay(true);
        let (encoder, decoder) = (Encoder::default(), Decoder::plain(64 << 20));
        Impostor { socket, encoder, decoder, input: Vec::new(), kind, seq: 0 }
    }

    pub fn port(&self) -> Result<u16> {
        self.socket.local_addr().map(|addr| addr.port())
    }

    pub fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.socket.write_all(bytes)
    }

    pub fn say(&mut self, tag: Tag, payload: &impl Encode) -> Result<()> {
        let mut out = Vec::new();
        self.encoder.control(tag, &encode(payload), &mut out);
        self.put(&out.concat())
    }

    /// The bytes of the next message.
    pub fn message(&mut self, (kind, version): (u16, u16), tid: u64, front: &[u8], data: &[u8]) -> Vec<u8> {
        self.seq += 1;
        let header =
            Header { seq: self.seq, tid, kind, priority: 1, version, data_off: 0, ack_seq: 0, compat: 1 };
        let (front, data) = (Bytes::copy_from_slice(front), Bytes::copy_from_slice(data));
        let mut out = Vec::new();
        self.encoder.frame(Tag::Message, &header.bytes(), [&[front], &[], &[data]], &mut out);
        out.concat()
    }

    pub fn send(&mut self, kind: (u16, u16), tid: u64, front: &impl Encode, data: &[u8]) -> Result<()> {
        let bytes = self.message(kind, tid, &encode(front), data);
        self.put(&bytes)
    }

    fn read(&mut self) -> Result<()> {
        let mut portion = [0; 1 << 16];
        match self.socket.read(&mut portion)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            len => {
                self.input.extend_from_slice(&portion[..len]);
                Ok(())
            }
        }
    }

    fn frame(&mut self) -> Result<(Tag, [Bytes; 4])> {
        loop {
            match self.decoder.step(&mut self.input).expect("our own frames") {
                Step::Need(_) => self.read()?,
                Step::Frame(frame) => {
                    let rest = self.input.split_off(frame.len);
                    let bytes = Bytes::from(std::mem::replace(&mut self.input, rest));
                    return Ok((frame.tag, frame.segments.map(|segment| bytes.slice(segment))));
                }
            }
        }
    }

    /// Up to where messages flow, as a daemon that asks for no authentication.
    pub fn handshake(&mut self) -> Result<()> {
        self.put(&banner::banner())?;
        let addr = EntityAddr::new(EntityAddr::MSGR2, self.socket.local_addr()?, 0);
        let seen = EntityAddr::new(EntityAddr::ANY, self.socket.peer_addr()?, 0);
        self.say(Tag::Hello, &Hello { kind: self.kind as u8, addr: seen })?;
        let len = loop {
            match banner::check(&self.input).expect("our own banner") {
                Some(len) => break len,
                None => self.read()?,
            }
        };
        self.input.drain(..len);
        loop {
            match self.frame()?.0 {
                Tag::AuthRequest => {
                    self.say(Tag::AuthDone, &AuthDone { global_id: 7, mode: 1, payload: Bytes::new() })?;
                }
                Tag::AuthSignature => self.say(Tag::AuthSignature, &((0_u64, 0_u64), (0_u64, 0_u64)))?,
                Tag::ClientIdent => return self.say(Tag::ServerIdent, &ServerIdent::specimen(addr)),
                _ => {}
            }
        }
    }

    /// The client's next message. Pings are answered on the way.
    pub fn receive(&mut self) -> Result<InMessage> {
        loop {
            let (tag, [header, front, _, data]) = self.frame()?;
            match tag {
                Tag::Message => {
                    let header: Header = decode(&header).expect("our own header");
                    return Ok(InMessage::new(&header, front, data, 0));
                }
                Tag::Keepalive2 => {
                    let at: control::Keepalive = decode(&header).expect("our own ping");
                    self.say(Tag::Keepalive2Ack, &at)?;
                }
                _ => {}
            }
        }
    }

    /// Until the client goes.
    pub fn outlast(&mut self) -> Result<()> {
        loop {
            self.read()?;
            self.input.clear();
        }
    }

    /// The same connection, for who wants one of its own.
    pub fn again(&self) -> Impostor {
        let socket = self.socket.try_clone().expect("another descriptor");
        Impostor { seq: self.seq, ..Impostor::new(socket, self.kind) }
    }

    pub fn shut(&mut self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }
}

/// Takes connections until it is dropped, each on a thread of its own.
pub struct Post {
    pub port: u16,
    met: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Post {
    /// `behave` gets the number of the connection too.
    pub fn new(kind: u32, behave: impl Fn(Impostor, usize) -> Result<()> + Clone + Send + 'static) -> Post {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        listener.set_nonblocking(true).expect("a listener that does not block");
        let (over, met) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let thread = std::thread::spawn({
            let (over, met) = (over.clone(), met.clone());
            move || {
                let mut talks = Vec::new();
                while !over.load(Ordering::Acquire) {
                    let Ok((socket, _)) = listener.accept() else {
                        std::thread::sleep(Duration::from_millis(2));
                        continue;
                    };
                    let (behave, number) = (behave.clone(), met.fetch_add(1, Ordering::AcqRel));
                    // What goes wrong with the socket is what the client did to it.
                    talks.push(std::thread::spawn(move || drop(behave(Impostor::new(socket, kind), number))));
                }
                talks.into_iter().for_each(|talk| talk.join().expect("the daemon's own part"));
            }
        });
        Post { port, met, over, thread: Some(thread) }
    }

    /// How many connections came.
    pub fn met(&self) -> usize {
        self.met.load(Ordering::Acquire)
    }

    /// To be called when the client is gone.
    pub fn end(mut self) {
        self.over.store(true, Ordering::Release);
        self.thread.take().expect("it ends once").join().expect("the daemon's own part");
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
    }
}

/// Bytes that say nothing.
pub struct Noise(pub u64);

impl Noise {
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let byte = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 56) as u8
        };
        std::iter::repeat_with(byte).take(len).collect()
    }
}

/// The most memory this process has had, in KiB.
pub fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the process's own state");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("its peak");
    line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("a number")
}

/// Makes the crc of a frame's preamble fit what it says.
pub fn sign(frame: &mut [u8]) {
    let sum = crc32c::ceph(0, &frame[..28]);
    frame[28..32].copy_from_slice(&sum.to_le_bytes());
}

/// A message's frame with another length of its last segment.
pub fn with_length(mut frame: Vec<u8>, len: u32) -> Vec<u8> {
    frame[20..24].copy_from_slice(&len.to_le_bytes());
    sign(&mut frame);
    frame
}

/// Of a client of the monitor at that port.
pub fn options(port: u16) -> Options {
    let no = Duration::ZERO;
    Options {
        entity: "client".into(),
        id: "admin".into(),
        mon_host_override: String::new(),
        monmap: String::new(),
        mon_host: format!("v2:127.0.0.1:{port}"),
        mon_dns_srv_name: String::new(),
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
        crush_location: String::new(),
        replica_read_policy: "default".into(),
        replica_read_policy_on_objclass: false,
        later: Default::default(),
    }
}

/// Reads a message's front.
pub fn front<T: Decode>(message: &InMessage) -> T {
    Reader::new(message.front.clone()).get().expect("our own message")
}
