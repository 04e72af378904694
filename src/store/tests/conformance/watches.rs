//! Watches and notifies among clients.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::{Duration, Instant};

use bytes::Bytes;
use ops::*;

use crate::bench::{Bench, send, wait, write};

type OnEvent = Box<dyn Fn(&NotifyEvent) + Send + Sync>;

/// Notes what it is told, and then does what a test wants.
struct Handler {
    errors: Mutex<Vec<(WatchId, Errno)>>,
    events: Mutex<Vec<NotifyEvent>>,
    act: OnEvent,
}

impl Handler {
    fn new(act: impl Fn(&NotifyEvent) + Send + Sync + 'static) -> Arc<Handler> {
        Arc::new(Handler { errors: Mutex::default(), events: Mutex::default(), act: Box::new(act) })
    }

    /// Acknowledges with `answer`.
    fn acking(store: &Arc<dyn ObjectStore>, object: ObjectRef, answer: &'static str) -> Arc<Handler> {
        let store = Arc::downgrade(store);
        Handler::new(move |event| {
            let Some(store) = store.upgrade() else { return };
            assert_eq!(store.notify_ack(&object, event.notify_id, event.watch, answer.into()), Ok(()));
        })
    }
}

impl WatchHandler for Handler {
    fn notify(&self, event: NotifyEvent) {
        self.events.lock().unwrap().push(event.clone());
        (self.act)(&event);
    }
    fn error(&self, watch: WatchId, err: Errno) {
        self.errors.lock().unwrap().push((watch, err));
    }
}

fn watch(store: &Arc<dyn ObjectStore>, object: &ObjectRef, handler: &Arc<Handler>) -> Result<WatchId> {
    wait(|done| store.watch(object.clone(), None, handler.clone(), done))
}

fn notify(store: &Arc<dyn ObjectStore>, object: &ObjectRef, timeout: Duration) -> (Result<()>, NotifyReply) {
    let (send, receive) = mpsc::channel();
    let done = Box::new(move |result, reply| drop(send.send((result, reply))));
    store.notify(object.clone(), Bytes::from_static(b"news"), Some(timeout), done);
    receive.recv_timeout(Duration::from_secs(20)).expect("a notify that never ended")
}

const LONG: Duration = Duration::from_secs(15);

pub fn everyone_is_asked(t: &Bench) {
    let object = t.object("o");
    let (a, b) = (t.store.clone(), t.another_client());
    let quiet = Handler::new(|_| ());
    assert_eq!(watch(&a, &object, &quiet), Err(Errno::ENOENT), "a missing object");
    assert_eq!(notify(&a, &object, LONG).0, Err(Errno::ENOENT));
    assert_eq!(t.go("o", vec![write(0, "x")]), 0);
    assert_eq!(notify(&a, &object, LONG), (Ok(()), NotifyReply::default()), "nobody watches");

    let (on_a, on_b) =
        (Handler::acking(&a, object.clone(), "from a"), Handler::acking(&b, object.clone(), "from b"));
    let (wa, wb) = (watch(&a, &object, &on_a).unwrap(), watch(&b, &object, &on_b).unwrap());
    assert_ne!(wa, wb);
    let (result, reply) = notify(&a, &object, LONG);
    assert_eq!(result, Ok(()));
    let answers: BTreeSet<_> =
        reply.acks.iter().map(|ack| (ack.client, ack.watch, ack.payload.clone())).collect();
    let (ia, ib) = (a.identity().instance_id, b.identity().instance_id);
    assert_eq!(answers, [(ia, wa, "from a".into()), (ib, wb, "from b".into())].into());
    assert_eq!(reply.timed_out, []);
    let event = on_b.events.lock().unwrap()[0].clone();
    assert_eq!((event.notifier, event.watch, &event.payload[..]), (ia, wb, &b"news"[..]));

    let Ok(OpOut::Watchers(watchers)) = t.ask("o", Op::ListWatchers) else { panic!("no watchers listed") };
    let listed: Vec<_> = watchers.iter().map(|w| (w.client, w.cookie, w.timeout_seconds)).collect();
    assert_eq!(listed, [(ia, wa, 30), (ib, wb, 30)]);
    assert_eq!(watchers[0].addr, a.identity().addrs);
    assert!(b.watch_check(wb).is_ok());
    assert_eq!(wait(|done| b.unwatch(wb, done)), Ok(()));
    assert_eq!(b.watch_check(wb), Err(Errno::ENOTCONN));
    assert_eq!(notify(&a, &object, LONG).1.acks.len(), 1);
    a.shutdown();
    assert_eq!(send(&*a, t.request("o", vec![Op::Stat])).result, Errno::ESHUTDOWN.neg());
    let reply = send(&*b, t.request("o", vec![Op::ListWatchers]));
    assert_eq!(reply.ops[0].out, OpOut::Watchers(vec![]), "a client that goes away drops its watches");
}

