//! The queue of watch callbacks in orders that shuttle chooses. Run by `make interleavings`; `SEPIOLA_ROUNDS` says how many
//! orders of each. A hang is a deadlock to shuttle, which reports it.
#![cfg(sepiola_shuttle)]

use std::sync::Arc;

use ops::WatchQueue;
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use shuttle::sync::mpsc;
use shuttle::{Config, Runner, thread};

fn explore(work: impl Fn() + Send + Sync + 'static) {
    let rounds = std::env::var("SEPIOLA_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let mut config = Config::new();
    config.stack_size = 1 << 18;
    Runner::new(shuttle::scheduler::RandomScheduler::new(rounds), config).run(work);
}

/// What the program does with what its callbacks use: it is gone after the watch ended, or the client.
#[derive(Clone, Default)]
struct Program {
    gone: Arc<AtomicBool>,
    late: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
}

impl Program {
    /// A callback, which takes a while.
    fn called(&self) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        for _ in 0..2 {
            if self.gone.load(Ordering::SeqCst) {
                self.late.fetch_add(1, Ordering::SeqCst);
            }
            thread::yield_now();
        }
    }

    fn goes(&self) {
        self.gone.store(true, Ordering::SeqCst);
    }

    fn check(&self) {
        assert_eq!(self.late.load(Ordering::SeqCst), 0, "callbacks into what is gone");
    }
}

fn flush(queue: &Arc<WatchQueue>) {
    let (send, receive) = mpsc::channel();
    queue.flush(Box::new(move |_| send.send(()).unwrap()));
    receive.recv().unwrap();
}

/// Events of two watches come in while one of them is ended, somebody flushes, and then the client ends.
#[test]
fn no_callback_comes_late() {
    explore(|| {
        let queue = Arc::new(WatchQueue::default());
        let (one, other) = (Program::default(), Program::default());
        let ended = Arc::new(AtomicBool::new(false));
        let sender = {
            let (queue, one, other, ended) = (queue.clone(), one.clone(), other.clone(), ended.clone());
            thread::spawn(move || {
                for _ in 0..3 {
                    let (program, ended) = (one.clone(), ended.clone());
                    queue.call(1, move || {
                        if !ended.load(Ordering::SeqCst) {
                            program.called();
                        }
                    });
                    let program = other.clone();
                    queue.call(2, move || program.called());
                }
            })
        };
        let flusher = {
            let queue = queue.clone();
            thread::spawn(move || flush(&queue))
        };
        let unwatcher = {
            let (queue, one) = (queue.clone(), one.clone());
            thread::spawn(move || {
                ended.store(true, Ordering::SeqCst);
                let (send, receive) = mpsc::channel();
                queue.after(1, move || send.send(()).unwrap());
                receive.recv().unwrap();
                one.goes();
            })
        };
        if thread_rng().gen_range(0..2) == 0 {
            sender.join().unwrap();
            flush(&queue);
            assert_eq!(other.calls.load(Ordering::SeqCst), 3, "callbacks that a flush waits for");
        }
        queue.close();
        other.goes();
        flusher.join().unwrap();
        unwatcher.join().unwrap();
        flush(&queue);
        one.check();
        other.check();
    });
}

/// One of the callbacks takes its thread away: none comes after it, and nobody waits for it.
#[test]
fn the_lost_thread_is_the_last() {
    explore(|| {
        let queue = Arc::new(WatchQueue::default());
        let program = Program::default();
        let last = program.clone();
        let sender = {
            let (queue, program) = (queue.clone(), program.clone());
            thread::spawn(move || {
                for _ in 0..2 {
                    let program = program.clone();
                    queue.call(1, move || program.called());
                }
            })
        };
        // Shuttle wants every thread to end: this one stands still until all is over.
        let (end, over) = mpsc::channel::<()>();
        queue.call(2, move || {
            last.goes();
            ops::lost();
            let _ = over.recv();
        });
        if thread_rng().gen_range(0..2) == 0 {
            flush(&queue);
        }
        let (send, receive) = mpsc::channel();
        queue.after(2, move || send.send(()).unwrap());
        receive.recv().unwrap();
        sender.join().unwrap();
        if thread_rng().gen_range(0..2) == 0 {
            flush(&queue);
        }
        queue.close();
        program.check();
        drop(end);
    });
}

/// A callback ends its own watch, flushes and closes the queue.
#[test]
fn a_callback_does_not_wait_for_itself() {
    explore(|| {
        let queue = Arc::new(WatchQueue::default());
        let own = queue.clone();
        let (send, receive) = mpsc::channel();
        queue.call(1, move || {
            flush(&own);
            own.after(1, || ());
            own.close();
            send.send(()).unwrap();
        });
        let closer = {
            let queue = queue.clone();
            thread::spawn(move || flush(&queue))
        };
        receive.recv().unwrap();
        closer.join().unwrap();
        queue.close();
    });
}
