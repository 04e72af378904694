//! Keys, and what is done with them.

mod aes_cbc;
mod gcm;
mod key;
mod krb5;

pub use gcm::{GcmError, GcmStream};
pub use key::{CryptoError, CryptoKey, Usage};
