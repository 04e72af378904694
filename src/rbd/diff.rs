//! What changed between two states of an image.

use std::collections::VecDeque;
use std::sync::Arc;

use ops::{Errno, Op, OpOut, Reply, Result, SNAP_DIR, SNAP_HEAD, SnapSetInfo, Wait};
use parking_lot::{Condvar, Mutex};
use rados::{IoCtx, Submit};

use crate::image::Image;
use crate::intervals::Intervals;
use crate::object_map::ObjectDiff;
use crate::parent::Origin;
use crate::striping::{Layout, ObjectExtent, ObjectExtents};

/// The older of the two states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffFrom<'a> {
    /// Before anything was written.
    Beginning,
    SnapName(&'a str),
    /// 0 means the beginning.
    SnapId(u64),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiffOptions {
    /// Report what a clone has from its parent, too (only from the beginning).
    pub include_parent: bool,
    /// Report objects that changed as a whole: coarser, and quicker on a cluster.
    pub whole_object: bool,
}

impl Image {
    /// Calls `each` with (offset in the image, length, whether there is data now) for what changed in
    /// `off..off + len` since `from`, in ascending order. A negative answer stops the walk and is what this
    /// returns. The newer state is the snapshot that is set, or the head. `-ENOENT` where `from` does not
    /// exist, `-EINVAL` where it is the newer one or the extent begins past the end.
    pub fn diff_iterate(
        self: &Arc<Self>,
        from: DiffFrom<'_>,
        off: u64,
        len: u64,
        options: DiffOptions,
        each: &mut dyn FnMut(u64, u64, bool) -> i32,
    ) -> Result<()> {
        // Writes under way count as made before.
        self.wait_for_writes();
        self.note_removals_left();
        let view = self.current()?;
        let data = view.data()?.with_snap(SNAP_DIR);
        let len = view.clip(off, len)?;
        let from = match from {
            DiffFrom::Beginning | DiffFrom::SnapId(0) => 0,
            DiffFrom::SnapName(name) => view.header.user_snap(name)?,
            DiffFrom::SnapId(id) => view.header.snap(id).map(|_| id)?,
        };
        match from.cmp(&view.snap) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Equal => return Ok(()),
            std::cmp::Ordering::Greater => return Err(Errno::EINVAL),
        }
        let inherited = match &view.origin {
            Some(origin) if from == 0 && options.include_parent => self.parent_data(origin, options)?,
            _ => Intervals::default(),
        };
        let (whole_object, object_size) = (options.whole_object, self.layout.object_size);
        let known = match whole_object {
            true => self.object_diff(&view.header, from, view.snap),
            false => None,
        };
        let walk = Walk { from, to: view.snap, whole_object, object_size, inherited, known };
        // Several objects are asked at a time, and answered for in order.
        let window = self.settings.concurrent_management_ops.max(1) as usize;
        let mut asked: VecDeque<Arc<Period>> = VecDeque::with_capacity(window);
        let (mut at, end) = (off, off + len);
        while at < end {
            let part = (self.layout.period() - at % self.layout.period()).min(end - at);
            if asked.len() >= window
                && let Some(oldest) = asked.pop_front()
            {
                walk.report(&oldest, each)?;
            }
            match walk.known_changes(&self.layout, at, part) {
                Some(found) => {
                    if !found.is_empty() {
                        asked.drain(..).try_for_each(|period| walk.report(&period, each))?;
                        tell(found, each)?;
                    }
                }
                None => asked.push_back(self.ask(&data, at, part)),
            }
            at += part;
        }
        asked.iter().try_for_each(|period| walk.report(period, each))
    }

    /// Where the parent has data.
    fn parent_data(&self, origin: &Origin, options: DiffOptions) -> Result<Intervals> {
        let mut found = Vec::new();
        let mut each = |off, len, exists| {
            if exists {
                found.push((off, len));
            }
            0
        };
        origin.image.diff_iterate(DiffFrom::Beginning, 0, origin.overlap, options, &mut each)?;
        Ok(Intervals::from_extents(&found))
    }

    fn wait_for_writes(&self) {
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        self.tracker.after_current(Box::new(move || {
            let _ = send.send(());
        }));
        let _ = receive.recv();
    }

    fn ask(&self, data: &IoCtx, off: u64, len: u64) -> Arc<Period> {
        let mut extents = ObjectExtents::new();
        self.layout.map(off, len, off, &mut extents);
        let answers = (0..extents.len()).map(|_| None).collect();
        let period =
            Arc::new(Period { extents, answers: Mutex::new((0, answers)), complete: Condvar::new() });
        for (i, extent) in period.extents.iter().enumerate() {
            let to = Arc::clone(&period);
            let durability = self.read_durability();
            let with = Submit { wait: Wait::Inline, durability, ..Submit::default() };
            let done = Box::new(move |reply| to.answer(i, reply));
            data.submit(self.data_object(extent.object), vec![Op::ListSnaps.into()], with, done);
        }
        period
    }
}

