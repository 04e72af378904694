//! Requests to OSDs that misbehave in sessions which began well. A few times, then they behave, and the request comes to its
//! end; or for ever, and it ends in time.

use std::io::Result;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use denc::encode;
use ops::{Errno, ObjectRef, Op, OpOut, Reply, Request, VecSink};

use crate::frame::Tag;
use crate::impostor::cluster::{Asked, Cluster, POOL, REPLY, asked};
use crate::impostor::{Impostor, Noise, peak_memory, with_length};
use crate::messages::backoff::{self, Backoff};
use crate::messages::hobject::HObject;
use crate::messages::kind as message;
use crate::messages::osd::{OsdFlags, ShardPg};

/// What an OSD does when it is asked for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    WrongCrc,
    /// In a frame longer than any may be.
    TooLong,
    /// As long as a frame may be; little of it comes, and then the connection ends.
    LongAndCut,
    CutInHead,
    CutInFront,
    CutInData,
    /// Answers to requests that nobody made, among them those of the other one.
    UnknownTids,
    /// The answer twenty times over.
    Duplicates,
    /// Its bytes twenty times over, with the same number.
    Replays,
    OtherObject,
    OtherAttempt,
    /// More data than there is, by what it says of its operations.
    LongOps,
    ManyOps,
    NoOps,
    /// Much more data than was asked for.
    TooMuchData,
    GarbageAnswer,
    /// Nonsense in messages of every kind that OSDs send.
    GarbageMessages,
    HandshakeAgain,
    SessionReset,
    Redirect,
    TryAgain,
    /// The group is not served for now.
    BackOff,
    /// One after the other, and none is lifted.
    ManyBackOffs,
    Silence,
    Close,
}

use Manner::*;

const MANNERS: [Manner; 25] = [
    WrongCrc,
    TooLong,
    LongAndCut,
    CutInHead,
    CutInFront,
    CutInData,
    UnknownTids,
    Duplicates,
    Replays,
    OtherObject,
    OtherAttempt,
    LongOps,
    ManyOps,
    NoOps,
    TooMuchData,
    GarbageAnswer,
    GarbageMessages,
    HandshakeAgain,
    SessionReset,
    Redirect,
    TryAgain,
    BackOff,
    ManyBackOffs,
    Silence,
    Close,
];

impl Manner {
    /// Whether the request may have its answer all the same.
    fn answers(self) -> bool {
        matches!(self, Duplicates | Replays | LongOps | ManyOps | NoOps | TooMuchData)
    }
}

/// What is read by each request.
const LEN: usize = 100_000;

fn right(peer: &mut Impostor, asked: &Asked) -> Vec<u8> {
    let len = if asked.flags.contains(OsdFlags::READ) { LEN } else { 0 };
    peer.message(REPLY, asked.tid, &asked.answer(len).front(), &vec![1; len])
}

