//! A directory on a disk, whose files are read through the page cache or past it, and written past it.
//! With `aio.rs` the place of `unsafe` code.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ops::{Errno, Result, Sink};
use pages::PAGE;
use parking_lot::Mutex;

use crate::aio::Scatter;
use crate::medium::{Capacity, Direct, File, Medium};

/// Runs `fill` on the sink's own memory of a range; `None` where it has none to give.
pub fn in_memory_of<R>(
    sink: &mut dyn Sink,
    at: usize,
    len: usize,
    fill: &dyn Fn(&mut [u8]) -> R,
) -> Option<R> {
    let memory = sink.memory(at, len)?;
    // SAFETY: good for writes as long as the sink lives, which is borrowed exclusively.
    Some(fill(unsafe { std::slice::from_raw_parts_mut(memory, len) }))
}

fn check(ret: libc::c_int) -> io::Result<()> {
    if ret < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A store's directory on a file system.
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// `-ENOENT`, `-ENOTDIR`, `-EACCES` as the path deserves.
    pub fn new(path: &Path) -> Result<Directory> {
        if !std::fs::metadata(path)?.is_dir() {
            return Err(Errno::ENOTDIR);
        }
        Ok(Directory { path: path.to_owned() })
    }
}

impl Medium for Directory {
    fn open(&self, name: &str, create: bool) -> Result<Arc<dyn File>> {
        let path = self.path.join(name);
        let fresh = create && !path.exists();
        let cached = OpenOptions::new()
            .read(true)
            .write(true)
            .create(create)
            .truncate(false)
            .mode(0o600)
            .open(&path)?;
        if fresh {
            std::fs::File::open(&self.path)?.sync_all()?;
        }
        let open = |flags| {
            OpenOptions::new().read(true).write(true).custom_flags(flags).open(&path).ok().map(Into::into)
        };
        let direct: Option<OwnedFd> = open(libc::O_DIRECT);
        let align = direct.as_ref().map_or(PAGE, memory_alignment);
        Ok(Arc::new(DirectFile { cached: cached.into(), direct, align, scatter: Mutex::default() }))
    }

    fn capacity(&self) -> Result<Capacity> {
        let path = CString::new(self.path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)?;
        // SAFETY: a zeroed statvfs is a valid out-parameter.
        let mut stat: libc::statvfs = unsafe { std::mem::zeroed() };
        // SAFETY: both pointers are valid for the call.
        check(unsafe { libc::statvfs(path.as_ptr(), &mut stat) })?;
        let unit = stat.f_frsize;
        Ok(Capacity { total: stat.f_blocks * unit, available: stat.f_bavail * unit })
    }
}

/// Two descriptors of one file: `cached` for reads, `direct` for aligned writes, where the file system can do them.
struct DirectFile {
    cached: OwnedFd,
    direct: Option<OwnedFd>,
    /// Of memory for direct I/O.
    align: usize,
    /// Made at first use; one batch at a time.
    scatter: Mutex<Option<Scatter>>,
}

/// What the file system wants the memory of direct I/O to be aligned to; older kernels do not tell.
fn memory_alignment(file: &OwnedFd) -> usize {
    // SAFETY: all fields are integers.
    let mut stat: libc::statx = unsafe { std::mem::zeroed() };
    // SAFETY: an owned descriptor, an empty path, a valid out-parameter.
    let ret = unsafe {
        libc::statx(file.as_raw_fd(), c"".as_ptr(), libc::AT_EMPTY_PATH, libc::STATX_DIOALIGN, &mut stat)
    };
    let known = ret == 0 && stat.stx_mask & libc::STATX_DIOALIGN != 0 && stat.stx_dio_mem_align > 0;
    if known { (stat.stx_dio_mem_align as usize).next_power_of_two().min(PAGE) } else { PAGE }
}

/// `struct cachestat_range`.
#[repr(C)]
struct Range {
    off: u64,
    len: u64,
}

/// How many pages of a range are in the page cache; `None` where the kernel cannot tell (before 6.5).
fn cached_pages(fd: RawFd, off: u64, len: u64) -> Option<u64> {
    const CACHESTAT: libc::c_long = 451;
    let range = Range { off, len };
    // struct cachestat: cached, dirty, under writeback, evicted, recently evicted.
    let mut pages = [0_u64; 5];
    // SAFETY: the structures are the kernel's, and valid for the call.
    let ret = unsafe { libc::syscall(CACHESTAT, fd, &range, pages.as_mut_ptr(), 0) };
    (ret == 0).then_some(pages[0])
}