/// The objects behind one period of the image, and what is known of them.
struct Period {
    /// Their buffer offsets are image offsets.
    extents: ObjectExtents,
    answers: Mutex<(usize, Vec<Answer>)>,
    complete: Condvar,
}

/// `None`: there is no such object.
type Answer = Option<Result<SnapSetInfo>>;

impl Period {
    fn answer(&self, index: usize, reply: Reply) {
        let answer = match reply.check() {
            Ok(reply) => match reply.ops.into_iter().next().map(|op| op.out) {
                Some(OpOut::Snaps(set)) => Some(Ok(set)),
                _ => Some(Err(Errno::EIO)),
            },
            Err(Errno::ENOENT) => None,
            Err(error) => Some(Err(error)),
        };
        let mut answers = self.answers.lock();
        answers.0 += 1;
        if let Some(slot) = answers.1.get_mut(index) {
            *slot = answer;
        }
        if answers.0 == self.extents.len() {
            self.complete.notify_all();
        }
    }

    fn wait(&self) -> Vec<Answer> {
        let mut answers = self.answers.lock();
        while answers.0 < self.extents.len() {
            self.complete.wait(&mut answers);
        }
        std::mem::take(&mut answers.1)
    }
}

/// What to find out.
struct Walk {
    from: u64,
    to: u64,
    whole_object: bool,
    object_size: u64,
    /// Where a parent has data that shows through, in terms of the image.
    inherited: Intervals,
    /// What the object maps tell, by object.
    known: Option<Vec<ObjectDiff>>,
}

impl Walk {
    /// What changed in one period, where the object maps tell.
    fn known_changes(&self, layout: &Layout, off: u64, len: u64) -> Option<Found> {
        let known = self.known.as_ref()?;
        let mut extents = ObjectExtents::new();
        layout.map(off, len, off, &mut extents);
        let mut found = Found::new();
        for extent in &extents {
            let whole = Intervals::of(0, self.object_size);
            match known.get(extent.object as usize)? {
                ObjectDiff::Same => self.show_through(extent, &mut found),
                ObjectDiff::Updated => place(extent, &whole, true, &mut found),
                ObjectDiff::Hole => place(extent, &whole, false, &mut found),
                ObjectDiff::Unknown => return None,
            }
        }
        Some(found)
    }

    fn report(&self, period: &Period, each: &mut dyn FnMut(u64, u64, bool) -> i32) -> Result<()> {
        let mut found: Vec<(u64, u64, bool)> = Vec::new();
        for (extent, answer) in period.extents.iter().zip(period.wait()) {
            let Some(set) = answer else {
                self.show_through(extent, &mut found);
                continue;
            };
            let (data, zeroes, exists) = self.object_diff(&set?);
            if !exists && data.is_empty() && zeroes.is_empty() {
                self.show_through(extent, &mut found);
            }
            place(extent, &data, true, &mut found);
            place(extent, &zeroes, false, &mut found);
        }
        tell(found, each)
    }

    fn show_through(&self, extent: &ObjectExtent, found: &mut Vec<(u64, u64, bool)>) {
        for &(image, len) in &extent.buffer {
            found.extend(
                self.inherited.clip(image, image + len).map(|(begin, end)| (begin, end - begin, true)),
            );
        }
    }

