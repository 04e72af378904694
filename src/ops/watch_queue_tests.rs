//! The queue of watch callbacks by itself. Its orders of events are in `tests/interleavings.rs`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::Duration;

use super::*;

const SOON: Duration = Duration::from_secs(10);

fn flush(queue: &Arc<WatchQueue>) {
    let (send, receive) = mpsc::channel();
    queue.flush(Box::new(move |_| send.send(()).unwrap()));
    receive.recv_timeout(SOON).expect("the flush ends");
}

/// As a callback does that C code ends the thread in.
fn lose() {
    crate::lost();
    loop {
        thread::park();
    }
}

#[test]
fn calls_come_in_order_and_a_flush_waits_for_them() {
    let queue = Arc::new(WatchQueue::default());
    let (send, receive) = mpsc::channel();
    for n in 0..100 {
        let send = send.clone();
        queue.call(n, move || send.send(n).unwrap());
    }
    flush(&queue);
    assert_eq!(receive.try_iter().collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
}

#[test]
fn who_ends_a_watch_waits_for_its_own_handler_only() {
    let queue = Arc::new(WatchQueue::default());
    let (gate, returned) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let (entered, count) = (gate.clone(), returned.clone());
    queue.call(1, move || {
        entered.wait();
        entered.wait();
        count.store(1, Ordering::SeqCst);
    });
    gate.wait();
    let (send, receive) = mpsc::channel();
    let (other, seen) = (send.clone(), returned.clone());
    queue.after(2, move || other.send((2, 0)).unwrap());
    assert_eq!(receive.try_recv(), Ok((2, 0)), "another watch's end");
    queue.after(1, move || send.send((1, seen.load(Ordering::SeqCst))).unwrap());
    assert_eq!(receive.try_recv().ok(), None, "its handler is running");
    gate.wait();
    assert_eq!(receive.recv_timeout(SOON), Ok((1, 1)));
}

#[test]
fn a_handler_may_flush_end_its_watch_and_close() {
    let queue = Arc::new(WatchQueue::default());
    let (send, receive) = mpsc::channel();
    let own = queue.clone();
    queue.call(1, move || {
        flush(&own);
        own.after(1, || ());
        own.close();
        send.send(()).unwrap();
    });
    assert_eq!(receive.recv_timeout(SOON), Ok(()));
    queue.close();
}

#[test]
fn nothing_is_called_after_a_close_and_who_waits_is_told() {
    let queue = Arc::new(WatchQueue::default());
    let (gate, calls) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    for _ in 0..2 {
        let (entered, count) = (gate.clone(), calls.clone());
        queue.call(1, move || {
            entered.wait();
            thread::sleep(Duration::from_millis(50));
            count.fetch_add(1, Ordering::SeqCst);
        });
    }
    let (send, receive) = mpsc::channel();
    queue.flush(Box::new(move |_| send.send(()).unwrap()));
    gate.wait();
    queue.close();
    assert_eq!(calls.load(Ordering::SeqCst), 1, "the running one ends, the queued one does not run");
    assert_eq!(receive.try_recv(), Ok(()), "the flush");
    let count = calls.clone();
    queue.call(1, move || {
        count.fetch_add(1, Ordering::SeqCst);
    });
    flush(&queue);
    assert_eq!(calls.load(Ordering::SeqCst), 1, "called after the close");
}

#[test]
fn a_handler_that_takes_its_thread_away_is_the_last() {
    let queue = Arc::new(WatchQueue::default());
    let (gate, calls) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let entered = gate.clone();
    queue.call(1, move || {
        entered.wait();
        entered.wait();
        lose();
    });
    gate.wait();
    let count = calls.clone();
    queue.call(2, move || {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let (send, receive) = mpsc::channel();
    queue.after(1, move || send.send(()).unwrap());
    gate.wait();
    assert_eq!(receive.recv_timeout(SOON), Ok(()), "who ends the watch");
    flush(&queue);
    let count = calls.clone();
    queue.call(2, move || {
        count.fetch_add(1, Ordering::SeqCst);
    });
    flush(&queue);
    queue.close();
    assert_eq!(calls.load(Ordering::SeqCst), 0, "called after one that took its thread away");
}

#[test]
fn a_close_does_not_wait_for_a_thread_that_is_gone() {
    let queue = Arc::new(WatchQueue::default());
    let gate = Arc::new(Barrier::new(2));
    let entered = gate.clone();
    queue.call(1, move || {
        entered.wait();
        thread::sleep(Duration::from_millis(30));
        lose();
    });
    gate.wait();
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        queue.close();
        send.send(()).unwrap();
    });
    assert_eq!(receive.recv_timeout(SOON), Ok(()), "the close");
}

#[test]
fn a_handler_that_panics_is_not_the_last() {
    let queue = Arc::new(WatchQueue::default());
    let (send, receive) = mpsc::channel();
    queue.call(1, || std::panic::resume_unwind(Box::new("wanted")));
    queue.call(1, move || send.send(()).unwrap());
    assert_eq!(receive.recv_timeout(SOON), Ok(()));
    queue.close();
}
