//! Questions to monitors that do not take anybody yet, or never.

use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use ops::{CommandReply, CommandTarget, Errno, ObjectStore};

use crate::auth::kind;
use crate::connect;
use crate::impostor::cluster::{map, serve};
use crate::impostor::{Post, options};
use crate::messages::kind as message;

const LONG: Duration = Duration::from_secs(60);

/// What the question `tell mon.a` comes to, how long that takes, and how often it was called, where the monitor serves the
/// client's session, and hangs up on so many connections after it.
fn told(hung_up: usize, hunt_interval: Duration) -> (CommandReply, Duration, usize) {
    let map = map(std::iter::empty());
    let mon = Post::new(kind::MON, move |mut peer, number| {
        if number > 0 && number <= hung_up {
            return Ok(());
        }
        peer.handshake()?;
        if number == 0 {
            return serve(&mut peer, &map, &|_, _| Ok(true));
        }
        let asked = peer.receive()?;
        assert_eq!(asked.kind, message::COMMAND);
        peer.send((message::COMMAND_REPLY, 1), asked.tid, &(0_i32, "it is well"), b"out")?;
        peer.outlast()
    });
    let mut options = options(mon.port);
    (options.client_mount_timeout, options.hunt_interval) = (LONG, hunt_interval);
    let store = connect(|| options.clone(), Box::new(|_| ())).expect("a client of this monitor");
    let (give, take) = sync_channel(1);
    let began = Instant::now();
    let target = CommandTarget::MonNamed("a".into());
    let done = move |reply| give.send(reply).unwrap_or_default();
    store.command(target, vec![r#"{"prefix":"health"}"#.into()], Default::default(), Box::new(done));
    let reply = take.recv_timeout(LONG).expect("an answer");
    let (took, calls) = (began.elapsed(), mon.met() - 1);
    store.shutdown();
    mon.end();
    (reply, took, calls)
}

#[test]
fn a_monitor_that_has_just_joined_is_asked_until_it_has_ids_to_give() {
    let (reply, took, calls) = told(4, Duration::from_secs(20));
    assert_eq!((reply.result, &reply.status[..], &reply.out[..]), (0, "it is well", &b"out"[..]));
    assert_eq!(calls, 5);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_monitor_that_always_hangs_up_is_unavailable() {
    let (reply, took, calls) = told(usize::MAX, Duration::from_secs(1));
    assert_eq!((Errno::check(reply.result), &reply.status[..]), (Err(Errno(libc::ENXIO)), "mon unavailable"));
    assert!(took >= Duration::from_millis(1500), "{took:?} is less than two tries of a second");
    assert!((2..=12).contains(&calls), "{calls} calls");
}
