//! Feature bits as text.

use std::ffi::{c_char, c_int};

use ffi::{Out, boundary, str_at};
use ops::Errno;
use rbd_room::features;

use super::fill::text_in_out;

/// The bits of a text, and whether all of it was understood.
fn features_of(text: &str) -> (u64, bool) {
    let bits = features::from_text(text);
    let text = text.trim();
    let known = |name: &str| !name.trim().is_empty() && features::from_text(name) != 0;
    match text.parse::<u64>() {
        Ok(number) => (bits, number == bits),
        Err(_) => (bits, text.is_empty() || text.split(',').all(known)),
    }
}

/// Writes the names of the feature bits, separated by commas and NUL-terminated, into a buffer of `*size`
/// bytes. `-ERANGE`, with the bytes needed, if they do not fit; `-EINVAL` for an unknown bit.
#[unsafe(export_name = "__rbd_features_to_string")]
pub unsafe extern "C" fn rbd_features_to_string(
    features: u64,
    str_features: *mut c_char,
    size: *mut usize,
) -> c_int {
    boundary(|| {
        let (text, unknown) = rbd_room::features::to_text(features);
        if unknown != 0 {
            return Err(Errno::EINVAL);
        }
        // SAFETY: the header's contract.
        unsafe { text_in_out(str_features, size, text.as_bytes()) }
    })
}

/// The feature bits of a comma-separated list of names or of a decimal number; of an empty string the
/// default ones. `-EINVAL`, with the bits that are good, if some are unknown or internal.
#[unsafe(export_name = "__rbd_features_from_string")]
pub unsafe extern "C" fn rbd_features_from_string(str_features: *const c_char, features: *mut u64) -> c_int {
    boundary(|| {
        // SAFETY: the header's contract.
        let (text, out) = unsafe { (str_at(str_features)?, Out::required(features)?) };
        let (bits, good) = features_of(text);
        out.set(bits);
        if good { Ok(()) } else { Err(Errno::EINVAL) }
    })
}
