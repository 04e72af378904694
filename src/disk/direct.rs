//! Direct I/O: aligned memory, and a directory whose files are read through the page cache and written past it.
//! With `aio.rs` the place of `unsafe` code.
#![allow(unsafe_code)]

use std::alloc::Layout;
use std::ffi::CString;
use std::fs::OpenOptions;
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::Arc;

use ops::{Errno, Result};
use parking_lot::Mutex;

use crate::aio::Scatter;
use crate::medium::{Capacity, File, Medium};

/// What direct I/O wants memory, offsets and lengths to be multiples of.
pub const ALIGN: usize = 4096;

/// Zeroed memory that starts on a page boundary. Its length is a multiple of [`ALIGN`].
pub struct AlignedBuf {
    at: NonNull<u8>,
    len: usize,
}

// SAFETY: the memory is owned and has no interior mutability.
unsafe impl Send for AlignedBuf {}
// SAFETY: as above.
unsafe impl Sync for AlignedBuf {}

impl AlignedBuf {
    /// A copy of `data` behind `head` zeroes and before as many as make whole blocks.
    pub fn framing(head: usize, data: &[u8]) -> AlignedBuf {
        let len = (head + data.len()).next_multiple_of(ALIGN);
        let Ok(layout) = Layout::from_size_align(len.max(ALIGN), ALIGN) else { std::process::abort() };
        // SAFETY: the layout's size is not zero.
        let at = unsafe { std::alloc::alloc(layout) };
        let Some(at) = NonNull::new(at) else { std::alloc::handle_alloc_error(layout) };
        // SAFETY: the three ranges lie within the new memory and cover all of it.
        unsafe {
            at.as_ptr().write_bytes(0, head);
            at.as_ptr().add(head).copy_from_nonoverlapping(data.as_ptr(), data.len());
            let end = head + data.len();
            at.as_ptr().add(end).write_bytes(0, layout.size() - end);
        }
        AlignedBuf { at, len: layout.size() }
    }

    /// `len` is rounded up to [`ALIGN`].
    pub fn zeroed(len: usize) -> AlignedBuf {
        let len = len.next_multiple_of(ALIGN);
        if len == 0 {
            return AlignedBuf { at: NonNull::dangling(), len };
        }
        let Ok(layout) = Layout::from_size_align(len, ALIGN) else { std::process::abort() };
        // SAFETY: the layout's size is not zero.
        let at = unsafe { std::alloc::alloc_zeroed(layout) };
        let Some(at) = NonNull::new(at) else { std::alloc::handle_alloc_error(layout) };
        AlignedBuf { at, len }
    }
}

impl Drop for AlignedBuf {
    fn drop(&mut self) {
        if self.len > 0
            && let Ok(layout) = Layout::from_size_align(self.len, ALIGN)
        {
            // SAFETY: allocated by `zeroed` with this layout.
            unsafe { std::alloc::dealloc(self.at.as_ptr(), layout) }
        }
    }
}

impl Deref for AlignedBuf {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `len` initialised bytes are owned (a dangling pointer serves length 0).
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.len) }
    }
}

impl DerefMut for AlignedBuf {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.at.as_ptr(), self.len) }
    }
}

impl AsRef<[u8]> for AlignedBuf {
    fn as_ref(&self) -> &[u8] {
        self
    }
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
        Ok(Arc::new(DirectFile { cached: cached.into(), direct, scatter: Mutex::default() }))
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
    /// Made at first use; one batch at a time.
    scatter: Mutex<Option<Scatter>>,
}

fn aligned(off: u64, bufs: &[&[u8]]) -> bool {
    let odd = bufs.iter().fold(off as usize, |odd, buf| odd | buf.as_ptr() as usize | buf.len());
    odd.is_multiple_of(ALIGN)
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

impl DirectFile {
    /// `Ok(None)`: the kernel would have to wait.
    fn read_some(&self, off: u64, buf: &mut [u8], flags: libc::c_int) -> io::Result<Option<usize>> {
        loop {
            let iov = libc::iovec { iov_base: buf.as_mut_ptr().cast(), iov_len: buf.len() };
            // SAFETY: the one entry describes memory borrowed exclusively for the call.
            let done = unsafe { libc::preadv2(self.cached.as_raw_fd(), &iov, 1, off as i64, flags) };
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
}

impl File for DirectFile {
    fn read(&self, mut off: u64, mut buf: &mut [u8]) -> Result<()> {
        while !buf.is_empty() {
            match self.read_some(off, buf, 0)? {
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
        Ok(self.read_some(off, buf, libc::RWF_NOWAIT)? == Some(buf.len()))
    }

    fn write(&self, off: u64, bufs: &[&[u8]], sync: bool) -> Result<()> {
        let flags = if sync { libc::RWF_DSYNC } else { 0 };
        match &self.direct {
            Some(direct) if aligned(off, bufs) => Ok(write_all(direct.as_raw_fd(), off, bufs, flags)?),
            _ => Ok(write_all(self.cached.as_raw_fd(), off, bufs, flags)?),
        }
    }

    fn write_scattered(&self, pieces: &[(u64, Vec<&[u8]>)]) -> Result<()> {
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
        Ok(scatter.write(fd, pieces, &|off, bufs| write_all(fd, off, bufs, 0))?)
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
