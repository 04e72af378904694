//! What stands between C and the engine: the panic boundary, checked handles, strings, out-parameters,
//! buffers on both sides of the border, callbacks.
//!
//! A function of the C API is short because of it:
//!
//! ```ignore
//! #[unsafe(no_mangle)]
//! pub unsafe extern "C" fn rados_trunc(io: rados_ioctx_t, oid: *const c_char, size: u64) -> c_int {
//!     boundary(|| {
//!         let (io, oid) = (borrow::<IoCtx>(io)?, unsafe { bytes_at(oid)? });
//!         io.operate(oid, Op::Truncate { size })
//!     })
//! }
//! ```

mod aligned;
mod boundary;
mod buffer;
mod callback;
mod eventfd;
mod handle;
mod out;
mod python;
mod sink;
mod text;
mod unsupported;

pub use aligned::{PAGE, copy_in, filled};
pub use boundary::{Returned, boundary, boundary_or, boundary_void};
pub use buffer::{alloc_array, alloc_bytes, alloc_copy, alloc_text, free};
pub use callback::{UserPtr, call_out};
pub use eventfd::EventFd;
pub use handle::{Kind, Opaque, Raw, Ref, borrow, borrow_any, close, export, live};
pub use out::{Out, fill, fill_text, slice_at, slice_at_mut};
pub use sink::{IovecSink, RawSink, iovecs, iovecs_len};
pub use text::{MAX_TEXT, bytes_at, bytes_at_opt, str_at, str_at_opt};
pub use unsupported::Unsupported;
