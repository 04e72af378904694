//! What a request costs above the seam: CPU time and allocations of `rados_aio_write` and `rados_aio_read` of 4 KiB through
//! the C functions, over a store that answers at once and keeps nothing. Run by `cargo bench --bench seam`; prints a table.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{c_char, c_void};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ops::*;
use rados_room::{Cluster, Config, EntityName, IoCtx};

#[path = "../src/capi/rados/mod.rs"]
#[allow(dead_code, clippy::missing_safety_doc, clippy::not_unsafe_ptr_arg_deref, clippy::too_many_arguments)]
mod rados;

use rados::aio::*;
use rados::completion::*;
use rados::handles::{ClusterHandle, IoCtxHandle};

/// Counts what the program allocates, on all threads.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Answers at once, with replies that need no memory.
struct Null;

impl ObjectStore for Null {
    fn submit(&self, request: Request, done: OnReply) {
        drop(request);
        done(Reply::default());
    }
    fn flush(&self, done: OnResult<()>) {
        done(Ok(()));
    }
    fn watch(&self, _: ObjectRef, _: Option<Duration>, _: Arc<dyn WatchHandler>, done: OnResult<WatchId>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn unwatch(&self, _: WatchId, done: OnResult<()>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn watch_check(&self, _: WatchId) -> Result<Duration> {
        Err(Errno::EOPNOTSUPP)
    }
    fn notify(
        &self,
        _: ObjectRef,
        _: Bytes,
        _: Option<Duration>,
        done: Box<dyn FnOnce(Result<()>, NotifyReply) + Send>,
    ) {
        done(Err(Errno::EOPNOTSUPP), NotifyReply::default());
    }
    fn notify_ack(&self, _: &ObjectRef, _: u64, _: WatchId, _: Bytes) -> Result<()> {
        Err(Errno::EOPNOTSUPP)
    }
    fn watch_flush(&self, done: OnResult<()>) {
        done(Ok(()));
    }
    fn list(&self, _: i64, _: Option<Bytes>, _: Cursor, _: usize, done: OnResult<ListPage>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn pools(&self) -> Vec<(i64, String)> {
        Vec::new()
    }
    fn pool_id(&self, _: &str) -> Option<i64> {
        Some(1)
    }
    fn pool(&self, id: i64) -> Option<Arc<PoolInfo>> {
        Some(Arc::new(PoolInfo { id, ..PoolInfo::default() }))
    }
    fn pool_create(&self, _: &str, _: Option<u8>, done: OnResult<i64>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn pool_delete(&self, _: &str, done: OnResult<()>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn pool_stat(&self, _: i64, done: OnResult<PoolStat>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn pool_snap_create(&self, _: i64, _: &str, done: OnResult<()>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn pool_snap_remove(&self, _: i64, _: &str, done: OnResult<()>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn selfmanaged_snap_create(&self, _: i64, done: OnResult<u64>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn selfmanaged_snap_remove(&self, _: i64, _: u64, done: OnResult<()>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn application_enable(&self, _: i64, _: &str, _: bool, done: OnResult<()>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn application_set(&self, _: i64, _: &str, _: &str, _: Option<&str>, done: OnResult<()>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn command(
        &self,
        _: CommandTarget,
        _: Vec<String>,
        _: Bytes,
        done: Box<dyn FnOnce(CommandReply) + Send>,
    ) {
        done(CommandReply::default());
    }
    fn cluster_stat(&self, done: OnResult<ClusterStat>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn identity(&self) -> Identity {
        Identity::default()
    }
    fn blocklist_add(&self, _: &str, _: Duration, done: OnResult<()>) {
        done(Err(Errno::EOPNOTSUPP));
    }
    fn wait_for_latest_map(&self, done: OnResult<()>) {
        done(Ok(()));
    }
    fn shutdown(&self) {}
}

/// CPU time of the process, in nanoseconds.
fn cpu() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a timespec to be filled.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

extern "C-unwind" fn called(_: types::rados_completion_t, arg: *mut c_void) {
    // SAFETY: what `measure` gave.
    unsafe { &*arg.cast::<AtomicU64>() }.fetch_add(1, Ordering::Release);
}

use rados::types;

const REQUESTS: u64 = 200_000;
/// So many are under way at a time, as far as a store that answers at once has any under way.
const WINDOW: u64 = 32;
const BLOCK: usize = 4096;

type Start = unsafe extern "C" fn(
    types::rados_ioctx_t,
    *const c_char,
    types::rados_completion_t,
    *mut c_char,
    usize,
    u64,
) -> i32;

unsafe extern "C" fn write(
    io: types::rados_ioctx_t,
    oid: *const c_char,
    completion: types::rados_completion_t,
    buf: *mut c_char,
    len: usize,
    off: u64,
) -> i32 {
    // SAFETY: the same contract.
    unsafe { rados_aio_write(io, oid, completion, buf, len, off) }
}

/// The median of five rounds: nanoseconds of CPU and allocations for each request.
fn measure(io: types::rados_ioctx_t, start: Start, callback: bool) -> (f64, f64) {
    let (mut buf, returned) = (vec![7_u8; BLOCK], AtomicU64::new(0));
    let mut rounds = Vec::new();
    for _ in 0..6 {
        let (cpu_before, allocations_before) = (cpu(), ALLOCATIONS.load(Ordering::Relaxed));
        let before = returned.load(Ordering::Acquire);
        for n in 0..REQUESTS {
            let mut completion = null_mut();
            let arg = (&raw const returned).cast_mut().cast();
            // SAFETY: all that is pointed to outlives the requests, which are complete when this ends.
            let result = unsafe {
                rados_aio_create_completion2(arg, callback.then_some(called), &mut completion);
                let oid = c"rbd_data.10d7f1e2b3c4.0000000000000123";
                start(io, oid.as_ptr(), completion, buf.as_mut_ptr().cast(), BLOCK, n % 1024 * BLOCK as u64)
            };
            assert_eq!(result, 0);
            if !callback {
                // SAFETY: a completion.
                unsafe { rados_aio_wait_for_complete(completion) };
            }
            // SAFETY: a completion, not used any more.
            unsafe { rados_aio_release(completion) };
            while callback && before + n + 1 > returned.load(Ordering::Acquire) + WINDOW {
                std::thread::yield_now();
            }
        }
        while callback && returned.load(Ordering::Acquire) < before + REQUESTS {
            std::thread::yield_now();
        }
        let allocations = ALLOCATIONS.load(Ordering::Relaxed) - allocations_before;
        let per = |total: u64| total as f64 / REQUESTS as f64;
        rounds.push((per(cpu() - cpu_before), per(allocations)));
    }
    // The first one warms up.
    rounds.remove(0);
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    rounds[rounds.len() / 2]
}

fn main() {
    let config = Arc::new(Config::new(EntityName::client(None), "ceph"));
    let store: Arc<dyn ObjectStore> = Arc::new(Null);
    let cluster = ffi::export(Arc::new(ClusterHandle(Cluster::over(config, store.clone())))).unwrap();
    let handle = ffi::borrow::<ClusterHandle>(cluster).unwrap();
    let io = ffi::export(Arc::new(IoCtxHandle::new(&handle, IoCtx::new(store, 1).unwrap()))).unwrap();
    println!("{:<34} {:>14} {:>14}", "4 KiB, above the seam", "CPU ns/request", "allocations");
    for (name, start) in [("rados_aio_write", write as Start), ("rados_aio_read", rados_aio_read as Start)] {
        for (how, callback) in [("waited for", false), ("with a callback", true)] {
            let (ns, allocations) = measure(io, start, callback);
            println!("{:<34} {ns:>14.0} {allocations:>14.2}", format!("{name}, {how}"));
        }
    }
}
