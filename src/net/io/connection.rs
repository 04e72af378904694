//! One connection: a socket, its protocol, and what waits to be sent.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use denc::encode;
use ops::{Errno, Result, Timespec};
use parking_lot::Mutex;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::EventFlags;
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendFlags, SocketFlags, SocketType, sendmsg, socket_with,
};

use super::reactor::{Loop, Reactor, errno};
use crate::auth::Authenticator;
use crate::frame::{Encoder, Tag};
use crate::messages::{Header, InMessage, OutMessage, kind};
use crate::session::{Event, Keepalive, Landing, Peer, Ready, Session, SessionError};

/// Why a connection ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The socket failed, or the peer closed it (`ECONNRESET`).
    Io(Errno),
    Session(SessionError),
}

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Closed::Io(e) => e.fmt(f),
            Closed::Session(e) => e.fmt(f),
        }
    }
}

/// Hears what comes over a connection, on one I/O thread at a time. It must not block.
pub trait Handler: Send + Sync {
    /// Messages may flow; those sent before or meanwhile go out after this returns, in their order.
    fn ready(&self, connection: &Arc<Connection>, ready: Ready);
    fn message(&self, connection: &Arc<Connection>, message: InMessage);
    /// A message with so much data begins to come. Where the data belongs, if that is known.
    fn landing(&self, connection: &Arc<Connection>, tid: u64, data: usize) -> Option<Box<dyn Landing>> {
        let _ = (connection, tid, data);
        None
    }
    /// The last call, unless [`Connection::close`] came before.
    fn closed(&self, connection: &Arc<Connection>, why: Closed);
}

pub struct Connection {
    id: u64,
    addr: SocketAddr,
    socket: TcpStream,
    served_by: Arc<Loop>,
    closed: AtomicBool,
    /// `EventFlags` that nobody has looked at, and whether a thread is at it.
    events: AtomicU32,
    handler: Mutex<Option<Arc<dyn Handler>>>,
    rx: Mutex<Rx>,
    tx: Mutex<Tx>,
    /// When the peer was last heard to be alive.
    heard: Mutex<Instant>,
}

struct Rx {
    session: Session,
    out: Vec<Bytes>,
    events: Vec<Event>,
}

struct Tx {
    /// `None` until messages may flow.
    encoder: Option<Encoder>,
    seq: u64,
    out: Outgoing,
    /// Messages sent before the connection is ready.
    waiting: VecDeque<OutMessage>,
    sending: Sending,
}

/// Who takes what waits to the socket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// Whoever has something.
    Nobody,
    /// A thread that has taken what there was, and looks for more when that is gone.
    Somebody { writable: bool },
    /// The loop, when it hears that the socket takes more.
    Loop,
}

/// Pieces that one system call takes.
const SLICES: usize = 64;
/// How often in a row a thread sends what others have for the connection before it leaves the rest to the loop.
const BATCHES: usize = 8;
/// How often in a row one connection is read from before others get their turn.
const READS: usize = 8;
/// Beside `EventFlags`: a thread is at it.
const SERVED: u32 = 1 << 27;
/// `ms_connection_ready_timeout`: until then messages flow, or it comes to nothing.
const READY: Duration = Duration::from_secs(10);