/// Returns whether the connection is to be used further.
fn misbehave(peer: &mut Impostor, manner: Manner, asked: &Asked, noise: &mut Noise) -> Result<bool> {
    let mut frame = right(peer, asked);
    let mut answer = asked.answer(LEN);
    let data = vec![7; LEN];
    let end = frame.len();
    match manner {
        WrongCrc => {
            let last = frame.len() - 30;
            frame[last] ^= 4;
        }
        TooLong => frame = with_length(frame, u32::MAX - 5),
        LongAndCut => frame = with_length(frame, 400 << 20),
        CutInHead => frame.truncate(17),
        CutInFront => frame.truncate(90),
        CutInData => frame.truncate(end * 2 / 3),
        UnknownTids => {
            peer.seq -= 1;
            frame.clear();
            for tid in (1..200).filter(|tid| *tid != asked.tid).chain([u64::MAX]) {
                frame.extend(peer.message(REPLY, tid, &answer.front(), &data[..tid as usize % 500]));
            }
            frame.extend(peer.message(REPLY, u64::MAX - 1, &answer.front(), &data));
        }
        Duplicates => {
            for _ in 0..20 {
                frame.extend(peer.message(REPLY, asked.tid, &answer.front(), &data));
            }
        }
        Replays => frame = frame.repeat(20),
        OtherObject => {
            answer.name = Bytes::from_static(b"another");
            frame = peer.message(REPLY, asked.tid, &answer.front(), &data);
        }
        OtherAttempt => {
            answer.attempt += 5;
            frame = peer.message(REPLY, asked.tid, &answer.front(), &data);
        }
        LongOps => {
            answer.lens[0] = u32::MAX;
            frame = peer.message(REPLY, asked.tid, &answer.front(), &data);
        }
        ManyOps => {
            answer.lens = vec![3; 5000];
            frame = peer.message(REPLY, asked.tid, &answer.front(), &data);
        }
        NoOps => {
            answer.lens.clear();
            frame = peer.message(REPLY, asked.tid, &answer.front(), &data);
        }
        TooMuchData => {
            answer.lens[0] = 4 << 20;
            frame = peer.message(REPLY, asked.tid, &answer.front(), &vec![7; 4 << 20]);
        }
        GarbageAnswer => frame = peer.message(REPLY, asked.tid, &noise.bytes(300), &data),
        GarbageMessages => {
            frame.clear();
            for kind in [
                message::OSD_MAP,
                message::OSD_BACKOFF,
                message::WATCH_NOTIFY,
                message::COMMAND_REPLY,
                message::MON_MAP,
                0xffff,
            ] {
                frame.extend(peer.message((kind, 3), asked.tid, &noise.bytes(200), &noise.bytes(50)));
            }
        }
        HandshakeAgain => {
            peer.say(Tag::AuthDone, &0_u64)?;
            frame.clear();
        }
        SessionReset => {
            peer.say(Tag::SessionReset, &true)?;
            frame.clear();
        }
        Redirect => {
            answer.lens = vec![0];
            answer.redirect = Some(Bytes::from_static(b"where it is"));
            frame = peer.message(REPLY, asked.tid, &answer.front(), b"");
        }
        TryAgain => {
            answer.lens = vec![0];
            answer.result = -libc::EAGAIN;
            frame = peer.message(REPLY, asked.tid, &answer.front(), b"");
        }
        BackOff | ManyBackOffs => {
            frame.clear();
            let count = if manner == BackOff { 1 } else { 300_000 };
            for id in 0..count {
                let place = |hash| HObject {
                    key: Bytes::new(),
                    name: Bytes::new(),
                    snap: 0,
                    hash,
                    max: hash == u32::MAX,
                    nspace: Bytes::new(),
                    pool: POOL,
                };
                let pg = ShardPg { pg: osdmap::Pg::new(POOL, 0), shard: -1 };
                let (begin, end) = (place(id as u32), place(u32::MAX));
                let block = Backoff { pg, epoch: 7, op: backoff::BLOCK, id, begin, end };
                let bytes = peer.message((message::OSD_BACKOFF, 1), 0, &encode(&block), b"");
                peer.put(&bytes)?;
            }
        }
        Silence => frame.clear(),
        Close => {
            peer.shut();
            return Ok(false);
        }
    }
    peer.put(&frame)?;
    let cuts = matches!(manner, LongAndCut | CutInHead | CutInFront | CutInData);
    if cuts {
        peer.shut();
    }
    Ok(!cuts)
}

fn read(cluster: &Cluster, name: &'static str) -> Receiver<Reply> {
    let (give, take) = sync_channel(1);
    let into: Box<dyn ops::Sink> = Box::new(VecSink::new(LEN));
    let op = Op::Read { off: 0, len: LEN as u64, into: Some(into) };
    let request = Request::new(ObjectRef::new(POOL, name), vec![op]);
    cluster.store.submit(request, Box::new(move |reply| drop(give.send(reply))));
    take
}

fn write(cluster: &Cluster, name: &'static str) -> Receiver<Reply> {
    let (give, take) = sync_channel(1);
    let data = Bytes::from_static(b"data");
    let request = Request::new(ObjectRef::new(POOL, name), vec![Op::Write { off: 0, data }]);
    cluster.store.submit(request, Box::new(move |reply| drop(give.send(reply))));
    take
}

