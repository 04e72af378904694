//! Telling an event loop that completions are ready.

use std::ffi::c_int;

use ops::{Errno, Result};

/// A descriptor of the caller's that is written to. It stays the caller's: it is neither duplicated nor closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventFd(c_int);

impl EventFd {
    /// `-EINVAL` for what is not an open descriptor.
    pub fn new(fd: c_int) -> Result<EventFd> {
        // SAFETY: asks about a number.
        if fd < 0 || unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
            Err(Errno::EINVAL)
        } else {
            Ok(EventFd(fd))
        }
    }

    /// Adds to an eventfd's counter. A full counter is as good: the reader is woken either way.
    pub fn add(self, count: u64) {
        // SAFETY: eight bytes from a local.
        let written = unsafe { libc::write(self.0, (&raw const count).cast(), size_of::<u64>()) };
        if written < 0 {
            let error = std::io::Error::last_os_error();
            if error.kind() != std::io::ErrorKind::WouldBlock {
                tracing::warn!(target: "rbd", "event descriptor {}: {error}", self.0);
            }
        }
    }

    /// Writes eight bytes for each to a pipe.
    pub fn push(self, count: u64) {
        (0..count).for_each(|_| self.add(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifies_add_up() {
        // SAFETY: a new descriptor, closed at the end.
        unsafe {
            let fd = libc::eventfd(0, libc::EFD_NONBLOCK);
            let event = EventFd::new(fd).unwrap();
            event.add(1);
            event.push(2);
            let mut count = 0_u64;
            libc::read(fd, (&raw mut count).cast(), 8);
            assert_eq!(count, 3);
            libc::close(fd);
            assert_eq!(EventFd::new(-1).err(), Some(Errno::EINVAL));
        }
    }
}