    /// The ranges of an object that changed: those with data now, and those without; and whether the
    /// object exists now.
    fn object_diff(&self, set: &SnapSetInfo) -> (Intervals, Intervals, bool) {
        let mut delta = Delta::between(set, self.from, self.to);
        if delta.unknown || self.whole_object && !delta.changed.is_empty() {
            delta.changed = Intervals::of(0, self.object_size);
            delta.size = self.object_size;
        }
        let before = if self.from == 0 { 0 } else { Delta::between(set, 0, self.from).existing_size() };
        if !delta.exists {
            // What came and went in between is no change.
            let gone = if before == 0 { Intervals::default() } else { delta.changed };
            return (Intervals::default(), gone, false);
        }
        let cut_off = Intervals::of(delta.size, before);
        (delta.changed.subtract(&cut_off), cut_off, true)
    }
}

/// (offset in the image, length, whether there is data now)
type Found = Vec<(u64, u64, bool)>;

/// In ascending order, and neighbours as one.
fn tell(mut found: Found, each: &mut dyn FnMut(u64, u64, bool) -> i32) -> Result<()> {
    found.sort_unstable();
    let mut found = found.into_iter().peekable();
    while let Some((off, mut len, exists)) = found.next() {
        while let Some(&(next, more, _)) = found.peek().filter(|next| (next.0, next.2) == (off + len, exists))
        {
            debug_assert_eq!(next, off + len);
            len += more;
            found.next();
        }
        Errno::check(each(off, len, exists))?;
    }
    Ok(())
}

/// Adds the parts of an object extent, in terms of the image.
fn place(extent: &ObjectExtent, ranges: &Intervals, exists: bool, found: &mut Vec<(u64, u64, bool)>) {
    let mut in_object = extent.off;
    for &(image, len) in &extent.buffer {
        for (begin, end) in ranges.clip(in_object, in_object + len) {
            found.push((image + begin - in_object, end - begin, exists));
        }
        in_object += len;
    }
}

/// How an object at one snapshot differs from itself at another.
pub(crate) struct Delta {
    changed: Intervals,
    /// At the newer one.
    size: u64,
    pub exists: bool,
    /// The snap set does not tell.
    unknown: bool,
}

impl Delta {
    /// Whether it may differ at all.
    pub fn is_change(&self) -> bool {
        self.unknown || !self.changed.is_empty()
    }

    fn existing_size(&self) -> u64 {
        if self.exists { self.size } else { 0 }
    }

    /// Walks the clones from old to new. Each stands for the object from its first snapshot to its last;
    /// what it does not share with the next newer one was written in between.
    pub fn between(set: &SnapSetInfo, from: u64, to: u64) -> Delta {
        let mut delta = Delta { changed: Intervals::default(), size: 0, exists: false, unknown: false };
        // Size at `from`, once the walk has passed it.
        let mut from_size = None;
        for (i, clone) in set.clones.iter().enumerate() {
            let (first, last) = if clone.id == SNAP_HEAD {
                (set.seq + 1, SNAP_HEAD)
            } else {
                match (clone.snaps.first(), clone.snaps.last()) {
                    (Some(&first), Some(&last)) => (first, last),
                    _ => return Delta { unknown: true, exists: true, ..delta },
                }
            };
            if last < from {
                continue;
            }
            if from_size.is_none() {
                from_size = Some(if from < first { 0 } else { clone.size });
                if from < first {
                    delta.changed = Intervals::of(0, clone.size);
                }
            }
            delta.size = clone.size;
            if to < first {
                // It came to be only after `to`.
                delta.changed = Intervals::of(0, from_size.unwrap_or(0));
                delta.exists = false;
                return delta;
            }
            if to <= last {
                delta.exists = true;
                return delta;
            }
            let next_size = set.clones.get(i + 1).map_or(0, |next| next.size);
            let whole = Intervals::of(0, clone.size.max(next_size));
            delta.changed = delta.changed.union(&whole.subtract(&Intervals::from_extents(&clone.overlap)));
        }
        delta
    }
}
