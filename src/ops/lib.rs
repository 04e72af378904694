//! The seam between what speaks RADOS and what stores objects.
//!
//! RADOS is one idea: *a vector of operations, applied atomically to one object*. [`Request`] and
//! [`Reply`] are that idea; [`ObjectStore`] is the trait both back ends implement. The seam is
//! completion-based, so no async runtime crosses it: a submit returns at once and its closure runs
//! later, on a thread of the back end or, where the caller asked for it ([`Wait::Inline`]), before
//! the submit returns.

#![forbid(unsafe_code)]

mod batch;
mod cluster_log;
mod command;
mod cursor;
mod errno;
mod hash;
mod lost;
mod object;
mod op;
mod request;
mod sink;
mod snap;
mod store;
mod time;
mod turn;
mod watch_queue;

pub use batch::{AtBatchEnd, at_batch_end, batch};
pub use cluster_log::{LogEntry, LogHandler, LogLevel, ServiceDaemon};
pub use command::{CommandReply, CommandTarget};
pub use cursor::{Cursor, ListEntry, ListPage};
pub use errno::{Errno, MAX_ERRNO, Result};
pub use hash::{linux as linux_hash, mix as rjenkins_mix, rjenkins};
pub use lost::{lost, on_lost};
pub use object::{HeadOr, ObjectRef, SNAP_DIR, SNAP_HEAD, placement_hash};
pub use op::{
    CloneInfo, CmpMode, CmpValue, Op, OpEntry, OpFlags, OpOut, OpReply, SnapSetInfo, WatcherInfo, XattrCmp,
};
pub use request::{Durability, Reply, Request, RequestFlags, Wait};
pub use sink::{SharedSink, Sink, VecSink};
pub use snap::SnapContext;
pub use store::{
    Applications, ClusterStat, Identity, NotifyAck, NotifyEvent, NotifyReply, ObjectStore, OnReply, OnResult,
    PoolInfo, PoolSnap, PoolStat, Releases, WatchHandler, WatchId,
};
pub use time::Timespec;
pub use turn::{AfterTurn, after_turn, turn, turn_lost};
pub use watch_queue::WatchQueue;
