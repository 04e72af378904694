//! Completions and the thread that runs their callbacks, in orders that shuttle chooses. Run by `make interleavings`;
//! `SEPIOLA_ROUNDS` says how many orders of each. A hang is a deadlock to shuttle, which reports it.
#![cfg(sepiola_shuttle)]

use std::sync::Arc;

use ops::Errno;
use rados::{Completion, Finisher};
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::sync::mpsc;
use shuttle::{Config, Runner, thread};

const CANCELLED: i64 = -(Errno::ECANCELED.0 as i64);

fn explore(work: impl Fn() + Send + Sync + 'static) {
    let rounds = std::env::var("SEPIOLA_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let mut config = Config::new();
    config.stack_size = 1 << 18;
    Runner::new(shuttle::scheduler::RandomScheduler::new(rounds), config).run(work);
}

#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn up(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn counting(count: &Count) -> rados::Callback {
    let count = count.clone();
    Box::new(move || count.up())
}

/// One completes, one cancels, two look and one waits: they agree on the result, and the callback has run once when
/// who waits for it goes on.
#[test]
fn everybody_sees_one_result() {
    explore(|| {
        let finisher = Arc::new(Finisher::new("model"));
        let calls = Count::default();
        let with_callback = thread_rng().gen_range(0..2) == 0;
        let completion = Completion::new(with_callback.then(|| counting(&calls)));
        let completer = {
            let (completion, finisher) = (completion.clone(), finisher.clone());
            thread::spawn(move || completion.complete(7, &finisher))
        };
        let canceller = {
            let completion = completion.clone();
            thread::spawn(move || completion.cancel())
        };
        let lookers = [(); 2].map(|()| {
            let completion = completion.clone();
            thread::spawn(move || {
                completion.is_complete().then(|| [completion.return_value(), completion.return_value()])
            })
        });
        let waiter = {
            let (completion, calls) = (completion.clone(), calls.clone());
            thread::spawn(move || {
                completion.wait();
                let seen = completion.return_value();
                completion.wait_and_cb();
                (seen, completion.return_value(), calls.get())
            })
        };
        completer.join().unwrap();
        let cancelled = canceller.join().unwrap();
        let looks = lookers.map(|looker| looker.join().unwrap());
        let (first, last, called) = waiter.join().unwrap();
        let wanted = if cancelled { CANCELLED } else { 7 };
        assert_eq!((first, last), (wanted, wanted), "what the waiter saw; cancelled: {cancelled}");
        for look in looks.into_iter().flatten() {
            assert_eq!(look, [wanted; 2], "what a looker saw; cancelled: {cancelled}");
        }
        assert_eq!(called, usize::from(with_callback), "callbacks when the wait for them was over");
        finisher.shutdown();
    });
}

/// Who knows that a request is complete may end everything: no callback comes afterwards.
#[test]
fn no_callback_comes_late() {
    explore(|| {
        let finisher = Arc::new(Finisher::new("model"));
        let (calls, late, gone) = (Count::default(), Count::default(), Count::default());
        let (called, came_late, over) = (calls.clone(), late.clone(), gone.clone());
        let completion = Completion::new(Some(Box::new(move || {
            called.up();
            if over.get() > 0 {
                came_late.up();
            }
        })));
        let completer = {
            let (completion, finisher) = (completion.clone(), finisher.clone());
            thread::spawn(move || completion.complete(7, &finisher))
        };
        if thread_rng().gen_range(0..2) == 0 {
            completion.wait();
        } else {
            while !completion.is_complete() {
                thread::yield_now();
            }
        }
        finisher.shutdown();
        gone.up();
        completer.join().unwrap();
        finisher.shutdown();
        assert_eq!((calls.get(), late.get()), (1, 0), "callbacks, and those when all was over");
    });
}

/// Two back ends' answers to one request.
#[test]
fn the_first_of_two_results_counts() {
    explore(|| {
        let finisher = Arc::new(Finisher::new("model"));
        let calls = Count::default();
        let completion = Completion::new(Some(counting(&calls)));
        let completers = [1, 2].map(|result| {
            let (completion, finisher) = (completion.clone(), finisher.clone());
            thread::spawn(move || completion.complete(result, &finisher))
        });
        completion.wait_and_cb();
        let seen = completion.return_value();
        for completer in completers {
            completer.join().unwrap();
        }
        assert_eq!(completion.return_value(), seen, "the result changed");
        finisher.drain();
        assert_eq!(calls.get(), 1, "callbacks");
    });
}

