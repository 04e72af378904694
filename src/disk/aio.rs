//! Linux asynchronous I/O (`io_submit`): many direct reads or writes under way at once, begun by one thread and
//! reaped by one thread. Containers allow it where they forbid io_uring. With `direct.rs` the place of `unsafe` code.
#![allow(unsafe_code)]

use std::io;
use std::marker::PhantomData;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use pages::{AlignedBuf, PAGE};
use parking_lot::Mutex;
use smallvec::SmallVec;

const CMD_PREAD: u16 = 0;
const CMD_PWRITEV: u16 = 8;

/// What the kernel says of one request that is done.
#[repr(C)]
#[derive(Clone, Copy)]
struct Event {
    data: u64,
    obj: u64,
    res: i64,
    res2: i64,
}

/// A context of the kernel's.
struct Context(u64);

/// From who submits to who waits things go through the kernel, where ThreadSanitizer does not see them go: it is shown.
#[cfg(sepiola_tsan)]
static HANDED_OVER: AtomicUsize = AtomicUsize::new(0);

impl Context {
    /// `None` where the kernel has none to give.
    fn new(depth: usize) -> Option<Context> {
        let mut id = 0_u64;
        // SAFETY: the out-parameter is valid and zero, as the call wants it.
        let ret = unsafe { libc::syscall(libc::SYS_io_setup, depth as libc::c_uint, &mut id) };
        (ret == 0).then_some(Context(id))
    }

    /// How many of the first were taken.
    ///
    /// # Safety
    /// The blocks and the memory they describe live, and are left alone, until their events have come.
    unsafe fn submit(&self, blocks: &[*mut libc::iocb]) -> io::Result<usize> {
        #[cfg(sepiola_tsan)]
        HANDED_OVER.fetch_add(1, Ordering::Release);
        loop {
            // SAFETY: the caller's promise; the array is valid for the call.
            let ret =
                unsafe { libc::syscall(libc::SYS_io_submit, self.0, blocks.len() as i64, blocks.as_ptr()) };
            if ret >= 0 {
                return Ok(ret as usize);
            }
            let err = io::Error::last_os_error();
            if err.kind() != io::ErrorKind::Interrupted {
                return Err(err);
            }
        }
    }

    /// Waits for at least so many events, or for so long.
    fn wait(&self, events: &mut [Event], least: usize, patience: Option<Duration>) -> io::Result<usize> {
        let mut limit = patience.map(|patience| libc::timespec {
            tv_sec: patience.as_secs() as libc::time_t,
            tv_nsec: libc::c_long::from(patience.subsec_nanos() as i32),
        });
        let limit = limit.as_mut().map_or(std::ptr::null_mut(), std::ptr::from_mut);
        loop {
            // SAFETY: the array is valid for as many events as the call may write.
            let ret = unsafe {
                libc::syscall(
                    libc::SYS_io_getevents,
                    self.0,
                    least as i64,
                    events.len() as i64,
                    events.as_mut_ptr(),
                    limit,
                )
            };
            if ret >= 0 {
                #[cfg(sepiola_tsan)]
                HANDED_OVER.load(Ordering::Acquire);
                return Ok(ret as usize);
            }
            let err = io::Error::last_os_error();
            if err.kind() != io::ErrorKind::Interrupted {
                return Err(err);
            }
        }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: ours, and not used again. The kernel waits for what is under way.
        unsafe { libc::syscall(libc::SYS_io_destroy, self.0) };
    }
}

fn block(fd: RawFd, op: u16, off: u64, buf: u64, count: u64, data: u64) -> libc::iocb {
    // SAFETY: all fields are integers.
    let mut block: libc::iocb = unsafe { std::mem::zeroed() };
    block.aio_fildes = fd as u32;
    block.aio_lio_opcode = op;
    block.aio_offset = off as i64;
    block.aio_buf = buf;
    block.aio_nbytes = count;
    block.aio_data = data;
    block
}

/// Writes buffers to an offset, by other means.
pub type WriteAgain<'a> = &'a dyn Fn(u64, &[&[u8]]) -> io::Result<()>;

/// Writes scattered pieces.
pub struct Scatter(Context);

/// How many pieces are under way at once: enough to keep a disk busy, few enough to let others' writes through.
const SCATTER_DEPTH: usize = 32;
/// The same where writers wait for these pieces anyway; between the two, it grows as that comes closer.
const PRESSED_DEPTH: usize = 128;
/// New ones are begun when one in so many has ended.
const SCATTER_STEP: usize = 4;

impl Scatter {
    pub fn new() -> Option<Scatter> {
        Context::new(PRESSED_DEPTH).map(Scatter)
    }

