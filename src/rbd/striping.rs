//! Where bytes of an image lie: the mapping between image extents and object extents.
//!
//! An image is a row of *periods* of `stripe_count` objects each. Within a period, consecutive stripe
//! units go to consecutive objects. With one object per period (the default) the mapping is a division.

use smallvec::SmallVec;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub object_size: u64,
    pub stripe_unit: u64,
    pub stripe_count: u64,
}

/// A range of one object, and the ranges of the caller's buffer it corresponds to, in order; their
/// lengths add up to `len`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectExtent {
    pub object: u64,
    pub off: u64,
    pub len: u64,
    /// (offset in the buffer, length)
    pub buffer: SmallVec<[(u64, u64); 1]>,
}

impl ObjectExtent {
    /// One that no buffer belongs to.
    pub fn new(object: u64, off: u64, len: u64) -> ObjectExtent {
        ObjectExtent { object, off, len, buffer: SmallVec::new() }
    }
}

pub type ObjectExtents = SmallVec<[ObjectExtent; 1]>;

impl Layout {
    /// Without striping where `stripe_unit` or `stripe_count` is 0.
    pub fn new(order: u8, stripe_unit: u64, stripe_count: u64) -> Layout {
        let object_size = 1 << order;
        if stripe_unit == 0 || stripe_count == 0 {
            Layout { object_size, stripe_unit: object_size, stripe_count: 1 }
        } else {
            Layout { object_size, stripe_unit, stripe_count }
        }
    }

    /// Bytes of the image per set of `stripe_count` objects.
    pub fn period(&self) -> u64 {
        self.object_size * self.stripe_count
    }

    /// With one object at a time the stripe unit does not matter.
    fn unit(&self) -> u64 {
        if self.stripe_count == 1 { self.object_size } else { self.stripe_unit }
    }

    /// How many objects an image of `size` bytes may have.
    pub fn num_objects(&self, size: u64) -> u64 {
        let rest = size % self.period();
        // In a last period shorter than one stripe, some objects never get a byte.
        let unused = if rest > 0 && rest < self.stripe_count * self.stripe_unit {
            self.stripe_count - rest.div_ceil(self.stripe_unit)
        } else {
            0
        };
        size.div_ceil(self.period()) * self.stripe_count - unused
    }

    /// Adds the object extents of image range `off..off + len`, whose bytes start at `buffer_off` in the
    /// buffer. `out` stays sorted by object.
    pub fn map(&self, off: u64, len: u64, buffer_off: u64, out: &mut ObjectExtents) {
        let unit = self.unit();
        let per_object = self.object_size / unit;
        let (mut at, end) = (off, off + len);
        while at < end {
            let block = at / unit;
            let stripe = block / self.stripe_count;
            let object = stripe / per_object * self.stripe_count + block % self.stripe_count;
            let in_object = stripe % per_object * unit + at % unit;
            let part = (unit - at % unit).min(end - at);
            let piece = (at - off + buffer_off, part);
            let index = out.partition_point(|extent| extent.object <= object);
            match index.checked_sub(1).and_then(|last| out.get_mut(last)) {
                Some(last) if last.object == object && last.off + last.len == in_object => {
                    last.len += part;
                    match last.buffer.last_mut() {
                        Some(tail) if tail.0 + tail.1 == piece.0 => tail.1 += part,
                        _ => last.buffer.push(piece),
                    }
                }
                _ => {
                    let buffer = SmallVec::from_buf([piece]);
                    out.insert(index, ObjectExtent { object, off: in_object, len: part, buffer });
                }
            }
            at += part;
        }
    }

    /// The image ranges of a range of one object, in the order of the object's bytes.
    pub fn unmap(&self, object: u64, off: u64, len: u64) -> SmallVec<[(u64, u64); 1]> {
        let unit = self.unit();
        let per_object = self.object_size / unit;
        let mut out = SmallVec::new();
        let (mut at, end) = (off, off + len);
        while at < end {
            let stripe = object / self.stripe_count * per_object + at / unit;
            let block = stripe * self.stripe_count + object % self.stripe_count;
            let part = (unit - at % unit).min(end - at);
            out.push((block * unit + at % unit, part));
            at += part;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte by byte, after the picture in Ceph's file layout documentation.
    fn place(layout: &Layout, byte: u64) -> (u64, u64) {
        let (set, in_set) = (byte / layout.period(), byte % layout.period());
        let unit = in_set / layout.stripe_unit;
        let object = set * layout.stripe_count + unit % layout.stripe_count;
        (object, unit / layout.stripe_count * layout.stripe_unit + in_set % layout.stripe_unit)
    }

    #[test]
    fn every_byte_lands_where_the_definition_says() {
        for (order, unit, count) in [(12, 0, 0), (12, 4096, 3), (13, 512, 4), (12, 1024, 1), (12, 4096, 1)] {
            let layout = Layout::new(order, unit, count);
            for (off, len) in [(0, 1), (511, 5000), (4095, 2), (10_000, 70_000)] {
                let mut extents = ObjectExtents::new();
                layout.map(off, len, 7, &mut extents);
                let mut covered = 0;
                for extent in &extents {
                    let mut in_object = extent.off;
                    for &(buffer, part) in &extent.buffer {
                        for i in 0..part {
                            let byte = buffer - 7 + i + off;
                            assert_eq!(
                                place(&layout, byte),
                                (extent.object, in_object + i),
                                "{layout:?} byte {byte}"
                            );
                        }
                        in_object += part;
                        covered += part;
                    }
                    assert_eq!(in_object, extent.off + extent.len, "{layout:?} {extent:?}");
                    let back: u64 =
                        layout.unmap(extent.object, extent.off, extent.len).iter().map(|e| e.1).sum();
                    assert_eq!(back, extent.len);
                }
                assert_eq!(covered, len, "{layout:?}");
                assert!(extents.is_sorted_by_key(|extent| extent.object));
            }
        }
    }

    #[test]
    fn unmap_inverts_place() {
        let layout = Layout::new(13, 1024, 3);
        for byte in (0..200_000).step_by(97) {
            let (object, off) = place(&layout, byte);
            assert_eq!(layout.unmap(object, off, 1)[0], (byte, 1));
        }
    }

    #[test]
    fn counts_objects() {
        let plain = Layout::new(22, 0, 0);
        assert_eq!(plain.num_objects(0), 0);
        assert_eq!(plain.num_objects(1), 1);
        assert_eq!(plain.num_objects(4 << 20), 1);
        assert_eq!(plain.num_objects((4 << 20) + 1), 2);
        let striped = Layout::new(22, 65536, 16);
        assert_eq!(striped.num_objects(65536), 1);
        assert_eq!(striped.num_objects(65536 * 5 + 1), 6);
        assert_eq!(striped.num_objects(65536 * 16), 16);
        assert_eq!(striped.num_objects((16 << 22) + 1), 17);
    }
}
