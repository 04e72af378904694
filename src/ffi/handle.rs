//! Opaque handles that can be checked.
//!
//! A handle is not an address: it is a slot number, the kind of thing and a generation, packed into a
//! pointer's bits. Whatever C passes in, whether NULL, a handle closed long ago, one of another kind or a foreign
//! pointer, is compared with the slot and never followed. What is borrowed stays alive until the last
//! borrower is done, even when another thread closes the handle meanwhile.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use ops::{Errno, Result};
use parking_lot::Mutex;

/// A handle as C holds it.
pub type Raw = *mut c_void;

/// What a handle stands for. The number is part of the handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Cluster = 1,
    Config,
    IoCtx,
    Completion,
    ObjectList,
    XattrIter,
    OmapIter,
    ReadOp,
    WriteOp,
    Image,
    RbdCompletion,
    ImageOptions,
    PoolStats,
    Encryption,
}

/// A type whose values are handed to C.
pub trait Opaque: Send + Sync + 'static {
    const KIND: Kind;
}

// A handle's bits, from the lowest: 24 of slot number, 8 of kind, 31 of generation. Bit 63 stays clear.
const INDEX_BITS: u32 = 24;
const GENERATION_MASK: u64 = (1 << 31) - 1;

// A slot's word: 32 bits of borrows, 1 bit "open", 31 bits of generation.
const OPEN: u64 = 1 << 32;
const BORROWS: u64 = OPEN - 1;
const GENERATION_SHIFT: u32 = 33;

const CHUNK: usize = 4096;
const CHUNKS: usize = (1 << INDEX_BITS) / CHUNK;
const SHARDS: usize = 16;

struct Slot {
    word: AtomicU64,
    kind: AtomicU32,
    index: AtomicU32,
    /// An `Arc::into_raw` of the type that `kind` stands for, and how to drop it. Written by whoever took
    /// the slot from the free list before `word` shows it open; read only with a borrow counted in `word`.
    value: UnsafeCell<Value>,
}

#[derive(Clone, Copy)]
struct Value {
    at: *const (),
    drop: unsafe fn(*const ()),
}

// SAFETY: `value` is written by one thread at a time, see above; what it points to is Send + Sync.
unsafe impl Sync for Slot {}
unsafe impl Send for Slot {}

unsafe fn drop_nothing(_: *const ()) {}

unsafe fn drop_arc<T>(at: *const ()) {
    // SAFETY: `at` came from `Arc::<T>::into_raw` in `export`, and its slot gives it up only once.
    drop(unsafe { Arc::from_raw(at.cast::<T>()) });
}

struct Table {
    chunks: [OnceLock<Box<[Slot]>>; CHUNKS],
    /// Per shard: slots that were used before, and how many the shard has opened up.
    free: [Mutex<(Vec<u32>, u32)>; SHARDS],
}

static TABLE: Table = Table {
    chunks: [const { OnceLock::new() }; CHUNKS],
    free: [const { Mutex::new((Vec::new(), 0)) }; SHARDS],
};

/// How many handles are open.
static LIVE: AtomicUsize = AtomicUsize::new(0);

impl Table {
    fn slot(&'static self, index: u32) -> Option<&'static Slot> {
        self.chunks.get(index as usize / CHUNK)?.get()?.get(index as usize % CHUNK)
    }

    /// A slot nobody uses. Threads keep to a shard of their own, and a slot goes back to its shard, so that
    /// one thread may open what another closes and the table does not grow.
    fn take(&'static self) -> Option<&'static Slot> {
        let shard = shard_of_thread();
        let mut free = self.free[shard].lock();
        let index = match free.0.pop() {
            Some(index) => index,
            None => {
                let index = free.1 * SHARDS as u32 + shard as u32;
                if index >= 1 << INDEX_BITS {
                    return None;
                }
                free.1 += 1;
                index
            }
        };
        drop(free);
        let chunk = self.chunks.get(index as usize / CHUNK)?.get_or_init(|| {
            let slot = || Slot {
                word: AtomicU64::new(0),
                kind: AtomicU32::new(0),
                index: AtomicU32::new(0),
                value: UnsafeCell::new(Value { at: ptr::null(), drop: drop_nothing }),
            };
            (0..CHUNK).map(|_| slot()).collect()
        });
        let slot = chunk.get(index as usize % CHUNK)?;
        slot.index.store(index, Ordering::Relaxed);
        Some(slot)
    }

    fn give_back(&'static self, slot: &'static Slot) {
        let index = slot.index.load(Ordering::Relaxed);
        self.free[index as usize % SHARDS].lock().0.push(index);
    }
}

fn shard_of_thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static SHARD: usize = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS);
    SHARD.try_with(|shard| *shard).unwrap_or(0)
}