fn filled(reply: &Reply) -> Option<u64> {
    match reply.ops.first()?.out {
        OpOut::Filled(len) => Some(len),
        _ => None,
    }
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn osds_that_misbehave_a_few_times() {
    let before = peak_memory();
    for (number, manner) in MANNERS.into_iter().enumerate() {
        // These leave the request where it is: only a time-out or another map would end it.
        if matches!(manner, BackOff | ManyBackOffs | Silence | UnknownTids | OtherAttempt) {
            continue;
        }
        let times = Arc::new(AtomicUsize::new(0));
        let cluster = Cluster::new(
            1,
            |_| (),
            move |_, peer| {
                loop {
                    let asked = asked(peer)?;
                    let time = times.fetch_add(1, Ordering::AcqRel);
                    if time < 3 {
                        let mut noise = Noise((number * 10 + time) as u64);
                        if !misbehave(peer, manner, &asked, &mut noise)? {
                            return Ok(());
                        }
                    } else {
                        let bytes = right(peer, &asked);
                        peer.put(&bytes)?;
                    }
                }
            },
        );
        for name in ["first", "second", "third", "fourth"] {
            let (reading, writing) = (read(&cluster, name), write(&cluster, name));
            let ended = |what: &str, taking: &Receiver<Reply>| {
                taking.recv_timeout(LONG).unwrap_or_else(|_| panic!("{manner:?}: no end of {what} {name}"))
            };
            let (reading, writing) = (ended("reading", &reading), ended("writing", &writing));
            if !manner.answers() {
                let got = (reading.result, filled(&reading), writing.result);
                assert_eq!(got, (0, Some(LEN as u64), 0), "{manner:?}: {name}");
            }
        }
        // Whatever came before, the next one is right.
        let last = read(&cluster, "last").recv_timeout(LONG).expect("the last one's end");
        assert_eq!((last.result, filled(&last)), (0, Some(LEN as u64)), "{manner:?}: last");
        cluster.end();
    }
    let taken = peak_memory() - before;
    assert!(taken < 200 << 10, "{taken} KiB more at the peak");
}

#[test]
fn osds_that_misbehave_for_ever() {
    let before = peak_memory();
    for (number, manner) in MANNERS.into_iter().enumerate() {
        if manner.answers() {
            continue;
        }
        let cluster = Cluster::new(
            1,
            |options| options.osd_op_timeout = Duration::from_millis(1500),
            move |_, peer| {
                let mut noise = Noise(number as u64);
                loop {
                    let asked = asked(peer)?;
                    if !misbehave(peer, manner, &asked, &mut noise)? {
                        return Ok(());
                    }
                }
            },
        );
        let (reading, writing) = (read(&cluster, "first"), write(&cluster, "second"));
        for (what, taking) in [("reading", reading), ("writing", writing)] {
            let reply = taking.recv_timeout(LONG).unwrap_or_else(|_| panic!("{manner:?}: no end of {what}"));
            assert_eq!(Errno::check(reply.result), Err(Errno::ETIMEDOUT), "{manner:?}: {what}");
        }
        let met = cluster.osds[0].met();
        assert!(met < 40, "{manner:?}: {met} connections in a second and a half");
        cluster.end();
    }
    let taken = peak_memory() - before;
    assert!(taken < 200 << 10, "{taken} KiB more at the peak");
}

#[test]
fn a_redirected_request_goes_to_the_other_object() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    let cluster = Cluster::new(
        1,
        |_| (),
        move |_, peer| {
            loop {
                let asked = asked(peer)?;
                let redirected = asked.flags.contains(OsdFlags::REDIRECTED);
                noted.lock().expect("a lock").push((asked.name.clone(), redirected, asked.locator.pool));
                if redirected {
                    let bytes = right(peer, &asked);
                    peer.put(&bytes)?;
                } else {
                    misbehave(peer, Redirect, &asked, &mut Noise(0))?;
                }
            }
        },
    );
    let reply = read(&cluster, "here").recv_timeout(LONG).expect("an answer");
    assert_eq!((reply.result, filled(&reply)), (0, Some(LEN as u64)));
    let expected = [("here", false, POOL), ("where it is", true, POOL)];
    let expected = expected.map(|(name, redirected, pool)| (Bytes::from(name), redirected, pool));
    assert_eq!(seen.lock().expect("a lock")[..], expected);
    cluster.end();
}

/// With room for two requests the third submission returns when one of them has ended.
#[test]
fn who_submits_more_than_may_be_under_way_waits() {
    for by_bytes in [false, true] {
        let hold = Arc::new(Mutex::new(()));
        let held = hold.clone();
        let cluster = Cluster::new(
            1,
            |options| match by_bytes {
                true => options.inflight_bytes = 2 * LEN as u64 + 1,
                false => options.inflight_ops = 2,
            },
            move |_, peer| {
                loop {
                    let asked = asked(peer)?;
                    drop(held.lock());
                    let bytes = right(peer, &asked);
                    peer.put(&bytes)?;
                }
            },
        );
        let holding = hold.lock().expect("a lock");
        let first = [read(&cluster, "first"), read(&cluster, "second")];
        let third = std::thread::scope(|scope| {
            let third = scope.spawn(|| read(&cluster, "third"));
            std::thread::sleep(Duration::from_millis(200));
            assert!(!third.is_finished(), "by bytes {by_bytes}: a third request did not wait");
            drop(holding);
            third.join().expect("the third request")
        });
        for taking in first.into_iter().chain([third]) {
            assert_eq!(taking.recv_timeout(LONG).map(|reply| reply.result), Ok(0), "by bytes {by_bytes}");
        }
        cluster.end();
    }
}
