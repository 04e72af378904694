//! Why bytes could not be decoded.

use std::fmt;

pub type Result<T, E = DecodeError> = std::result::Result<T, E>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The input ends before the value does.
    Short,
    /// The envelope says that only decoders of version `compat` or newer can read it.
    TooNew { compat: u8, known: u8 },
    /// A value that the type does not have.
    Malformed(&'static str),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Short => f.write_str("input ends early"),
            DecodeError::TooNew { compat, known } => write!(f, "needs version {compat}, known is {known}"),
            DecodeError::Malformed(what) => write!(f, "malformed {what}"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// What somebody stored or answered is unreadable: `EIO`. A class method that cannot read its own input
/// answers `EINVAL` instead, and says so itself.
impl From<DecodeError> for ops::Errno {
    fn from(_: DecodeError) -> ops::Errno {
        ops::Errno::EIO
    }
}
