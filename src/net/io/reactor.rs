//! The I/O threads: two for the whole process, however many clients it has. They start with the first client and end
//! with the last.
//!
//! Both wait for all connections; what one of them has just served the other leaves alone. One of them at a time may run
//! the program's callbacks, while the other goes on serving.

use std::cell::Cell;
use std::collections::{BinaryHeap, HashMap};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ops::{Errno, Result};
use parking_lot::Mutex;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, Event, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};

use super::connection::Connection;

const THREADS: usize = 2;
/// The id of a loop's own wake-up among those of its connections.
const WAKE: u64 = 0;
const EVENTS_AT_ONCE: usize = 64;
const EVENTS: EventFlags =
    EventFlags::IN.union(EventFlags::OUT).union(EventFlags::RDHUP).union(EventFlags::ET);

static CURRENT: Mutex<Weak<Reactor>> = Mutex::new(Weak::new());

thread_local! {
    static SERVES: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is one of the I/O threads, which must not wait for another.
pub fn on_io_thread() -> bool {
    SERVES.get()
}

pub struct Reactor {
    served: Arc<Loop>,
    threads: Mutex<Vec<(JoinHandle<()>, Arc<AtomicBool>)>>,
}

impl Reactor {
    /// The process's own.
    pub fn get() -> Result<Arc<Reactor>> {
        let mut current = CURRENT.lock();
        if let Some(reactor) = current.upgrade() {
            return Ok(reactor);
        }
        let served = Arc::new(Loop::new()?);
        let mut threads = Vec::new();
        for index in 0..THREADS {
            let (own, lost) = (served.clone(), Arc::new(AtomicBool::new(false)));
            let gone = lost.clone();
            let started =
                thread::Builder::new().name(format!("rados-io-{index}")).spawn(move || own.run(&gone));
            match started {
                Ok(thread) => threads.push((thread, lost)),
                Err(e) => {
                    served.stop();
                    return Err(e.into());
                }
            }
        }
        let reactor = Arc::new(Reactor { served, threads: Mutex::new(threads) });
        *current = Arc::downgrade(&reactor);
        Ok(reactor)
    }

    /// What serves a new connection.
    pub(super) fn served(&self) -> &Arc<Loop> {
        &self.served
    }

    /// Runs `act` on an I/O thread after `delay`; never, where the process's last client goes before.
    pub fn after(&self, delay: Duration, act: impl FnOnce() + Send + 'static) {
        self.served.after(delay, Box::new(act));
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        self.served.stop();
        for (thread, lost) in self.threads.get_mut().drain(..) {
            // The last client may go in a callback on a thread of ours, which ends by itself then. One that a callback
            // took away never ends.
            if thread.thread().id() != thread::current().id() && !lost.load(Ordering::Acquire) {
                let _ = thread.join();
            }
        }
    }
}

type Act = Box<dyn FnOnce() + Send>;

struct Timer {
    at: Instant,
    order: u64,
    act: Act,
}

/// The earliest is the greatest, as the heap wants it.
impl Ord for Timer {
    fn cmp(&self, other: &Timer) -> std::cmp::Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Timer) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Timer {
    fn eq(&self, other: &Timer) -> bool {
        self.order == other.order
    }
}

impl Eq for Timer {}

pub(super) struct Loop {
    epoll: OwnedFd,
    wake: OwnedFd,
    stopping: AtomicBool,
    connections: Mutex<HashMap<u64, Arc<Connection>>>,
    next_id: AtomicU64,
    timers: Mutex<BinaryHeap<Timer>>,
    /// One of the threads runs callbacks.
    calling: AtomicBool,
}

impl Loop {
    fn new() -> Result<Loop> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(errno)?;
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(errno)?;
        epoll::add(&epoll, &wake, EventData::new_u64(WAKE), EventFlags::IN).map_err(errno)?;
        Ok(Loop {
            epoll,
            wake,
            stopping: AtomicBool::new(false),
            connections: Mutex::default(),
            next_id: AtomicU64::new(WAKE + 1),
            timers: Mutex::default(),
            calling: AtomicBool::new(false),
        })
    }

    fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.notify();
    }

    fn notify(&self) {
        // It fails only where the counter is full, and then the loop wakes anyway.
        let _ = rustix::io::write(&self.wake, &1_u64.to_ne_bytes());
    }

    fn after(&self, delay: Duration, act: Act) {
        let at = Instant::now() + delay;
        let mut timers = self.timers.lock();
        let earlier = timers.peek().is_none_or(|first| at < first.at);
        let order = self.next_id.fetch_add(1, Ordering::Relaxed);
        timers.push(Timer { at, order, act });
        drop(timers);
        if earlier {
            self.notify();
        }
    }

    pub fn new_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Serves `connection` from now on, first for writing. Each change is reported once, to one of the threads.
    pub fn add(&self, connection: &Arc<Connection>, socket: impl AsFd) -> Result<()> {
        self.connections.lock().insert(connection.id(), connection.clone());
        let data = EventData::new_u64(connection.id());
        epoll::add(&self.epoll, socket, data, EVENTS).map_err(errno).inspect_err(|_| {
            self.connections.lock().remove(&connection.id());
        })
    }

    /// Reports again what there is, after others had their turn.
    pub fn again(&self, id: u64, socket: impl AsFd) {
        let _ = epoll::modify(&self.epoll, socket, EventData::new_u64(id), EVENTS);
    }

    pub fn remove(&self, id: u64, socket: impl AsFd) {
        let _ = epoll::delete(&self.epoll, socket);
        let gone = self.connections.lock().remove(&id);
        drop(gone);
    }

    fn due(&self) -> Vec<Act> {
        let now = Instant::now();
        let mut timers = self.timers.lock();
        let mut due = Vec::new();
        while timers.peek().is_some_and(|first| first.at <= now) {
            due.extend(timers.pop().map(|timer| timer.act));
        }
        due
    }

    fn run(&self, lost: &Arc<AtomicBool>) {
        let gone = lost.clone();
        ops::on_lost(move || {
            gone.store(true, Ordering::Release);
            ops::turn_lost();
        });
        SERVES.set(true);
        let mut events = Vec::with_capacity(EVENTS_AT_ONCE);
        while !self.stopping.load(Ordering::Acquire) {
            let next =
                self.timers.lock().peek().map(|first| first.at.saturating_duration_since(Instant::now()));
            let timeout = next.map(|wait| Timespec {
                tv_sec: wait.as_secs().cast_signed(),
                tv_nsec: wait.subsec_nanos().into(),
            });
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), timeout.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(e) => tracing::error!(target: "rados", "cannot wait for the network: {e}"),
            }
            ops::turn(|| self.serve(&events), |work| self.call(work));
        }
        // Whoever is still here has no reactor any more.
        let left: Vec<_> = self.connections.lock().drain().collect();
        drop(left);
        let timers = std::mem::take(&mut *self.timers.lock());
        drop(timers);
    }

    fn serve(&self, events: &[Event]) {
        for event in events {
            let id = event.data.u64();
            if id == WAKE {
                // The end is for both threads to see.
                if !self.stopping.load(Ordering::Acquire) {
                    let _ = rustix::io::read(&self.wake, &mut [0_u8; 8]);
                }
                continue;
            }
            let found = self.connections.lock().get(&id).cloned();
            if let Some(connection) = found {
                connection.serve(event.flags);
            }
        }
        self.due().into_iter().for_each(|act| act());
    }

    /// Runs the program's callbacks, unless the other thread does so: one of them has to serve.
    fn call(&self, work: &mut dyn FnMut()) -> bool {
        if self.calling.swap(true, Ordering::Acquire) {
            return false;
        }
        // What is called may wait for the network like any other thread.
        SERVES.set(false);
        work();
        SERVES.set(true);
        self.calling.store(false, Ordering::Release);
        true
    }
}