/// Hands `value` to C. The handle owns it until [`close`].
pub fn export<T: Opaque>(value: Arc<T>) -> Result<Raw> {
    let slot = TABLE.take().ok_or(Errno::ENOMEM)?;
    // SAFETY: a slot from the free list is nobody else's.
    unsafe { *slot.value.get() = Value { at: Arc::into_raw(value).cast(), drop: drop_arc::<T> } };
    slot.kind.store(T::KIND as u32, Ordering::Relaxed);
    let old = slot.word.load(Ordering::Relaxed) >> GENERATION_SHIFT;
    // Generation 0 is left out, so that no handle looks like a small number.
    let generation = if old == GENERATION_MASK { 1 } else { old + 1 };
    slot.word.store(generation << GENERATION_SHIFT | OPEN, Ordering::Release);
    LIVE.fetch_add(1, Ordering::Relaxed);
    let index = u64::from(slot.index.load(Ordering::Relaxed));
    let bits = generation << 32 | (T::KIND as u64) << INDEX_BITS | index;
    Ok(ptr::without_provenance_mut(bits as usize))
}

/// The slot of a handle, and its generation. `None` for what cannot be a handle of this kind.
fn find(raw: Raw, kind: Kind) -> Option<(&'static Slot, u64)> {
    let bits = raw.addr() as u64;
    let generation = bits >> 32;
    if generation == 0 || generation > GENERATION_MASK || (bits >> INDEX_BITS) as u8 != kind as u8 {
        return None;
    }
    let slot = TABLE.slot(bits as u32 & ((1 << INDEX_BITS) - 1))?;
    Some((slot, generation))
}

/// A borrowed handle. What it refers to lives at least as long, even when the handle is closed meanwhile.
pub struct Ref<T: Opaque> {
    slot: &'static Slot,
    generation: u64,
    kind: PhantomData<Arc<T>>,
}

/// Counts a borrow where `allowed` finds the slot's word good.
fn count<T: Opaque>(raw: Raw, allowed: impl Fn(u64) -> bool) -> Result<Ref<T>> {
    let (slot, generation) = find(raw, T::KIND).ok_or(Errno::EINVAL)?;
    let good = |word: u64| (word >> GENERATION_SHIFT == generation && allowed(word)).then(|| word + 1);
    slot.word.try_update(Ordering::Acquire, Ordering::Relaxed, good).map_err(|_| Errno::EINVAL)?;
    Ok(Ref { slot, generation, kind: PhantomData })
}

/// Borrows what a handle refers to. `-EINVAL` for NULL, for a closed handle, and for one of another kind.
pub fn borrow<T: Opaque>(raw: Raw) -> Result<Ref<T>> {
    count(raw, |word| word & OPEN != 0)
}

/// Like [`borrow`], but a handle that was closed is still good as long as somebody holds a [`Ref`] of it. That
/// is how completions behave: released after the submit, yet usable in the callback.
pub fn borrow_any<T: Opaque>(raw: Raw) -> Result<Ref<T>> {
    count(raw, |word| word & (OPEN | BORROWS) != 0)
}

/// Takes the handle away from C. Those who hold a [`Ref`] may go on. `-EINVAL` where it was closed already.
pub fn close<T: Opaque>(raw: Raw) -> Result<Arc<T>> {
    let held = borrow::<T>(raw)?;
    let clear = |word: u64| (word & OPEN != 0).then_some(word & !OPEN);
    held.slot.word.try_update(Ordering::AcqRel, Ordering::Relaxed, clear).map_err(|_| Errno::EINVAL)?;
    LIVE.fetch_sub(1, Ordering::Relaxed);
    Ok(held.to_arc())
}

/// How many handles are open in this process.
pub fn live() -> usize {
    LIVE.load(Ordering::Relaxed)
}

impl<T: Opaque> Ref<T> {
    fn at(&self) -> *const T {
        // SAFETY: this borrow is counted, so the value is neither dropped nor replaced.
        unsafe { (*self.slot.value.get()).at.cast() }
    }

    pub fn to_arc(&self) -> Arc<T> {
        // SAFETY: `at` came from `Arc::into_raw`, and the slot's own count keeps it alive here.
        unsafe {
            Arc::increment_strong_count(self.at());
            Arc::from_raw(self.at())
        }
    }

    /// The handle again, for a callback's first argument.
    pub fn raw(&self) -> Raw {
        let index = u64::from(self.slot.index.load(Ordering::Relaxed));
        ptr::without_provenance_mut((self.generation << 32 | (T::KIND as u64) << INDEX_BITS | index) as usize)
    }
}

impl<T: Opaque> Clone for Ref<T> {
    fn clone(&self) -> Ref<T> {
        self.slot.word.fetch_add(1, Ordering::Relaxed);
        Ref { slot: self.slot, generation: self.generation, kind: PhantomData }
    }
}

