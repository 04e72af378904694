//! The functions of `librados.h`, a file per section.

mod aio;
mod applications;
mod cluster;
mod command;
mod completion;
mod conf;
mod ioctx;
mod list;
mod lock;
mod object;
mod object_list;
mod omap_iter;
mod pools;
mod read_op;
mod service;
mod snaps;
mod tmap;
pub mod types;
mod watch;
mod write_op;
mod xattr;
