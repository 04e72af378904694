//! The checkpoint's file as redb sees it: its pages, with a checksum beside each, so that redb is never handed a
//! damaged one. redb keeps checksums too, but looks at them only when it verifies a whole file.
//!
//! A page of checksums stands before every 1024 pages. It is written when redb syncs, with what was written since; a
//! crash in between leaves checksums that do not fit pages which no commit refers to. The first page is redb's header,
//! which is overwritten in place: it carries its checksum in its own sector.

use std::collections::{BTreeMap, BTreeSet, btree_map};
use std::io::{Error, ErrorKind};
use std::sync::Arc;

use ops::Errno;
use parking_lot::Mutex;

use crate::catalog::NAME;
use crate::medium::File;
use crate::{BLOCK, broken};
use pages::AlignedBuf;

/// Pages per page of checksums.
const GROUP: u64 = (BLOCK / 4) as u64;
/// What of the first page is kept, and where its checksum is.
const SECTOR: usize = 512;
const HEADER: usize = SECTOR - 4;

const UNIT: u64 = BLOCK as u64;

type Sums = Box<[u32; GROUP as usize]>;

#[derive(Default)]
struct Table {
    groups: BTreeMap<u64, Sums>,
    /// Groups whose checksums are newer than in the file.
    dirty: BTreeSet<u64>,
    /// Bytes into the file at which pages were found damaged.
    damaged: BTreeSet<u64>,
    /// A read failed, for whatever reason.
    failed: bool,
    /// A sync failed, ever.
    unsure: bool,
}

/// What is shared with redb, which takes its backend for good.
#[derive(Clone)]
pub struct SealedFile {
    file: Arc<dyn File>,
    table: Arc<Mutex<Table>>,
}

impl std::fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(NAME)
    }
}

fn io(err: Errno) -> Error {
    Error::from_raw_os_error(err.0)
}

/// Never 0: that stands for a page which was never written.
fn sum(page: u64, bytes: &[u8]) -> u32 {
    match crc32c::crc32c_append(crc32c::crc32c(&page.to_le_bytes()), bytes) {
        0 => u32::MAX,
        sum => sum,
    }
}

/// Where in the file a page is.
fn place(page: u64) -> u64 {
    (page / GROUP * (GROUP + 1) + 1 + page % GROUP) * UNIT
}

fn pages_of(file_len: u64) -> u64 {
    let pages = file_len / UNIT;
    pages / (GROUP + 1) * GROUP + (pages % (GROUP + 1)).saturating_sub(1)
}

impl SealedFile {
    pub fn new(file: Arc<dyn File>) -> SealedFile {
        SealedFile { file, table: Arc::default() }
    }

    /// Bytes into the file of the pages that were asked for and found damaged, since the last call.
    pub fn take_damaged(&self) -> BTreeSet<u64> {
        std::mem::take(&mut self.table.lock().damaged)
    }

    /// Whether a read failed since the last call.
    pub fn take_failed(&self) -> bool {
        std::mem::take(&mut self.table.lock().failed)
    }

    /// Whether a sync ever failed: which checkpoint the disk has, nobody knows then.
    pub fn unsure(&self) -> bool {
        self.table.lock().unsure
    }

    /// Takes the file as the last sync left it.
    pub fn forget(&self) {
        let mut table = self.table.lock();
        table.groups.clear();
        table.dirty.clear();
    }

    fn with_sums<T>(
        &self,
        table: &mut Table,
        group: u64,
        work: impl FnOnce(&mut Sums) -> T,
    ) -> Result<T, Error> {
        let sums = match table.groups.entry(group) {
            btree_map::Entry::Occupied(found) => found.into_mut(),
            btree_map::Entry::Vacant(empty) => {
                let mut sums = Box::new([0; GROUP as usize]);
                let bytes = self.file.read_buf(group * (GROUP + 1) * UNIT, BLOCK).map_err(io)?;
                for (sum, bytes) in sums.iter_mut().zip(bytes.as_chunks::<4>().0) {
                    *sum = u32::from_le_bytes(*bytes);
                }
                empty.insert(sums)
            }
        };
        Ok(work(sums))
    }

    fn damaged(&self, page: u64) -> Error {
        let at = place(page);
        self.table.lock().damaged.insert(at);
        tracing::error!(target: "store", "`{NAME}`: the page at offset {at} does not match its checksum");
        io(Errno::EIO)
    }

    fn read_header(&self, out: &mut [u8]) -> Result<(), Error> {
        let mut sector = [0; SECTOR];
        self.file.read(place(0), &mut sector).map_err(io)?;
        let (header, crc) = sector.split_at(HEADER);
        if crc != sum(0, header).to_le_bytes() && !broken::SKIP_PAGE_CRC {
            return Err(self.damaged(0));
        }
        let (kept, rest) = out.split_at_mut(out.len().min(HEADER));
        kept.copy_from_slice(header.get(..kept.len()).unwrap_or_default());
        rest.fill(0);
        Ok(())
    }