pub fn silence_times_out(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "x")]), 0);
    let (object, other) = (t.object("o"), t.another_client());
    let silent = Handler::new(|_| ());
    let id = watch(&other, &object, &silent).unwrap();
    let talks = Handler::acking(&t.store, object.clone(), "here");
    watch(&t.store, &object, &talks).unwrap();
    let begin = Instant::now();
    let (result, reply) = notify(&t.store, &object, Duration::from_millis(200));
    let took = begin.elapsed();
    assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(5), "took {took:?}");
    assert_eq!(result, Err(Errno::ETIMEDOUT));
    assert_eq!(reply.timed_out, [(other.identity().instance_id, id)]);
    assert_eq!(reply.acks.len(), 1, "who answered is told all the same");
    let event = silent.events.lock().unwrap()[0].clone();
    assert_eq!(other.notify_ack(&object, event.notify_id, id, Bytes::new()), Ok(()), "late, and ignored");

    // Ending the watch ends the waiting too.
    let (send, receive) = mpsc::channel();
    t.store.notify(
        object,
        Bytes::new(),
        Some(LONG),
        Box::new(move |result, reply| drop(send.send((result, reply)))),
    );
    assert_eq!(wait(|done| other.unwatch(id, done)), Ok(()));
    let (result, reply) = receive.recv_timeout(Duration::from_secs(5)).expect("the notify goes on");
    assert_eq!((result, reply.timed_out, reply.acks.len()), (Ok(()), vec![], 1));
}

pub fn removal_disconnects(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "x")]), 0);
    let object = t.object("o");
    let handler = Handler::new(|_| ());
    let id = watch(&t.store, &object, &handler).unwrap();
    assert_eq!(t.go("o", vec![Op::Remove]), 0);
    wait(|done| t.store.watch_flush(done)).unwrap();
    assert_eq!(*handler.errors.lock().unwrap(), [(id, Errno::ENOTCONN)]);
    assert_eq!(t.store.watch_check(id), Err(Errno::ENOTCONN));
    assert_eq!(wait(|done| t.store.unwatch(id, done)), Err(Errno::ENOENT), "as the object is gone");
    assert_eq!(t.go("o", vec![write(0, "x")]), 0);
    assert_eq!(notify(&t.store, &object, LONG).1, NotifyReply::default(), "a new object has no watchers");
}

pub fn handlers_may_call_back(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "x")]), 0);
    let (object, store) = (t.object("o"), t.store.clone());
    let inner = object.clone();
    let handler = Handler::new(move |event| {
        let reply = send(&*store, Request::new(inner.clone(), vec![Op::Append { data: "y".into() }]));
        assert_eq!(reply.result, 0, "a write from a handler");
        wait(|done| store.watch_flush(done)).expect("a flush from a handler");
        wait(|done| store.unwatch(event.watch, done)).expect("an unwatch from its own handler");
    });
    watch(&t.store, &object, &handler).unwrap();
    assert_eq!(notify(&t.another_client(), &object, LONG).0, Ok(()));
    wait(|done| t.store.watch_flush(done)).unwrap();
    assert_eq!(t.read("o", 0, 0), Ok("xy".into()));
}

pub fn unwatch_waits_for_the_handler(t: &Bench) {
    assert_eq!(t.go("o", vec![write(0, "x")]), 0);
    let object = t.object("o");
    let (entered, returned) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let (gate, count) = (entered.clone(), returned.clone());
    let handler = Handler::new(move |_| {
        gate.wait();
        std::thread::sleep(Duration::from_millis(100));
        count.fetch_add(1, Ordering::SeqCst);
    });
    let id = watch(&t.store, &object, &handler).unwrap();
    t.store.notify(object, Bytes::new(), Some(LONG), Box::new(|_, _| ()));
    entered.wait();
    assert_eq!(wait(|done| t.store.unwatch(id, done)), Ok(()));
    assert_eq!(returned.load(Ordering::SeqCst), 1, "the handler was still running");
}

/// Several clients write, watch, notify and unwatch at once.
pub fn under_load(t: &Bench) {
    const ROUNDS: usize = 150;
    assert_eq!(t.go("o", vec![write(0, "")]), 0);
    let clients: Vec<_> = (0..4).map(|_| t.another_client()).collect();
    let object = t.object("o");
    std::thread::scope(|scope| {
        for (n, client) in clients.iter().enumerate() {
            let object = object.clone();
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let handler = Handler::acking(client, object.clone(), "ok");
                    let id = watch(client, &object, &handler).unwrap();
                    let own = ObjectRef { name: format!("own{n}").into(), ..object.clone() };
                    for o in [&object, &own] {
                        let reply =
                            send(&**client, Request::new(o.clone(), vec![Op::Append { data: "z".into() }]));
                        assert_eq!(reply.result, 0, "client {n}, round {round}");
                    }
                    let (result, reply) = notify(client, &object, LONG);
                    assert_eq!(result, Ok(()), "client {n}, round {round}: {reply:?}");
                    let own = reply.acks.iter().filter(|ack| ack.watch == id).count();
                    assert_eq!(own, 1, "client {n}, round {round}: answers of its own watch");
                    assert_eq!(wait(|done| client.unwatch(id, done)), Ok(()), "client {n}, round {round}");
                }
            });
        }
    });
    assert_eq!(t.size("o"), Ok(4 * ROUNDS as u64), "no append was lost");
    assert_eq!(t.ask("o", Op::ListWatchers), Ok(OpOut::Watchers(vec![])));
}
