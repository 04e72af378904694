//! One-byte states.

use crate::byte_enum::byte_enum;

byte_enum! {
    /// Whether a pool's or namespace's directory takes new images.
    DirectoryState { Ready = 0, AddDisabled = 1 }
}

byte_enum! {
    /// What `assert_snapc_seq` demands of the request's sequence number.
    AssertSnapcSeq {
        /// Newer than the object's snap set.
        Greater = 0,
        /// Not newer.
        LessOrEqual = 1,
    }
}
