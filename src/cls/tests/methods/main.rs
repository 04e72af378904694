//! The classes' methods, called as a back end calls them, and compared with bytes that Ceph 16.2 wrote.

mod bed;
mod captured;
mod clones;
mod data;
mod directory;
mod groups;
mod header;
mod lock;
mod metadata;
mod migration;
mod mirror;
mod mirror_status;
mod noise;
mod object_map;
mod old_format;
mod small;
mod snapshot;
mod times;
