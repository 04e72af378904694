//! Error numbers, as Ceph puts them on the wire and in its C API: Linux values, kept positive here.

use std::fmt;

pub type Result<T, E = Errno> = std::result::Result<T, E>;

/// The largest errno proper. A failed `cmpext` answers `-(MAX_ERRNO + offset of the first mismatch)`.
pub const MAX_ERRNO: i32 = 4095;

/// A positive error number. Class methods may return any value, so this is not an enum.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

macro_rules! errnos {
    ($($name:ident)*) => {
        impl Errno {
            $(pub const $name: Errno = Errno(libc::$name);)*

            /// The symbolic name, where this is a number the library itself uses.
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $(Errno::$name => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

errnos! {
    EPERM ENOENT EINTR EIO E2BIG EBADF EAGAIN ENOMEM EACCES EBUSY EEXIST EXDEV ENOTDIR EISDIR EINVAL EFBIG
    ENOSPC EPROTONOSUPPORT EROFS EDOM EMSGSIZE ERESTART ERANGE ENAMETOOLONG ENOSYS ENOTEMPTY ENODATA EOVERFLOW EILSEQ EOPNOTSUPP ENOTCONN
    ESHUTDOWN ETIMEDOUT EALREADY ESTALE EDQUOT ECANCELED
}

impl Errno {
    /// Ceph's name for the errno that the requests of a blocklisted client get.
    pub const EBLOCKLISTED: Errno = Errno(libc::ESHUTDOWN);

    /// The value a C function returns.
    #[allow(clippy::should_implement_trait, reason = "the result is a C value, not an Errno")]
    pub fn neg(self) -> i32 {
        -self.0
    }

    /// From a C-style return value: negative is an error.
    pub fn check(ret: i32) -> Result<i32> {
        if ret < 0 { Err(Errno(-ret)) } else { Ok(ret) }
    }
}

impl From<std::io::Error> for Errno {
    fn from(e: std::io::Error) -> Errno {
        Errno(e.raw_os_error().unwrap_or(libc::EIO))
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rust's text of an error ends with its number in brackets, which the name replaces.
        let text = std::io::Error::from_raw_os_error(self.0).to_string();
        write!(f, "{} ({self:?})", text.split(" (os error").next().unwrap_or_default())
    }
}

impl std::error::Error for Errno {}
