//! Cursors of listings. C++ programs read one as the object that it is in Ceph's library (`hobject_t`), so it is a pointer
//! to that, as libstdc++ lays it out. What comes back is looked up among the cursors that exist before it is used.

use std::cell::UnsafeCell;
use std::collections::BTreeMap;
use std::ptr;
use std::sync::Arc;

use ops::{Cursor, Errno, Result, SNAP_HEAD};
use parking_lot::Mutex;

use super::types::rados_object_list_cursor;

/// libstdc++'s `std::string` whose text stands elsewhere.
#[repr(C)]
struct Text {
    at: *const u8,
    len: usize,
    capacity: usize,
    rest: usize,
}

impl Text {
    /// Of a text and the NUL behind it.
    fn of(text: &[u8]) -> Text {
        let len = text.len() - 1;
        Text { at: text.as_ptr(), len, capacity: len, rest: 0 }
    }
}

/// `hobject_t`.
#[repr(C)]
struct HObject {
    name: Text,
    snap: u64,
    hash: u32,
    max: bool,
    nibblewise_key: u32,
    bitwise_key: u32,
    pool: i64,
    nspace: Text,
    key: Text,
}

const _: () = assert!(size_of::<HObject>() == 128 && std::mem::offset_of!(HObject, pool) == 56);

/// Where the texts of a [`HObject`] are.
type Texts = [Box<[u8]>; 3];

fn shown(cursor: &Cursor, pool: i64) -> (HObject, Texts) {
    let (hash_reversed, parts) = match cursor {
        Cursor::At { hash_reversed, nspace, key, name } => {
            (*hash_reversed, [&name[..], &nspace[..], if key == name { &[] } else { &key[..] }])
        }
        Cursor::End => (0, [&[][..]; 3]),
    };
    // The first position and the last are of no pool.
    let bound = *cursor == Cursor::End || *cursor == Cursor::begin();
    let texts = parts.map(|text| [text, b"\0"].concat().into_boxed_slice());
    let hash = hash_reversed.reverse_bits();
    let object = HObject {
        name: Text::of(&texts[0]),
        snap: if parts[0].is_empty() { 0 } else { SNAP_HEAD },
        hash,
        max: *cursor == Cursor::End,
        nibblewise_key: nibbles_reversed(hash),
        bitwise_key: hash_reversed,
        pool: if bound { i64::MIN } else { pool },
        nspace: Text::of(&texts[1]),
        key: Text::of(&texts[2]),
    };
    (object, texts)
}

fn nibbles_reversed(hash: u32) -> u32 {
    let bytes = hash.swap_bytes();
    (bytes & 0x0f0f_0f0f) << 4 | bytes >> 4 & 0x0f0f_0f0f
}

struct Place {
    cursor: Cursor,
    pool: i64,
    _texts: Texts,
}

/// A cursor as C holds it; `rados_object_list` moves it on.
pub struct CursorHandle {
    shown: UnsafeCell<HObject>,
    place: Mutex<Place>,
}

// SAFETY: what C reads points into `place`, and both are changed together, while that is locked.
unsafe impl Send for CursorHandle {}
unsafe impl Sync for CursorHandle {}

/// By their addresses.
static LIVE: Mutex<BTreeMap<usize, Arc<CursorHandle>>> = Mutex::new(BTreeMap::new());

impl CursorHandle {
    /// A cursor for C, in a listing of `pool`.
    pub fn export(cursor: Cursor, pool: i64) -> rados_object_list_cursor {
        let (object, texts) = shown(&cursor, pool);
        let place = Mutex::new(Place { cursor, pool, _texts: texts });
        let handle = Arc::new(CursorHandle { shown: UnsafeCell::new(object), place });
        let raw: *mut HObject = handle.shown.get();
        LIVE.lock().insert(raw.addr(), handle);
        raw.cast()
    }

    /// `-EINVAL` for what is no cursor, or none any more.
    pub fn find(raw: rados_object_list_cursor) -> Result<Arc<CursorHandle>> {
        LIVE.lock().get(&raw.addr()).cloned().ok_or(Errno::EINVAL)
    }

    /// `-EINVAL` for what is no cursor, or none any more.
    pub fn free(raw: rados_object_list_cursor) -> Result<()> {
        LIVE.lock().remove(&raw.addr()).map(drop).ok_or(Errno::EINVAL)
    }

    pub fn get(&self) -> Cursor {
        self.place.lock().cursor.clone()
    }

    pub fn set(&self, cursor: Cursor) {
        let mut place = self.place.lock();
        let (object, texts) = shown(&cursor, place.pool);
        // SAFETY: only who has the lock writes it; that nobody reads it meanwhile is the header's contract.
        unsafe { ptr::write(self.shown.get(), object) };
        *place = Place { cursor, pool: place.pool, _texts: texts };
    }
}
