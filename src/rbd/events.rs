//! Completions that wait to be polled (`rbd_set_image_notification`, `rbd_poll_io_events`).
//!
//! Their callbacks run on the thread that polls, which spares waking another one for them: a program that is told of a
//! completion by its descriptor has no thread that waits for the callback. Where it does not poll, the finisher runs them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use ops::{AtBatchEnd, Errno, Result};
use parking_lot::Mutex;
use rados::{Callback, Finisher, run_one};

/// Gets how many completions there are more.
pub type Wake = Box<dyn Fn(u64) + Send + Sync>;

/// After callbacks had to be taken over, so many go to the finisher at once; four times as many the next time, where
/// the program has not polled since.
const EAGER: u32 = 32;
const EAGER_MOST: u32 = 4096;

/// Completed operations of an image, for programs that poll. A token stands for a completion; what it
/// means is the caller's business.
#[derive(Default)]
pub struct EventQueue {
    told: OnceLock<(Wake, Arc<Finisher>)>,
    state: Mutex<State>,
    /// Operations begun and not yet polled.
    open: AtomicUsize,
}

#[derive(Default)]
struct State {
    done: VecDeque<Event>,
    /// The number of the first of `done`.
    first: u64,
    /// The number of the first whose callback has not been begun.
    ready: u64,
    /// What there was when the watch looked last.
    seen: u64,
    /// Somebody runs callbacks: one at a time.
    running: bool,
    /// The finisher looks after callbacks that nobody polls for.
    watched: bool,
    /// So many callbacks are the finisher's.
    eager: u32,
    eager_next: u32,
    /// How many callbacks the finisher has been given.
    lent: u32,
    /// Of how many events nobody has been woken.
    untold: u64,
}

struct Event {
    token: usize,
    callback: Option<Callback>,
    /// The callback has begun and not returned.
    running: bool,
}

impl State {
    fn end(&self) -> u64 {
        self.first + self.done.len() as u64
    }

    /// Whether whoever posts has to see to it that the program is woken.
    fn push(&mut self, token: usize, callback: Option<Callback>) -> bool {
        self.done.push_back(Event { token, callback, running: false });
        self.untold += 1;
        self.untold == 1
    }

    /// Begins the next callback: its number.
    fn begin(&mut self) -> Option<(u64, Callback)> {
        self.ready = self.ready.max(self.first);
        while self.ready < self.end() {
            let number = self.ready;
            self.ready += 1;
            if let Some(event) = self.done.get_mut((number - self.first) as usize)
                && let Some(callback) = event.callback.take()
            {
                event.running = true;
                return Some((number, callback));
            }
        }
        None
    }

    fn ended(&mut self, number: u64) {
        if let Some(event) = self.done.get_mut((number - self.first) as usize) {
            event.running = false;
        }
    }
}

impl EventQueue {
    /// From now on `wake` is called for what is posted; `finisher` runs the callbacks that nobody polls for. `-EINVAL`
    /// the second time.
    pub fn arm(&self, wake: Wake, finisher: Arc<Finisher>) -> Result<()> {
        self.told.set((wake, finisher)).map_err(|_| Errno::EINVAL)
    }

    pub fn is_armed(&self) -> bool {
        self.told.get().is_some()
    }

    /// Counts an operation that will be posted. Whether it is the only one: the program, which has polled
    /// all others, is about to wait for it.
    pub fn begin(&self) -> bool {
        self.open.fetch_add(1, Ordering::Relaxed) == 0
    }

