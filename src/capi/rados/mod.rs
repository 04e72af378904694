//! The functions of `librados.h`, a file per section.

mod aio;
mod applications;
mod builder;
mod cluster;
mod command;
pub mod completion;
mod conf;
pub mod handles;
mod ioctx;
mod list;
mod lock;
mod object;
mod object_list;
mod omap_iter;
mod pairs;
mod pending;
mod pools;
mod read_op;
mod service;
mod snaps;
mod strings;
mod tmap;
pub mod types;
mod watch;
mod watch_types;
mod write_op;
mod xattr;