impl Connection {
    /// Starts connecting; the handler hears of the outcome.
    pub fn open(
        reactor: &Reactor,
        addr: SocketAddr,
        peer: Peer,
        auth: Box<dyn Authenticator>,
        handler: Arc<dyn Handler>,
    ) -> Result<Arc<Connection>> {
        let family = if addr.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket: OwnedFd = socket_with(family, SocketType::STREAM, flags, None).map_err(errno)?;
        match rustix::net::connect(&socket, &addr) {
            Ok(()) | Err(rustix::io::Errno::INPROGRESS) => {}
            Err(e) => return Err(errno(e)),
        }
        let socket = TcpStream::from(socket);
        let _ = socket.set_nodelay(true);
        let served_by = reactor.served();
        let mut session = Session::new(peer, auth);
        let banner = Bytes::from(session.start());
        let tx = Tx {
            encoder: None,
            seq: 0,
            out: Outgoing { pieces: VecDeque::from([banner]), sent: 0 },
            waiting: VecDeque::new(),
            sending: Sending::Loop,
        };
        let connection = Arc::new(Connection {
            id: served_by.new_id(),
            addr,
            socket,
            served_by: served_by.clone(),
            closed: AtomicBool::new(false),
            events: AtomicU32::new(0),
            handler: Mutex::new(Some(handler)),
            rx: Mutex::new(Rx { session, out: Vec::new(), events: Vec::new() }),
            tx: Mutex::new(tx),
            heard: Mutex::new(Instant::now()),
        });
        served_by.add(&connection, &connection.socket)?;
        let late = Arc::downgrade(&connection);
        reactor.after(READY, move || {
            if let Some(connection) =
                late.upgrade().filter(|connection| connection.tx.lock().encoder.is_none())
            {
                connection.fail(Closed::Io(Errno::ETIMEDOUT));
            }
        });
        Ok(connection)
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// How long the peer has said nothing at all.
    pub fn silent_for(&self) -> Duration {
        self.heard.lock().elapsed()
    }

    /// Sends it, now or when the connection is ready. Messages arrive in this order, or not at all where the
    /// connection breaks.
    pub fn send(&self, message: OutMessage) {
        self.queue(message);
        self.flush();
    }

    /// Gives the message its place in the order. It goes out with the next [`Connection::flush`], which is for when no lock
    /// is held: the system call takes many times as long as everything else that a request needs.
    pub fn queue(&self, message: OutMessage) {
        let mut tx = self.tx.lock();
        if self.is_closed() {
            return;
        }
        if tx.encoder.is_none() {
            return tx.waiting.push_back(message);
        }
        tx.encode(&message);
    }

    /// How many pieces wait for the peer to read.
    pub fn backlog(&self) -> usize {
        self.tx.lock().out.pieces.len()
    }

    /// Asks for a sign of life.
    pub fn ping(&self) {
        self.tx.lock().control(Tag::Keepalive2, &Keepalive { at: Timespec::now() });
        self.flush();
    }

    /// Ends it. The handler hears nothing more, save for a call that is under way.
    pub fn close(&self) {
        if self.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let handler = self.handler.lock().take();
        drop(handler);
        self.served_by.remove(self.id, &self.socket);
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        let mut tx = self.tx.lock();
        tx.out = Outgoing::default();
        tx.waiting.clear();
    }

    fn fail(self: &Arc<Self>, why: Closed) {
        let handler = self.handler.lock().clone();
        self.close();
        tracing::debug!(target: "rados", "connection to {}: {why}", self.addr);
        if let Some(handler) = handler {
            handler.closed(self, why);
        }
    }

    /// Writes as much as the socket takes, unless another thread is at it. Failures come to light when reading.
    pub fn flush(&self) {
        let mut tx = self.tx.lock();
        if tx.sending != Sending::Nobody {
            return;
        }
        for _ in 0..BATCHES {
            if self.is_closed() || tx.out.pieces.is_empty() {
                tx.sending = Sending::Nobody;
                return;
            }
            tx.sending = Sending::Somebody { writable: false };
            let mut batch = std::mem::take(&mut tx.out);
            drop(tx);
            let drained = batch.drain(&self.socket);
            tx = self.tx.lock();
            batch.pieces.append(&mut tx.out.pieces);
            tx.out = batch;
            // It may have become writable since, of which the loop will not tell again.
            if drained == Drained::Blocked && tx.sending == (Sending::Somebody { writable: false }) {
                tx.sending = Sending::Loop;
                return;
            }
        }
        tx.sending = Sending::Loop;
        drop(tx);
        self.served_by.again(self.id, &self.socket);
    }

    fn writable(&self) {
        let mut tx = self.tx.lock();
        match tx.sending {
            Sending::Nobody => {}
            Sending::Somebody { .. } => tx.sending = Sending::Somebody { writable: true },
            Sending::Loop => {
                tx.sending = Sending::Nobody;
                drop(tx);
                self.flush();
            }
        }
    }

    /// On a thread of the loop. Where the other one is at it already, that one goes on with these events.
    pub(super) fn serve(self: &Arc<Self>, flags: EventFlags) {
        if self.events.fetch_or(flags.bits() | SERVED, Ordering::AcqRel) & SERVED != 0 {
            return;
        }
        loop {
            let flags = self.events.swap(SERVED, Ordering::AcqRel) & !SERVED;
            if flags != 0 {
                self.react(EventFlags::from_bits_retain(flags));
            } else if self.events.compare_exchange(SERVED, 0, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return;
            }
        }
    }

    fn react(self: &Arc<Self>, flags: EventFlags) {
        if flags.intersects(EventFlags::ERR)
            && let Ok(Some(e)) = self.socket.take_error()
        {
            return self.fail(Closed::Io(e.into()));
        }
        if flags.intersects(EventFlags::OUT) {
            self.writable();
        }
        // The end may be there already behind the data, and would not be reported again.
        let ends = flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR);
        if ends || flags.intersects(EventFlags::IN) {
            self.read(ends);
        }
    }

