//! The `log` class: entries in the order of their times.

use bytes::Bytes;
use denc::{BytesMut, Decode, Encode, Reader, envelope};
use ops::{Errno, Result, Timespec};

use crate::context::ObjectContext;
use crate::method::methods;
use crate::{rows, time_key};

methods! { "log" {
    rw "add" => add,
    r "list" => list,
    rw "trim" => trim,
    r "info" => info,
}}

/// Entries one call may list.
const MAX_ENTRIES: u64 = 1000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogEntry {
    /// Its key; made from the time where the caller gives none.
    pub id: Bytes,
    pub section: Bytes,
    pub name: Bytes,
    pub timestamp: Timespec,
    pub data: Bytes,
}

impl Encode for LogEntry {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 1, |out| {
            (&self.section, &self.name, self.timestamp, &self.data, &self.id).encode(out);
        });
    }
}

impl Decode for LogEntry {
    const MIN: usize = 26;

    fn decode(from: &mut Reader) -> denc::Result<LogEntry> {
        from.envelope(2, |version, body| {
            let (section, name, timestamp, data) = body.get()?;
            let id = if version >= 2 { body.get()? } else { Bytes::new() };
            Ok(LogEntry { id, section, name, timestamp, data })
        })
    }
}

/// The omap header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogHeader {
    pub max_marker: Bytes,
    pub max_time: Timespec,
}

denc::versioned!(LogHeader, 1, 1 { max_marker: Bytes, max_time: Timespec });

pub struct AddRequest {
    pub entries: Vec<LogEntry>,
    /// Entries older than the newest one count as of that time.
    pub monotonic: bool,
}

impl Encode for AddRequest {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 1, |out| {
            self.entries.encode(out);
            self.monotonic.encode(out);
        });
    }
}

impl Decode for AddRequest {
    const MIN: usize = 10;

    fn decode(from: &mut Reader) -> denc::Result<AddRequest> {
        from.envelope(2, |version, body| {
            Ok(AddRequest { entries: body.get()?, monotonic: if version >= 2 { body.get()? } else { true } })
        })
    }
}

pub struct ListRequest {
    pub from: Timespec,
    /// Overrides `from`: lists what comes after this key.
    pub marker: Bytes,
    /// Not listed any more; needs a `from`.
    pub to: Timespec,
    /// 0: as many as one call may list.
    pub max: i32,
}

denc::versioned!(ListRequest, 1, 1 { from: Timespec, marker: Bytes, to: Timespec, max: i32 });

pub struct ListReply {
    pub entries: Vec<LogEntry>,
    pub marker: Bytes,
    pub truncated: bool,
}

denc::versioned!(ListReply, 1, 1 { entries: Vec<LogEntry>, marker: Bytes, truncated: bool });

pub struct TrimRequest {
    pub from: Timespec,
    /// The last to go.
    pub to: Timespec,
    pub from_marker: Bytes,
    pub to_marker: Bytes,
}

impl Encode for TrimRequest {
    fn encode(&self, out: &mut BytesMut) {
        envelope(out, 2, 1, |out| (self.from, self.to, &self.from_marker, &self.to_marker).encode(out));
    }
}

impl Decode for TrimRequest {
    const MIN: usize = 22;

    fn decode(from: &mut Reader) -> denc::Result<TrimRequest> {
        from.envelope(2, |version, body| {
            let (from, to) = body.get()?;
            let (from_marker, to_marker) = if version >= 2 { body.get()? } else { Default::default() };
            Ok(TrimRequest { from, to, from_marker, to_marker })
        })
    }
}

pub struct InfoRequest {}

denc::versioned!(InfoRequest, 1, 1 {});

pub struct InfoReply {
    pub header: LogHeader,
}

denc::versioned!(InfoReply, 1, 1 { header: LogHeader });

/// One that cannot be decoded counts as empty, as in Ceph.
fn header(ctx: &dyn ObjectContext) -> Result<LogHeader> {
    match ctx.omap_header() {
        Ok(header) => Ok(denc::decode(&header).unwrap_or_default()),
        Err(Errno::ENOENT) => Ok(LogHeader::default()),
        Err(err) => Err(err),
    }
}

fn add(ctx: &mut dyn ObjectContext, request: AddRequest) -> Result<()> {
    let mut header = header(ctx)?;
    let version = ctx.version() + 1;
    for (number, mut entry) in request.entries.into_iter().enumerate() {
        let time = if request.monotonic { entry.timestamp.max(header.max_time) } else { entry.timestamp };
        header.max_time = header.max_time.max(time);
        if entry.id.is_empty() {
            entry.id = format!("{}{version}.{}", time_key::prefix(time), number + 1).into();
        }
        if entry.id > header.max_marker {
            header.max_marker = entry.id.clone();
        }
        ctx.omap_set(entry.id.clone(), denc::encode(&entry))?;
    }
    ctx.set_omap_header(denc::encode(&header))
}

/// A marker, or else where a time begins.
fn key_of(marker: Bytes, time: Timespec) -> Bytes {
    if marker.is_empty() { time_key::prefix(time).into() } else { marker }
}

fn list(ctx: &dyn ObjectContext, request: ListRequest) -> Result<ListReply> {
    let ListRequest { from, marker, to, max } = request;
    let bound = (from != Timespec::ZERO && to >= from).then(|| time_key::prefix(to));
    let max = u64::try_from(max).ok().filter(|max| (1..=MAX_ENTRIES).contains(max)).unwrap_or(MAX_ENTRIES);
    let (found, more) = ctx.omap_entries(&key_of(marker, from), time_key::PREFIX, max)?;
    let mut reply = ListReply { entries: Vec::new(), marker: Bytes::new(), truncated: more };
    for (key, value) in found {
        reply.marker = key.clone();
        if bound.as_ref().is_some_and(|bound| time_key::reaches(&key, bound.as_bytes())) {
            reply.truncated = false;
            break;
        }
        // An entry that cannot be decoded is left out.
        reply.entries.extend(rows::parse::<LogEntry>(&key, &value));
    }
    Ok(reply)
}

fn trim(ctx: &mut dyn ObjectContext, request: TrimRequest) -> Result<()> {
    let TrimRequest { from, to, from_marker, to_marker } = request;
    let end = if to_marker.is_empty() {
        let next: Timespec = (to.since_epoch() + std::time::Duration::from_micros(1)).into();
        time_key::prefix(next).into()
    } else {
        rows::key(&to_marker, b"\0")
    };
    let (first, _) = ctx.omap_entries(&key_of(from_marker, from), b"", 1)?;
    match first.first() {
        Some((key, _)) if *key <= end => ctx.omap_remove_range(key, &end),
        _ => Err(Errno::ENODATA),
    }
}

fn info(ctx: &dyn ObjectContext, _: InfoRequest) -> Result<InfoReply> {
    Ok(InfoReply { header: header(ctx)? })
}
