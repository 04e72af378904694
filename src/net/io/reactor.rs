//! The I/O threads: two for the whole process, however many clients it has. They start with the first client and end
//! with the last.

use std::cell::Cell;
use std::collections::{BinaryHeap, HashMap};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ops::{Errno, Result};
use parking_lot::Mutex;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};

use super::connection::Connection;

const THREADS: usize = 2;
/// The id of a loop's own wake-up among those of its connections.
const WAKE: u64 = 0;
const EVENTS_AT_ONCE: usize = 64;

static CURRENT: Mutex<Weak<Reactor>> = Mutex::new(Weak::new());

thread_local! {
    static SERVES: Cell<bool> = const { Cell::new(false) };
}

/// Whether this is one of the I/O threads, which must not wait for another.
pub fn on_io_thread() -> bool {
    SERVES.get()
}

pub struct Reactor {
    loops: Vec<Arc<Loop>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    next_loop: AtomicUsize,
}

impl Reactor {
    /// The process's own.
    pub fn get() -> Result<Arc<Reactor>> {
        let mut current = CURRENT.lock();
        if let Some(reactor) = current.upgrade() {
            return Ok(reactor);
        }
        let loops = (0..THREADS).map(|_| Loop::new().map(Arc::new)).collect::<Result<Vec<_>>>()?;
        let mut threads = Vec::new();
        for (index, each) in loops.iter().enumerate() {
            let own = each.clone();
            let started = thread::Builder::new().name(format!("rados-io-{index}")).spawn(move || own.run());
            match started {
                Ok(thread) => threads.push(thread),
                Err(e) => {
                    loops.iter().for_each(|each| each.stop());
                    return Err(e.into());
                }
            }
        }
        let reactor =
            Arc::new(Reactor { loops, threads: Mutex::new(threads), next_loop: AtomicUsize::new(0) });
        *current = Arc::downgrade(&reactor);
        Ok(reactor)
    }

    /// The loop for a new connection.
    pub(super) fn pick(&self) -> Arc<Loop> {
        let index = self.next_loop.fetch_add(1, Ordering::Relaxed) % self.loops.len().max(1);
        self.loops[index].clone()
    }

    /// Runs `act` on an I/O thread after `delay`; never, where the process's last client goes before.
    pub fn after(&self, delay: Duration, act: impl FnOnce() + Send + 'static) {
        self.loops[0].after(delay, Box::new(act));
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        self.loops.iter().for_each(|each| each.stop());
        for thread in self.threads.get_mut().drain(..) {
            // The last client may go in a callback on a thread of ours, which ends by itself then.
            if thread.thread().id() != thread::current().id() {
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

    /// Serves `connection` from now on, first for writing.
    pub fn add(&self, connection: &Arc<Connection>, socket: impl AsFd) -> Result<()> {
        self.connections.lock().insert(connection.id(), connection.clone());
        let data = EventData::new_u64(connection.id());
        epoll::add(&self.epoll, socket, data, EventFlags::IN | EventFlags::OUT).map_err(errno).inspect_err(
            |_| {
                self.connections.lock().remove(&connection.id());
            },
        )
    }

    /// Whether to report also that the socket takes more.
    pub fn want_write(&self, id: u64, socket: impl AsFd, want: bool) {
        let flags = if want { EventFlags::IN | EventFlags::OUT } else { EventFlags::IN };
        let _ = epoll::modify(&self.epoll, socket, EventData::new_u64(id), flags);
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

    fn run(&self) {
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
            for event in &events {
                let id = event.data.u64();
                if id == WAKE {
                    let _ = rustix::io::read(&self.wake, &mut [0_u8; 8]);
                    continue;
                }
                let found = self.connections.lock().get(&id).cloned();
                if let Some(connection) = found {
                    connection.serve(event.flags);
                }
            }
            self.due().into_iter().for_each(|act| act());
        }
        // Whoever is still here has no reactor any more.
        let left: Vec<_> = self.connections.lock().drain().collect();
        drop(left);
        let timers = std::mem::take(&mut *self.timers.lock());
        drop(timers);
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
    fn timers_fire_in_order_and_threads_end() {
        let reactor = Reactor::get().unwrap();
        assert!(Arc::ptr_eq(&reactor, &Reactor::get().unwrap()), "a second client has threads of its own");
        let (give, take) = mpsc::channel();
        for (delay, name) in [(40, "late"), (20, "middle"), (0, "early")] {
            let give = give.clone();
            reactor.after(Duration::from_millis(delay), move || give.send(name).unwrap());
        }
        let fired: Vec<_> = take.iter().take(3).collect();
        assert_eq!(fired, ["early", "middle", "late"]);
        let names = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap();
            let name = |task: std::fs::DirEntry| {
                std::fs::read_to_string(task.path().join("comm")).unwrap_or_default()
            };
            tasks.flatten().map(name).filter(|name| name.starts_with("rados-io")).count()
        };
        assert_eq!(names(), THREADS);
        drop(reactor);
        assert_eq!(names(), 0, "threads are left");
    }
}