    /// Writes every piece to its offset, in no order; `again` writes those by other means that came up short. All of
    /// it is done on return, also where that is an error.
    pub fn write(
        &mut self,
        fd: RawFd,
        pieces: &[(u64, Vec<&[u8]>)],
        pressure: &dyn Fn() -> usize,
        again: WriteAgain<'_>,
    ) -> io::Result<()> {
        let iovec =
            |buf: &&[u8]| libc::iovec { iov_base: buf.as_ptr().cast_mut().cast(), iov_len: buf.len() };
        let iovecs: Vec<libc::iovec> = pieces.iter().flat_map(|(_, bufs)| bufs.iter().map(iovec)).collect();
        let mut from = iovecs.as_slice();
        let mut blocks = Vec::with_capacity(pieces.len());
        for (index, (off, bufs)) in pieces.iter().enumerate() {
            blocks.push(block(fd, CMD_PWRITEV, *off, from.as_ptr() as u64, bufs.len() as u64, index as u64));
            from = from.get(bufs.len()..).unwrap_or_default();
        }
        let pointers: Vec<*mut libc::iocb> = blocks.iter_mut().map(std::ptr::from_mut).collect();
        let mut events = [Event { data: 0, obj: 0, res: 0, res2: 0 }; PRESSED_DEPTH];
        let (mut waiting, mut under_way, mut short) = (pointers.as_slice(), 0, Vec::new());
        while under_way > 0 || !waiting.is_empty() {
            let depth = SCATTER_DEPTH + (PRESSED_DEPTH - SCATTER_DEPTH) * pressure().min(100) / 100;
            let (now, _) = waiting.split_at(waiting.len().min(depth.saturating_sub(under_way)));
            if !now.is_empty() {
                // SAFETY: this function returns only after as many events as were taken, or not at all.
                let taken = unsafe { self.0.submit(now) }.unwrap_or(0);
                under_way += taken;
                if taken == 0 && under_way == 0 {
                    // Nothing whose end could make room.
                    short.extend(pieces.len() - waiting.len()..pieces.len());
                    break;
                }
                waiting = waiting.split_at(taken).1;
            }
            let least = if waiting.is_empty() { under_way } else { under_way.min(depth / SCATTER_STEP) };
            let Ok(count) = self.0.wait(&mut events, least, None) else {
                // The kernel writes from memory that this function must not give up.
                std::process::abort();
            };
            under_way -= count;
            for event in events.iter().take(count) {
                let index = event.data as usize;
                let Some((_, bufs)) = pieces.get(index) else { continue };
                if event.res != bufs.iter().map(|buf| buf.len() as i64).sum::<i64>() {
                    short.push(index);
                }
            }
        }
        short.iter().filter_map(|&index| pieces.get(index)).try_for_each(|(off, bufs)| again(*off, bufs))
    }
}

/// A stretch of a file on its way into memory.
#[repr(C)]
pub struct Slot {
    block: libc::iocb,
    got: i64,
    target: Target,
    off: u64,
    /// What the owner calls it.
    pub index: usize,
}

/// Where the disk puts the bytes.
pub enum Target {
    Own(AlignedBuf),
    /// Memory of the read's owner, good for writes as long as the owner lives.
    Lent(*mut u8, usize),
}

// SAFETY: lent memory belongs to the owner, which is `Send` and travels along.
unsafe impl Send for Slot {}

impl Slot {
    pub fn new(fd: RawFd, off: u64, index: usize, mut target: Target) -> Slot {
        let (at, len) = match &mut target {
            Target::Own(buf) => (buf.as_mut_ptr(), buf.len()),
            Target::Lent(at, len) => (*at, *len),
        };
        // The owner's address, which is not known yet, becomes the data.
        let block = block(fd, CMD_PREAD, off, at as u64, len as u64, 0);
        Slot { block, got: -1, target, off, index }
    }

    /// The bytes, which the disk has put there, or which `again` fetches where it has not.
    pub fn bytes(&mut self, again: &dyn Fn(u64, &mut [u8]) -> ops::Result<()>) -> ops::Result<&mut [u8]> {
        let bytes: &mut [u8] = match &mut self.target {
            Target::Own(buf) => buf,
            // SAFETY: good for writes as long as the owner lives, of which this slot is a part, and nobody else's.
            Target::Lent(at, len) => unsafe { std::slice::from_raw_parts_mut(*at, *len) },
        };
        if self.got != bytes.len() as i64 {
            again(self.off, bytes)?;
        }
        Ok(bytes)
    }

    /// The bytes are in the owner's memory.
    pub fn is_lent(&self) -> bool {
        matches!(self.target, Target::Lent(..))
    }
}

/// A read of one or more stretches.
pub struct Read<T> {
    pub slots: SmallVec<[Slot; 1]>,
    left: AtomicUsize,
    pub owner: T,
}

impl<T> Read<T> {
    pub fn new(slots: SmallVec<[Slot; 1]>, owner: T) -> Box<Read<T>> {
        let left = AtomicUsize::new(slots.len());
        Box::new(Read { slots, left, owner })
    }
}

