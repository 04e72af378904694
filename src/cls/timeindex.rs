//! The `timeindex` class: values in the order of the times they are kept under.

use bytes::Bytes;
use ops::{Errno, Result, Timespec};

use crate::context::ObjectContext;
use crate::method::methods;
use crate::{rows, time_key};

methods! { "timeindex" {
    rw "add" => add,
    r "list" => list,
    rw "trim" => trim,
}}

/// Entries one call may list or remove.
const MAX_ENTRIES: u64 = 1000;
/// Bytes of a key behind its time that `list` reports.
const MAX_EXTENSION: usize = 255;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeEntry {
    /// As `list` reports it, `nsec` holds microseconds: that is how Ceph reads its own keys.
    pub time: Timespec,
    /// Tells apart entries of one time.
    pub extension: Bytes,
    pub value: Bytes,
}

denc::versioned!(TimeEntry, 1, 1 { time: Timespec, extension: Bytes, value: Bytes });

pub struct AddRequest {
    pub entries: Vec<TimeEntry>,
}

denc::versioned!(AddRequest, 1, 1 { entries: Vec<TimeEntry> });

pub struct ListRequest {
    pub from: Timespec,
    /// Overrides `from`: lists what comes after this key.
    pub marker: Bytes,
    /// Not listed any more.
    pub to: Timespec,
    pub max: i32,
}

denc::versioned!(ListRequest, 1, 1 { from: Timespec, marker: Bytes, to: Timespec, max: i32 });

pub struct ListReply {
    pub entries: Vec<TimeEntry>,
    pub marker: Bytes,
    pub truncated: bool,
}

denc::versioned!(ListReply, 1, 1 { entries: Vec<TimeEntry>, marker: Bytes, truncated: bool });

pub struct TrimRequest {
    pub from: Timespec,
    /// The last to go.
    pub to: Timespec,
    pub from_marker: Bytes,
    pub to_marker: Bytes,
}

denc::versioned!(TrimRequest, 1, 1 { from: Timespec, to: Timespec, from_marker: Bytes, to_marker: Bytes });

fn add(ctx: &mut dyn ObjectContext, request: AddRequest) -> Result<()> {
    for TimeEntry { time, extension, value } in request.entries {
        ctx.omap_set(rows::key(time_key::prefix(time).as_bytes(), &extension), value)?;
    }
    Ok(())
}

fn key_of(marker: Bytes, time: Timespec) -> Bytes {
    if marker.is_empty() { time_key::prefix(time).into() } else { marker }
}

/// Time and extension of a key.
fn parse(key: &Bytes) -> Option<(Timespec, Bytes)> {
    let rest = key.strip_prefix(time_key::PREFIX)?;
    let mut parts = rest.splitn(3, |&byte| byte == b'.' || byte == b'_');
    let mut number = || std::str::from_utf8(parts.next()?).ok()?.parse().ok();
    let time = Timespec { sec: number()?, nsec: number()? };
    let extension = parts.next().unwrap_or_default();
    let word = extension.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let word = word.get(..MAX_EXTENSION).unwrap_or(word);
    Some((time, Bytes::copy_from_slice(word)))
}

fn list(ctx: &dyn ObjectContext, request: ListRequest) -> Result<ListReply> {
    let ListRequest { from, marker, to, max } = request;
    let bound = (to >= from).then(|| time_key::prefix(to));
    let max = u64::try_from(max).map_or(MAX_ENTRIES, |max| max.min(MAX_ENTRIES));
    let (found, more) = ctx.omap_entries(&key_of(marker, from), time_key::PREFIX, max)?;
    let mut reply = ListReply { entries: Vec::new(), marker: Bytes::new(), truncated: more };
    for (key, value) in found {
        if bound.as_ref().is_some_and(|bound| time_key::reaches(&key, bound.as_bytes())) {
            reply.truncated = false;
            break;
        }
        if let Some((time, extension)) = parse(&key) {
            reply.entries.push(TimeEntry { time, extension, value });
        }
        reply.marker = key;
    }
    Ok(reply)
}

fn trim(ctx: &mut dyn ObjectContext, request: TrimRequest) -> Result<()> {
    let TrimRequest { from, to, from_marker, to_marker } = request;
    let end = key_of(to_marker, to);
    let (found, _) = ctx.omap_entries(&key_of(from_marker, from), time_key::PREFIX, MAX_ENTRIES)?;
    let within = |key: &Bytes| key.get(..end.len()).unwrap_or(key) <= &end[..];
    let mut removed = false;
    for (key, _) in found.iter().take_while(|(key, _)| within(key)) {
        ctx.omap_remove(key)?;
        removed = true;
    }
    if removed { Ok(()) } else { Err(Errno::ENODATA) }
}