pub(super) fn errno(e: rustix::io::Errno) -> Errno {
    Errno(e.raw_os_error())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// The threads are the process's, so this is one test.
    #[test]
    fn timers_fire_in_time_and_threads_end() {
        let reactor = Reactor::get().unwrap();
        assert!(Arc::ptr_eq(&reactor, &Reactor::get().unwrap()), "a second client has threads of its own");
        let (give, take) = mpsc::channel();
        let start = Instant::now();
        for delay in [40, 20, 0].map(Duration::from_millis) {
            let give = give.clone();
            reactor.after(delay, move || give.send((delay, start.elapsed())).unwrap());
        }
        for (delay, fired) in take.iter().take(3) {
            assert!(fired >= delay, "{delay:?} was over after {fired:?}");
        }
        let names = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap();
            let name = |task: std::fs::DirEntry| {
                std::fs::read_to_string(task.path().join("comm")).unwrap_or_default()
            };
            tasks.flatten().map(name).filter(|name| name.starts_with("rados-io")).count()
        };
        // A thread gives itself its name.
        while names() < THREADS {
            assert!(start.elapsed() < Duration::from_secs(60), "{} threads", names());
            thread::yield_now();
        }
        drop(reactor);
        assert_eq!(names(), 0, "threads are left");
    }
}