/// Reads under way. One thread reaps them.
pub struct Reads<T> {
    context: Option<Context>,
    /// Reads that were begun, and not reaped.
    count: AtomicUsize,
    stopped: AtomicBool,
    /// The read that tells the reaper to look at `stopped`.
    mark: Mutex<Option<(Box<libc::iocb>, AlignedBuf)>>,
    _owner: PhantomData<fn(T)>,
}

const READ_DEPTH: usize = 512;
const REAP: usize = 64;
/// How often the reaper looks whether all is done, once it is to end.
const LAST_POLL: Duration = Duration::from_millis(5);

impl<T: Send> Reads<T> {
    /// Not `wanted`: reads come back. The kernel takes its time over the end of a context.
    pub fn new(wanted: bool) -> Reads<T> {
        Reads {
            context: if wanted { Context::new(READ_DEPTH) } else { None },
            count: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            mark: Mutex::default(),
            _owner: PhantomData,
        }
    }

    pub fn available(&self) -> bool {
        self.context.is_some()
    }

    /// Begins a read; who reaps gets it when all of it is there. It comes back where it cannot be begun: then the slots
    /// fetch their bytes themselves.
    pub fn begin(&self, read: Box<Read<T>>) -> Option<Box<Read<T>>> {
        let Some(context) = &self.context else { return Some(read) };
        self.count.fetch_add(1, Ordering::SeqCst);
        if self.stopped.load(Ordering::SeqCst) {
            self.count.fetch_sub(1, Ordering::SeqCst);
            return Some(read);
        }
        let total = read.slots.len();
        let read = Box::into_raw(read);
        let mut blocks = SmallVec::<[*mut libc::iocb; 8]>::new();
        // SAFETY: still ours alone.
        for slot in unsafe { &mut (*read).slots } {
            slot.block.aio_data = read as u64;
            blocks.push(std::ptr::from_mut(slot).cast());
        }
        let mut taken = 0;
        while taken < total {
            // SAFETY: the slots live until the last of them is reaped: whoever takes `left` to 0 owns the read.
            match unsafe { context.submit(&blocks[taken..]) } {
                Ok(0) | Err(_) => break,
                Ok(more) => taken += more,
            }
        }
        if taken == total {
            return None;
        }
        // SAFETY: not all slots were taken, so nobody else has taken `left` to 0.
        let left = unsafe { (*read).left.fetch_sub(total - taken, Ordering::AcqRel) };
        if left > total - taken {
            return None;
        }
        self.count.fetch_sub(1, Ordering::SeqCst);
        // SAFETY: all that were taken are reaped, the rest is ours.
        Some(unsafe { Box::from_raw(read) })
    }

    /// Hands finished reads to `each`, until `stop` was called and nothing is under way.
    pub fn reap(&self, mut each: impl FnMut(Box<Read<T>>)) {
        let Some(context) = &self.context else { return };
        let mut events = [Event { data: 0, obj: 0, res: 0, res2: 0 }; REAP];
        while !(self.stopped.load(Ordering::SeqCst) && self.count.load(Ordering::SeqCst) == 0) {
            // Whoever begins a read while all stops counts it for a moment, and wakes nobody when it was not to be.
            let patience = self.stopped.load(Ordering::SeqCst).then_some(LAST_POLL);
            let Ok(count) = context.wait(&mut events, 1, patience) else { return };
            ops::batch(|| events[..count].iter().for_each(|event| self.reaped(event, &mut each)));
        }
    }

    fn reaped(&self, event: &Event, each: &mut impl FnMut(Box<Read<T>>)) {
        if event.data == 0 {
            return;
        }
        let read = event.data as *mut Read<T>;
        // SAFETY: the event's slot is part of a read of which not all slots were reaped; only the kernel, which is done
        // with it, and this thread use it.
        let last = unsafe {
            (*(event.obj as *mut Slot)).got = event.res;
            (*read).left.fetch_sub(1, Ordering::AcqRel) == 1
        };
        if last {
            // SAFETY: as made by `begin`; nobody else will take it.
            each(unsafe { Box::from_raw(read) });
            self.count.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Lets the reaper end with what is under way. `fd` has a first block to be read as a mark.
    pub fn stop(&self, fd: RawFd) {
        self.stopped.store(true, Ordering::SeqCst);
        let Some(context) = &self.context else { return };
        let mut buf = AlignedBuf::zeroed(PAGE);
        let mut block = Box::new(block(fd, CMD_PREAD, 0, buf.as_mut_ptr() as u64, buf.len() as u64, 0));
        let pointer = std::ptr::from_mut(&mut *block);
        let mut mark = self.mark.lock();
        if mark.is_none() {
            *mark = Some((block, buf));
            // SAFETY: block and buffer live as long as the context, whose end waits for the event.
            let _ = unsafe { context.submit(&[pointer]) };
        }
    }
}
