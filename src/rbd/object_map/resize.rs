//! The head's map while the size changes.

use std::ops::Range;
use std::sync::Arc;

use cls::rbd::client as class;
use cls::rbd::object_map::state;
use ops::{Result, SNAP_HEAD};

use super::{HeadMap, files};
use crate::image::Image;

impl Image {
    /// Before the image grows, or after it shrank. `-EINVAL` for more objects than a map can hold.
    pub(crate) fn resize_object_map(&self, objects: u64) -> Result<()> {
        let map = self.object_map.load_full();
        let Some(map) = map else { return Ok(()) };
        files::check_object_count(objects)?;
        self.note_all_removals();
        let resize = class::object_map_resize(objects, state::NONEXISTENT);
        let ops = vec![files::assert_locked().op(), resize.op()];
        if let Err(error) = self.io.operate(files::name(&self.id, SNAP_HEAD), ops) {
            tracing::error!(target: "rbd", "object map of image {} cannot be resized: {error}", self.id);
            self.object_map.store(None);
            return self.invalidate_map(SNAP_HEAD);
        }
        let mut resized = map.snapshot();
        resized.resize(objects, state::NONEXISTENT);
        self.object_map.store(Some(Arc::new(HeadMap::new(&resized))));
        Ok(())
    }

    /// Before objects are removed that nobody writes to any more.
    pub(crate) fn expect_removal(&self, objects: Range<u64>) -> Result<()> {
        self.change_states(objects, state::PENDING, state::EXISTS)
    }

    /// After they were, durably.
    pub(crate) fn note_removal(&self, objects: Range<u64>) -> Result<()> {
        self.change_states(objects, state::NONEXISTENT, state::PENDING)
    }

    /// Before an object is cut off.
    pub(crate) fn expect_truncation(&self, object: u64) -> Result<()> {
        self.change_states(object..object + 1, state::EXISTS, state::EXISTS_CLEAN)
    }

    fn change_states(&self, objects: Range<u64>, after: u8, current: u8) -> Result<()> {
        match self.object_map.load_full() {
            Some(map) => self.update_range(&map, objects, after, current),
            None => Ok(()),
        }
    }
}
