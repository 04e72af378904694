//! Threads that wait for the disk in place of the submitters: for reads by way of the page cache, and where the kernel
//! has no asynchronous ones.

use std::collections::VecDeque;

use ops::Sink;

use crate::api::OnRead;
use crate::plan::{Cold, DiskPlan};
use sync::{Condvar, Mutex};

/// A read that waits for the disk.
pub struct Job {
    pub plan: DiskPlan,
    pub sink: Box<dyn Sink>,
    pub cold: Cold,
    pub done: OnRead,
}

impl Job {
    pub fn run(mut self) {
        let result = self.plan.fetch(&mut *self.sink, &self.cold);
        self.plan.finish(self.sink, result, self.done);
    }
}

#[derive(Default)]
struct Jobs {
    waiting: VecDeque<Job>,
    idle: usize,
    stop: bool,
}

/// Threads that wait for the disk in place of the submitters.
#[derive(Default)]
pub struct ReaderPool {
    jobs: Mutex<Jobs>,
    wake: Condvar,
}

impl ReaderPool {
    /// The job comes back where the readers have ended.
    pub fn push(&self, job: Job) -> Option<Job> {
        let mut jobs = self.jobs.lock();
        if jobs.stop {
            return Some(job);
        }
        jobs.waiting.push_back(job);
        if jobs.idle > 0 {
            self.wake.notify_one();
        }
        None
    }

    /// The readers end when nothing waits any more.
    pub fn stop(&self) {
        self.jobs.lock().stop = true;
        self.wake.notify_all();
    }

    /// A reader thread.
    pub fn run(&self) {
        crate::commit::mark_engine_thread();
        let mut jobs = self.jobs.lock();
        loop {
            if let Some(job) = jobs.waiting.pop_front() {
                drop(jobs);
                job.run();
                jobs = self.jobs.lock();
                continue;
            }
            if jobs.stop {
                return;
            }
            jobs.idle += 1;
            self.wake.wait(&mut jobs);
            jobs.idle -= 1;
        }
    }
}