    /// The operation will not be posted after all.
    pub fn give_up(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Queues a token, then wakes. Nothing happens where nobody polls.
    pub fn post(self: &Arc<Self>, token: usize) {
        if self.is_armed() && self.state.lock().push(token, None) {
            self.tell();
        }
    }

    /// Queues a token, whose callback will have been run before `poll` returns it, then wakes.
    pub fn post_calling(self: &Arc<Self>, token: usize, callback: Callback) {
        let Some((_, finisher)) = self.told.get() else { return run_one(callback) };
        let mut state = self.state.lock();
        if state.eager > 0 || state.lent > 0 {
            state.eager = state.eager.saturating_sub(1);
            state.lent += 1;
            drop(state);
            let this = Arc::clone(self);
            return finisher.queue(Box::new(move || {
                run_one(callback);
                this.state.lock().lent -= 1;
                this.post(token);
            }));
        }
        let tell = state.push(token, Some(callback));
        let watch = !std::mem::replace(&mut state.watched, true);
        drop(state);
        if watch {
            let this = Arc::clone(self);
            finisher.watch(Box::new(move |all| this.look_after(all)));
        }
        if tell {
            self.tell();
        }
    }

    /// Wakes the program: at the end of a batch, once for all of it.
    fn tell(self: &Arc<Self>) {
        if !ops::at_batch_end(self) {
            self.tell_now();
        }
    }

    fn tell_now(&self) {
        let count = std::mem::take(&mut self.state.lock().untold);
        if count > 0
            && let Some((wake, _)) = self.told.get()
        {
            wake(count);
        }
    }

    /// Runs callbacks that nobody polls for in time. Whether there may be more.
    fn look_after(&self, all: bool) -> bool {
        self.tell_now();
        let mut state = self.state.lock();
        let end = state.end();
        let seen = std::mem::replace(&mut state.seen, end);
        let stale = state.ready.max(state.first) < seen && !state.running;
        if stale || all {
            state.eager = state.eager_next.clamp(EAGER, EAGER_MOST);
            state.eager_next = state.eager * 4;
            drop(state);
            self.run_all(all);
            state = self.state.lock();
        }
        state.watched = !all && (seen != end || state.ready.max(state.first) < state.end());
        state.watched
    }

    /// The program waits in other ways: its callbacks do not wait for it to poll.
    pub fn hurry(self: &Arc<Self>) {
        let Some((_, finisher)) = self.told.get() else { return };
        let mut state = self.state.lock();
        state.eager = state.eager.max(EAGER);
        let waiting = state.ready.max(state.first) < state.end();
        drop(state);
        if waiting {
            let this = Arc::clone(self);
            finisher.queue(Box::new(move || this.run_all(false)));
        }
    }

    /// Unless somebody is at it; `anyhow`: also then, because that one may wait for this thread.
    fn run_all(&self, anyhow: bool) {
        let mut state = self.state.lock();
        let alone = !std::mem::replace(&mut state.running, true);
        while (alone || anyhow)
            && let Some((number, callback)) = state.begin()
        {
            drop(state);
            run_one(callback);
            state = self.state.lock();
            state.ended(number);
        }
        if alone {
            state.running = false;
        }
    }

    /// Moves tokens into `into`, oldest first, and returns how many, after their callbacks have run.
    pub fn poll(&self, into: &mut [usize]) -> usize {
        let mut state = self.state.lock();
        state.eager_next = 0;
        let mut count = 0;
        while let Some(slot) = into.get_mut(count) {
            let Some(event) = state.done.front() else { break };
            if event.running || (event.callback.is_some() && state.running) {
                break;
            }
            if event.callback.is_some() {
                let Some((number, callback)) = state.begin() else { break };
                state.running = true;
                drop(state);
                run_one(callback);
                state = self.state.lock();
                state.running = false;
                state.ended(number);
                continue;
            }
            *slot = event.token;
            state.done.pop_front();
            state.first += 1;
            count += 1;
        }
        drop(state);
        self.open.fetch_sub(count, Ordering::Relaxed);
        count
    }
}

impl AtBatchEnd for EventQueue {
    fn batch_ended(self: Arc<Self>) {
        self.tell_now();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    /// A queue that is armed, and how many times and for how many it woke.
    fn armed() -> (Arc<EventQueue>, Arc<(AtomicU64, AtomicU64)>) {
        let (queue, woken) =
            (Arc::new(EventQueue::default()), Arc::new((AtomicU64::new(0), AtomicU64::new(0))));
        let count = Arc::clone(&woken);
        let wake: Wake = Box::new(move |more| {
            count.0.fetch_add(1, Ordering::SeqCst);
            count.1.fetch_add(more, Ordering::SeqCst);
        });
        queue.arm(wake, Arc::new(Finisher::new("test"))).expect("first");
        (queue, woken)
    }

    #[test]
    fn tokens_come_back_in_order() {
        let (queue, woken) = armed();
        assert!(queue.begin() && !queue.begin());
        assert!((0..3).all(|_| !queue.begin()), "others are open");
        queue.give_up();
        assert_eq!(queue.arm(Box::new(|_| ()), Arc::new(Finisher::new("test"))), Err(Errno::EINVAL));
        (2..6).for_each(|token| queue.post(token));
        let mut two = [0; 2];
        assert_eq!((queue.poll(&mut two), two), (2, [2, 3]));
        let mut five = [0; 5];
        assert_eq!((queue.poll(&mut five), five), (2, [4, 5, 0, 0, 0]));
        assert_eq!(woken.0.load(Ordering::SeqCst), 4);
        assert!(queue.begin(), "all were polled");
    }

    #[test]
    fn nothing_is_kept_where_nobody_polls() {
        let queue = Arc::new(EventQueue::default());
        queue.post(1);
        assert_eq!(queue.poll(&mut [0]), 0);
    }

    #[test]
    fn a_batch_wakes_once_for_all() {
        let (queue, woken) = armed();
        ops::batch(|| {
            (1..5).for_each(|token| queue.post(token));
            assert_eq!(woken.0.load(Ordering::SeqCst), 0, "woken in the batch");
        });
        assert_eq!((woken.0.load(Ordering::SeqCst), woken.1.load(Ordering::SeqCst)), (1, 4));
    }

    #[test]
    fn callbacks_run_where_somebody_polls_before_their_tokens() {
        let (queue, _) = armed();
        let (send, receive) = mpsc::channel();
        for token in 1..4 {
            let send = send.clone();
            let call: Callback =
                Box::new(move || send.send((token, thread::current().id())).expect("receiver"));
            queue.post_calling(token, call);
        }
        let mut two = [0; 2];
        assert_eq!((queue.poll(&mut two), two), (2, [1, 2]));
        let here = thread::current().id();
        assert_eq!(receive.try_iter().collect::<Vec<_>>(), [(1, here), (2, here)]);
    }

    #[test]
    fn callbacks_run_also_where_nobody_polls() {
        let (queue, woken) = armed();
        let (send, receive) = mpsc::channel();
        for token in 1..4000 {
            let send = send.clone();
            queue.post_calling(token, Box::new(move || send.send(token).expect("receiver")));
        }
        for token in 1..4000 {
            assert_eq!(receive.recv_timeout(SOON), Ok(token), "in their order");
        }
        let mut all = vec![0; 5000];
        assert_eq!(queue.poll(&mut all), 3999);
        assert_eq!(woken.1.load(Ordering::SeqCst), 3999);
    }

    #[test]
    fn a_program_that_waits_otherwise_is_not_kept_waiting() {
        let (queue, _) = armed();
        let (send, receive) = mpsc::channel();
        for token in 1..3 {
            let send = send.clone();
            queue.post_calling(token, Box::new(move || send.send(token).expect("receiver")));
            queue.hurry();
            assert_eq!(receive.recv_timeout(SOON), Ok(token));
        }
    }

    #[test]
    fn callbacks_come_one_after_the_other_whoever_runs_them() {
        let (queue, _) = armed();
        let busy = Arc::new(AtomicU64::new(0));
        let total = 2000;
        let ended = Arc::new(AtomicU64::new(0));
        let poster = {
            let (queue, busy, ended) = (Arc::clone(&queue), Arc::clone(&busy), Arc::clone(&ended));
            thread::spawn(move || {
                for token in 0..total {
                    let (busy, ended) = (Arc::clone(&busy), Arc::clone(&ended));
                    queue.post_calling(
                        token,
                        Box::new(move || {
                            assert_eq!(busy.fetch_add(1, Ordering::SeqCst), 0, "two callbacks at once");
                            if token % 100 == 0 {
                                thread::sleep(Duration::from_millis(8));
                            }
                            busy.fetch_sub(1, Ordering::SeqCst);
                            ended.fetch_add(1, Ordering::SeqCst);
                        }),
                    );
                    if token % 64 == 0 {
                        thread::sleep(Duration::from_millis(1));
                    }
                }
            })
        };
        let (mut got, mut some, mut rounds) = (0, [0; 7], 0);
        while got < total {
            got += queue.poll(&mut some);
            rounds += 1;
            if rounds % 50 == 0 {
                // Late now and then, so the finisher takes over.
                thread::sleep(Duration::from_millis(15));
            }
        }
        poster.join().expect("poster");
        assert_eq!(ended.load(Ordering::SeqCst), total as u64, "a callback panicked");
    }

    #[test]
    fn the_finisher_s_end_leaves_no_callback_behind() {
        let queue = Arc::new(EventQueue::default());
        let finisher = Arc::new(Finisher::new("test"));
        queue.arm(Box::new(|_| ()), Arc::clone(&finisher)).expect("first");
        let (send, receive) = mpsc::channel();
        queue.post_calling(1, Box::new(move || send.send(()).expect("receiver")));
        finisher.shutdown();
        assert_eq!(receive.try_recv(), Ok(()));
    }
}