    /// Reads what there is, or, where that is known to come, up to the end.
    fn read(self: &Arc<Self>, ends: bool) {
        for _ in 0..READS {
            if self.is_closed() {
                return;
            }
            let mut rx = self.rx.lock();
            let mut room = 0;
            let mut got = Ok(0);
            if let Some(approach) = rx.session.approach() {
                approach.receive(|memory| {
                    room = memory.len();
                    got = rustix::io::read(&self.socket, memory);
                    got.unwrap_or(0)
                });
            } else {
                let buffer = rx.session.buffer();
                room = buffer.capacity() - buffer.len();
                got = rustix::io::read(&self.socket, spare_capacity(buffer));
            }
            let got = match got {
                Ok(0) => Err(Errno(libc::ECONNRESET)),
                Ok(len) => Ok(len),
                Err(rustix::io::Errno::AGAIN) => return,
                Err(rustix::io::Errno::INTR) => continue,
                Err(e) => Err(errno(e)),
            };
            let len = match got {
                Ok(len) => len,
                Err(e) => {
                    drop(rx);
                    return self.fail(Closed::Io(e));
                }
            };
            *self.heard.lock() = Instant::now();
            let Rx { session, out, events } = &mut *rx;
            let processed = session.process(out, events);
            let (out, mut events) = (std::mem::take(out), std::mem::take(events));
            drop(rx);
            if !out.is_empty() {
                self.tx.lock().out.pieces.extend(out);
                self.flush();
            }
            for event in events.drain(..) {
                self.event(event);
            }
            self.rx.lock().events = events;
            if let Err(e) = processed {
                return self.fail(Closed::Session(e));
            }
            if len < room && !ends {
                return;
            }
        }
        self.served_by.again(self.id, &self.socket);
    }

    fn event(self: &Arc<Self>, event: Event) {
        let handler = self.handler.lock().clone();
        let Some(handler) = handler else { return };
        match event {
            Event::Message(message) => handler.message(self, message),
            Event::Ready(ready, encoder) => {
                handler.ready(self, *ready);
                let mut tx = self.tx.lock();
                // Not before: what is sent by now must not be overtaken.
                tx.encoder = Some(encoder);
                for message in std::mem::take(&mut tx.waiting) {
                    tx.encode(&message);
                }
                drop(tx);
                self.flush();
            }
            Event::Ping(at) => {
                let mut tx = self.tx.lock();
                // Who does not read learns nothing, however often it asks.
                if tx.sending != Sending::Loop {
                    tx.control(Tag::Keepalive2Ack, &at);
                    drop(tx);
                    self.flush();
                }
            }
            Event::Pong => {}
            Event::Coming { kind: kind::OSD_OP_REPLY, tid, data } => {
                if let Some(to) = handler.landing(self, tid, data) {
                    self.rx.lock().session.land(to);
                }
            }
            Event::Coming { .. } => {}
        }
    }
}

#[derive(PartialEq, Eq)]
enum Drained {
    All,
    Blocked,
}

impl Tx {
    fn encode(&mut self, message: &OutMessage) {
        let Some(encoder) = &mut self.encoder else { return };
        self.seq += 1;
        let header = Header {
            seq: self.seq,
            tid: message.tid,
            kind: message.kind,
            priority: message.priority,
            version: message.version,
            data_off: message.data_off,
            ack_seq: 0,
            compat: message.compat,
        };
        let front = std::slice::from_ref(&message.front);
        encoder.frame(Tag::Message, &header.bytes(), [front, &[], &message.data], &mut self.out.pieces);
    }

    fn control(&mut self, tag: Tag, payload: &impl denc::Encode) {
        if let Some(encoder) = &mut self.encoder {
            encoder.control(tag, &encode(payload), &mut self.out.pieces);
        }
    }
}

/// What waits to be sent.
#[derive(Default)]
struct Outgoing {
    pieces: VecDeque<Bytes>,
    /// How much of the first of them is gone.
    sent: usize,
}

impl Outgoing {
    fn drain(&mut self, socket: &TcpStream) -> Drained {
        while !self.pieces.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let mut skip = self.sent;
            let mut count = 0;
            for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
                *slice = IoSlice::new(piece.get(skip..).unwrap_or_default());
                skip = 0;
                count += 1;
            }
            let slices = slices.get(..count).unwrap_or_default();
            match sendmsg(socket, slices, &mut SendAncillaryBuffer::default(), SendFlags::NOSIGNAL) {
                Ok(len) => self.gone(len),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return Drained::Blocked,
                Err(_) => {
                    // The reading side sees the same failure, and tells.
                    self.pieces.clear();
                    self.sent = 0;
                    let _ = socket.shutdown(std::net::Shutdown::Both);
                }
            }
        }
        Drained::All
    }

    fn gone(&mut self, len: usize) {
        self.sent += len;
        while let Some(first) = self.pieces.front() {
            if self.sent < first.len() {
                break;
            }
            self.sent -= first.len();
            self.pieces.pop_front();
        }
    }
}