impl<T: Opaque> Deref for Ref<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: see `at`; the kind in the handle says that this is a T.
        unsafe { &*self.at() }
    }
}

impl<T: Opaque> Drop for Ref<T> {
    fn drop(&mut self) {
        let before = self.slot.word.fetch_sub(1, Ordering::AcqRel);
        if before & OPEN == 0 && before & BORROWS == 1 {
            // The last borrow of a closed handle: nobody can borrow it any more.
            // SAFETY: so the value is this thread's alone.
            let value = unsafe { *self.slot.value.get() };
            TABLE.give_back(self.slot);
            unsafe { (value.drop)(value.at) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing(u32);
    impl Opaque for Thing {
        const KIND: Kind = Kind::Image;
    }
    struct Other;
    impl Opaque for Other {
        const KIND: Kind = Kind::PoolStats;
    }

    #[test]
    fn a_handle_is_good_until_closed() {
        let raw = export(Arc::new(Thing(5))).unwrap();
        assert_eq!(borrow::<Thing>(raw).unwrap().0, 5);
        assert_eq!(borrow::<Other>(raw).err(), Some(Errno::EINVAL), "another kind");
        assert_eq!(close::<Thing>(raw).unwrap().0, 5);
        assert_eq!(borrow::<Thing>(raw).err(), Some(Errno::EINVAL), "closed");
        assert_eq!(close::<Thing>(raw).err(), Some(Errno::EINVAL), "closed twice");
        let again = export(Arc::new(Thing(6))).unwrap();
        assert_ne!(again, raw, "a reused slot gives another handle");
        assert_eq!(borrow::<Thing>(raw).err(), Some(Errno::EINVAL), "stale, its slot reused");
        close::<Thing>(again).unwrap();
    }

    #[test]
    fn null_and_foreign_pointers_are_refused() {
        let local = Box::new(7_u64);
        let foreign: Raw = (&raw const *local).cast_mut().cast();
        for raw in [
            ptr::null_mut(),
            foreign,
            ptr::without_provenance_mut(usize::MAX),
            ptr::without_provenance_mut(1),
        ] {
            assert_eq!(borrow::<Thing>(raw).err(), Some(Errno::EINVAL), "{raw:?}");
        }
    }

    #[test]
    fn the_value_outlives_a_close_while_borrowed() {
        let value = Arc::new(Thing(8));
        let raw = export(value.clone()).unwrap();
        let held = borrow::<Thing>(raw).unwrap();
        drop(close::<Thing>(raw).unwrap());
        assert_eq!(held.0, 8);
        assert_eq!(held.raw(), raw);
        assert_eq!(borrow_any::<Thing>(raw).unwrap().0, 8, "released but held");
        assert_eq!(Arc::strong_count(&value), 2);
        drop(held);
        assert_eq!(Arc::strong_count(&value), 1);
        assert_eq!(borrow_any::<Thing>(raw).err(), Some(Errno::EINVAL));
    }

    #[test]
    fn borrows_race_with_closes() {
        let rounds = if cfg!(miri) { 20 } else { 5_000 };
        for _ in 0..rounds {
            let value = Arc::new(Thing(1));
            let raw = export(value.clone()).unwrap().expose_provenance();
            let get = move || ptr::with_exposed_provenance_mut::<c_void>(raw);
            let closed = std::thread::scope(|threads| {
                let closers = [0; 2].map(|_| threads.spawn(move || close::<Thing>(get()).is_ok()));
                threads.spawn(move || borrow::<Thing>(get()).map(|thing| thing.0));
                closers.map(|closer| closer.join().unwrap())
            });
            assert!(closed[0] ^ closed[1], "one close wins: {closed:?}");
            assert_eq!(Arc::strong_count(&value), 1);
        }
    }

    /// Run by hand: `cargo test --release -p sepiola-ffi -- --ignored --nocapture cost`.
    #[test]
    #[ignore]
    fn cost_of_a_borrow() {
        let raw = export(Arc::new(Thing(3))).unwrap();
        let rounds = 20_000_000_u32;
        let start = std::time::Instant::now();
        let sum: u64 =
            (0..rounds).map(|_| u64::from(borrow::<Thing>(std::hint::black_box(raw)).unwrap().0)).sum();
        println!("borrow {:?} each ({sum})", start.elapsed() / rounds);
        let start = std::time::Instant::now();
        for _ in 0..rounds / 10 {
            drop(close::<Thing>(export(Arc::new(Thing(3))).unwrap()));
        }
        println!("export and close {:?} each", start.elapsed() / (rounds / 10));
        close::<Thing>(raw).unwrap();
    }
}
