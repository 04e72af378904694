//! The C functions of librados and librbd: each runs inside the panic boundary, borrows its handles, makes one call
//! into the engine, and writes its out-parameters only on success.

#![allow(clippy::missing_safety_doc)] // The headers' contracts: pointers are NULL or good.
#![allow(clippy::not_unsafe_ptr_arg_deref)]
#![allow(clippy::too_many_arguments)] // As many as Ceph's.

mod rados;
mod rbd;
