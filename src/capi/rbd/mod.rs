//! The C functions of `rbd/librbd.h`, one file per section of the header. They are exported from librados.so.2 under
//! private names; librbd.so.1 has the public ones and jumps here.

mod advisory_lock;
mod aio;
mod children;
mod cleanup;
mod completion;
mod copy;
mod create;
mod encryption;
mod exclusive_lock;
mod features;
mod fill;
mod group;
mod group_snap;
mod handles;
mod image_options;
mod info;
mod io;
mod list;
mod metadata;
mod migration;
mod mirror_image;
mod mirror_pool;
mod mirror_status;
mod mirror_types;
mod namespace;
mod open;
mod pool;
mod pool_metadata;
mod snap;
mod snap_namespace;
mod trash;
mod types;
mod watch;