/// A callback that is attached in time runs, one that is not does not.
#[test]
fn a_callback_is_attached_in_time_or_refused() {
    explore(|| {
        let finisher = Arc::new(Finisher::new("model"));
        let calls = Count::default();
        let completion = Completion::new(None);
        let completer = {
            let (completion, finisher) = (completion.clone(), finisher.clone());
            thread::spawn(move || completion.complete(0, &finisher))
        };
        let attached = completion.set_callback(counting(&calls)).is_ok();
        completion.wait_and_cb();
        assert_eq!(calls.get(), usize::from(attached), "callbacks; attached: {attached}");
        completer.join().unwrap();
    });
}

/// Callbacks that complete another request and wait for it must not wait for themselves; all run, those of one thread in
/// order, also those that come while the finisher ends.
#[test]
fn every_callback_runs_once() {
    explore(|| {
        let finisher = Arc::new(Finisher::new("model"));
        let calls = Count::default();
        let senders = [(); 2].map(|()| {
            let (finisher, calls) = (finisher.clone(), calls.clone());
            thread::spawn(move || {
                let own = Count::default();
                for n in 0..3 {
                    let (own, calls) = (own.clone(), calls.clone());
                    let inner = Completion::new(None);
                    let again = finisher.clone();
                    finisher.queue(Box::new(move || {
                        if own.get() == n {
                            calls.up();
                        }
                        own.up();
                        inner.complete(0, &again);
                        inner.wait_and_cb();
                        again.drain();
                    }));
                    if thread_rng().gen_range(0..2) == 0 {
                        finisher.drain();
                    }
                }
                finisher.drain();
                own.get()
            })
        });
        if thread_rng().gen_range(0..2) == 0 {
            finisher.shutdown();
        }
        for sender in senders {
            assert_eq!(sender.join().unwrap(), 3, "what a drain waits for");
        }
        finisher.shutdown();
        assert_eq!(calls.get(), 6, "callbacks in order");
    });
}

/// Two of a back end's threads complete requests in their turns; one of them at a time may stay and call back.
#[test]
fn callbacks_at_the_end_of_turns_run_once_and_in_order() {
    explore(|| {
        let finisher = Arc::new(Finisher::new("model"));
        let calls = Count::default();
        let calling = Arc::new(AtomicUsize::new(0));
        let back_ends = [(); 2].map(|()| {
            let (finisher, calls, calling) = (finisher.clone(), calls.clone(), calling.clone());
            thread::spawn(move || {
                let own = Count::default();
                for n in 0..3 {
                    let act = || {
                        let (own, calls, again) = (own.clone(), calls.clone(), finisher.clone());
                        finisher.queue(Box::new(move || {
                            if own.get() == n {
                                calls.up();
                            }
                            own.up();
                            again.drain();
                        }));
                        if thread_rng().gen_range(0..4) == 0 {
                            finisher.drain();
                        }
                    };
                    ops::turn(act, |run| {
                        let alone = calling.fetch_add(1, Ordering::SeqCst) == 0;
                        if alone {
                            run();
                        }
                        calling.fetch_sub(1, Ordering::SeqCst);
                        alone
                    });
                }
            })
        });
        finisher.queue(Box::new(|| ()));
        finisher.drain();
        if thread_rng().gen_range(0..2) == 0 {
            finisher.shutdown();
        }
        for back_end in back_ends {
            back_end.join().unwrap();
        }
        finisher.shutdown();
        assert_eq!(calls.get(), 6, "callbacks in order");
    });
}

/// A callback takes the thread away: nobody waits for what does not come back.
#[test]
fn a_lost_thread_is_not_waited_for() {
    explore(|| {
        let finisher = Arc::new(Finisher::new("model"));
        let calls = Count::default();
        // Shuttle wants every thread to end: this one stands still until all is over.
        let (end, over) = mpsc::channel::<()>();
        finisher.queue(Box::new(move || {
            ops::lost();
            let _ = over.recv();
        }));
        let sender = {
            let (finisher, calls) = (finisher.clone(), calls.clone());
            thread::spawn(move || finisher.queue(counting(&calls)))
        };
        finisher.drain();
        finisher.shutdown();
        sender.join().unwrap();
        assert_eq!(calls.get(), 0, "called after one that took its thread away");
        drop(end);
    });
}