    fn write_header(&self, data: &[u8]) -> Result<(), Error> {
        let mut sector = [0; SECTOR];
        // redb writes all of its header at once.
        let kept = sector.get_mut(..data.len()).filter(|kept| kept.len() <= HEADER);
        kept.ok_or(ErrorKind::InvalidInput)?.copy_from_slice(data);
        let crc = sum(0, &sector[..HEADER]);
        sector[HEADER..].copy_from_slice(&crc.to_le_bytes());
        self.file.write(place(0), &[&sector], false).map_err(io)
    }

    /// Splits a range of whole pages where a page of checksums lies in between: first page, its place, and bytes.
    fn pieces(offset: u64, len: usize) -> Result<impl Iterator<Item = (u64, std::ops::Range<usize>)>, Error> {
        if !offset.is_multiple_of(UNIT) || !len.is_multiple_of(BLOCK) {
            return Err(ErrorKind::InvalidInput.into());
        }
        let (mut page, end) = (offset / UNIT, (offset + len as u64) / UNIT);
        let first = page;
        Ok(std::iter::from_fn(move || {
            let until = end.min((page / GROUP + 1) * GROUP);
            let piece = (page, (page - first) as usize * BLOCK..(until - first) as usize * BLOCK);
            page = until;
            (!piece.1.is_empty()).then_some(piece)
        }))
    }

    fn read_pages(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        for (first, range) in SealedFile::pieces(offset, out.len())? {
            let out = out.get_mut(range).ok_or(ErrorKind::InvalidInput)?;
            self.file.read(place(first), out).map_err(io)?;
            for (page, bytes) in (first..).zip(out.chunks_exact(BLOCK)) {
                let mut table = self.table.lock();
                let at = (page % GROUP) as usize;
                let want = self.with_sums(&mut table, page / GROUP, |sums| sums[at])?;
                drop(table);
                let fits = match want {
                    0 => bytes.iter().all(|&byte| byte == 0),
                    want => sum(page, bytes) == want,
                };
                if !fits && !broken::SKIP_PAGE_CRC {
                    return Err(self.damaged(page));
                }
            }
        }
        Ok(())
    }

    fn write_pages(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        for (first, range) in SealedFile::pieces(offset, data.len())? {
            let data = data.get(range).ok_or(ErrorKind::InvalidInput)?;
            self.file.write(place(first), &[data], false).map_err(io)?;
            let mut table = self.table.lock();
            for (page, bytes) in (first..).zip(data.chunks_exact(BLOCK)) {
                let at = (page % GROUP) as usize;
                self.with_sums(&mut table, page / GROUP, |sums| sums[at] = sum(page, bytes))?;
            }
            table.dirty.insert(first / GROUP);
        }
        Ok(())
    }

    fn write_sums(&self) -> Result<(), Error> {
        let mut table = self.table.lock();
        while let Some(&group) = table.dirty.first() {
            let mut page = AlignedBuf::zeroed(BLOCK);
            self.with_sums(&mut table, group, |sums| {
                for (bytes, sum) in page.as_chunks_mut::<4>().0.iter_mut().zip(sums.iter()) {
                    *bytes = sum.to_le_bytes();
                }
            })?;
            self.file.write(group * (GROUP + 1) * UNIT, &[&page], false).map_err(io)?;
            table.dirty.remove(&group);
        }
        Ok(())
    }
}

impl redb::StorageBackend for SealedFile {
    fn len(&self) -> Result<u64, Error> {
        Ok(pages_of(self.file.len().map_err(io)?) * UNIT)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let end = offset.checked_add(out.len() as u64).ok_or(ErrorKind::UnexpectedEof)?;
        if end > self.len()? {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let header = offset == 0 && out.len() <= BLOCK;
        let result = if header { self.read_header(out) } else { self.read_pages(offset, out) };
        if result.is_err() {
            self.table.lock().failed = true;
        }
        result
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        if !len.is_multiple_of(UNIT) {
            return Err(ErrorKind::InvalidInput.into());
        }
        let (had, pages) = (pages_of(self.file.len().map_err(io)?), len / UNIT);
        let end = if pages == 0 { 0 } else { place(pages - 1) + UNIT };
        self.file.set_len(end).map_err(io)?;
        // What comes or goes was never written.
        let mut table = self.table.lock();
        let (from, to) = (had.min(pages), had.max(pages));
        for group in from / GROUP..to.div_ceil(GROUP) {
            let base = group * GROUP;
            let inside = (from.max(base) - base) as usize..(to.min(base + GROUP) - base) as usize;
            if base >= pages {
                table.groups.remove(&group);
                table.dirty.remove(&group);
            } else {
                self.with_sums(&mut table, group, |sums| sums[inside].fill(0))?;
                table.dirty.insert(group);
            }
        }
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        self.write_sums()?;
        if broken::SKIP_CHECKPOINT_SYNC {
            return Ok(());
        }
        self.file.sync().map_err(|err| {
            self.table.lock().unsure = true;
            io(err)
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        if offset == 0 && data.len() < BLOCK {
            return self.write_header(data);
        }
        self.write_pages(offset, data)
    }
}