fn aligned(off: u64, bufs: &[&[u8]]) -> bool {
    let odd = bufs.iter().fold(off as usize, |odd, buf| odd | buf.as_ptr() as usize | buf.len());
    odd.is_multiple_of(PAGE)
}

/// How many buffers the kernel takes at once.
const IOV_MAX: usize = 1024;

fn write_all(fd: RawFd, mut off: u64, bufs: &[&[u8]], flags: libc::c_int) -> io::Result<()> {
    for bufs in bufs.chunks(IOV_MAX) {
        let mut rest: Vec<libc::iovec> = bufs
            .iter()
            .map(|buf| libc::iovec { iov_base: buf.as_ptr().cast_mut().cast(), iov_len: buf.len() })
            .collect();
        let mut from = 0;
        while from < rest.len() {
            let iov = &rest[from..];
            // SAFETY: every entry describes memory borrowed for the call; the kernel only reads it.
            let done = unsafe { libc::pwritev2(fd, iov.as_ptr(), iov.len() as i32, off as i64, flags) };
            if done < 0 {
                let err = io::Error::last_os_error();
                if err.kind() == io::ErrorKind::Interrupted {
                    continue;
                }
                return Err(err);
            }
            if done == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            off += done as u64;
            let mut done = done as usize;
            while from < rest.len() && done >= rest[from].iov_len {
                done -= rest[from].iov_len;
                from += 1;
            }
            if done > 0 {
                // SAFETY: `done` is less than this entry's length.
                rest[from].iov_base = unsafe { rest[from].iov_base.cast::<u8>().add(done) }.cast();
                rest[from].iov_len -= done;
            }
        }
    }
    Ok(())
}

/// `Ok(None)`: the kernel would have to wait.
fn read_at(fd: RawFd, off: u64, buf: &mut [u8], flags: libc::c_int) -> io::Result<Option<usize>> {
    loop {
        let iov = libc::iovec { iov_base: buf.as_mut_ptr().cast(), iov_len: buf.len() };
        // SAFETY: the one entry describes memory borrowed exclusively for the call.
        let done = unsafe { libc::preadv2(fd, &iov, 1, off as i64, flags) };
        if done >= 0 {
            return Ok(Some(done as usize));
        }
        let err = io::Error::last_os_error();
        match err.raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::EAGAIN | libc::EOPNOTSUPP) if flags != 0 => return Ok(None),
            _ => return Err(err),
        }
    }
}

impl File for DirectFile {
    fn read(&self, mut off: u64, mut buf: &mut [u8]) -> Result<()> {
        while !buf.is_empty() {
            match read_at(self.cached.as_raw_fd(), off, buf, 0)? {
                Some(0) | None => {
                    buf.fill(0);
                    break;
                }
                Some(done) => {
                    off += done as u64;
                    buf = &mut buf[done..];
                }
            }
        }
        Ok(())
    }

    fn read_cached(&self, off: u64, buf: &mut [u8]) -> Result<bool> {
        Ok(read_at(self.cached.as_raw_fd(), off, buf, libc::RWF_NOWAIT)? == Some(buf.len()))
    }

    fn is_cached(&self, off: u64, len: u64) -> Option<bool> {
        static UNKNOWN: AtomicBool = AtomicBool::new(false);
        if UNKNOWN.load(Ordering::Relaxed) {
            return None;
        }
        let pages = cached_pages(self.cached.as_raw_fd(), off, len);
        UNKNOWN.store(pages.is_none(), Ordering::Relaxed);
        Some(pages? >= len.div_ceil(PAGE as u64))
    }

    fn read_direct(&self, off: u64, buf: &mut [u8]) -> Result<()> {
        let Some(direct) = &self.direct else { return self.read(off, buf) };
        let odd = off as usize | buf.len() | (buf.as_ptr().addr() & (self.align - 1));
        if !odd.is_multiple_of(PAGE) || read_at(direct.as_raw_fd(), off, buf, 0)? != Some(buf.len()) {
            return self.read(off, buf);
        }
        Ok(())
    }

    fn prefetch(&self, off: u64, len: u64) {
        // SAFETY: an owned descriptor; advice changes no memory.
        unsafe {
            libc::posix_fadvise(
                self.cached.as_raw_fd(),
                off as libc::off_t,
                len as libc::off_t,
                libc::POSIX_FADV_WILLNEED,
            )
        };
    }

    fn direct(&self) -> Option<Direct> {
        self.direct.as_ref().map(|direct| Direct { fd: direct.as_raw_fd(), align: self.align })
    }

    fn write(&self, off: u64, bufs: &[&[u8]], sync: bool) -> Result<()> {
        let flags = if sync { libc::RWF_DSYNC } else { 0 };
        match &self.direct {
            Some(direct) if aligned(off, bufs) => Ok(write_all(direct.as_raw_fd(), off, bufs, flags)?),
            _ => Ok(write_all(self.cached.as_raw_fd(), off, bufs, flags)?),
        }
    }

    fn write_scattered(&self, pieces: &[(u64, Vec<&[u8]>)], pressure: &dyn Fn() -> usize) -> Result<()> {
        let one_by_one = || pieces.iter().try_for_each(|(off, bufs)| self.write(*off, bufs, false));
        let Some(direct) = &self.direct else { return one_by_one() };
        let fit = |(off, bufs): &(u64, Vec<&[u8]>)| aligned(*off, bufs) && bufs.len() <= IOV_MAX;
        if pieces.len() < 2 || !pieces.iter().all(fit) {
            return one_by_one();
        }
        let mut scatter = self.scatter.lock();
        if scatter.is_none() {
            *scatter = Scatter::new();
        }
        let Some(scatter) = &mut *scatter else { return one_by_one() };
        let fd = direct.as_raw_fd();
        Ok(scatter.write(fd, pieces, pressure, &|off, bufs| write_all(fd, off, bufs, 0))?)
    }

    fn sync(&self) -> Result<()> {
        // SAFETY: an owned descriptor.
        Ok(check(unsafe { libc::fdatasync(self.cached.as_raw_fd()) })?)
    }

    fn len(&self) -> Result<u64> {
        // SAFETY: a zeroed stat is a valid out-parameter.
        let mut stat: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: an owned descriptor and a valid out-parameter.
        check(unsafe { libc::fstat(self.cached.as_raw_fd(), &mut stat) })?;
        Ok(stat.st_size as u64)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        // SAFETY: an owned descriptor.
        Ok(check(unsafe { libc::ftruncate(self.cached.as_raw_fd(), len as i64) })?)
    }

    fn allocate(&self, len: u64) -> Result<()> {
        let had = self.len()?;
        if len <= had {
            return Ok(());
        }
        // SAFETY: an owned descriptor.
        let ret = unsafe { libc::fallocate(self.cached.as_raw_fd(), 0, had as i64, (len - had) as i64) };
        match check(ret) {
            Err(err) if err.raw_os_error() == Some(libc::EOPNOTSUPP) => self.set_len(len),
            Err(err) => {
                let _ = self.set_len(had);
                Err(err.into())
            }
            Ok(()) => Ok(()),
        }
    }

    fn fill(&self, off: u64, len: u64) -> Result<()> {
        // SAFETY: an owned descriptor.
        let ret = unsafe { libc::fallocate(self.cached.as_raw_fd(), 0, off as i64, len as i64) };
        match check(ret) {
            // Such a file system has punched nothing.
            Err(err) if err.raw_os_error() == Some(libc::EOPNOTSUPP) => Ok(()),
            result => Ok(result?),
        }
    }

    fn punch(&self, off: u64, len: u64) -> Result<()> {
        let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        // SAFETY: an owned descriptor.
        Ok(check(unsafe { libc::fallocate(self.cached.as_raw_fd(), mode, off as i64, len as i64) })?)
    }
}

/// Tries to lock a whole file for this open description, alone or with others that share. `Ok(false)`: another one
/// holds it.
pub fn try_lock(file: &std::fs::File, share: bool) -> Result<bool> {
    // SAFETY: zeroed is a valid flock: the whole file, pid 0 as open-file-description locks want it.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = if share { libc::F_RDLCK } else { libc::F_WRLCK } as i16;
    lock.l_whence = libc::SEEK_SET as i16;
    // SAFETY: a borrowed descriptor and a valid flock.
    match check(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &lock) }) {
        Ok(()) => Ok(true),
        Err(err) if matches!(err.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => Ok(false),
        Err(err) => Err(err.into()),
    }
}
