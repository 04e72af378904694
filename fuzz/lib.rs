//! What the fuzz targets have in common: an allocator that does not let a length that nobody has checked pass, and the
//! inputs they start from.

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;

pub use libfuzzer_sys;

/// No single allocation may be larger.
const MOST: usize = 64 << 20;

struct Bounded;

fn check(size: usize) {
    if size > MOST {
        eprintln!("an allocation of {size} bytes\n{}", std::backtrace::Backtrace::force_capture());
        std::process::abort();
    }
}

// SAFETY: the system's allocator, but for the size.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        check(size);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Bounded = Bounded;

/// Before the first input. With `SEPIOLA_SEEDS` all there is to do is to write inputs to that directory.
pub fn prepare(target: &str) {
    if let Some(dir) = std::env::var_os("SEPIOLA_SEEDS") {
        let found = disk::fuzz::specimens().into_iter().chain(store::fuzz::specimens());
        let found = found.chain(osdmap::fuzz::specimens()).chain(net::fuzz::specimens());
        for (number, (_, bytes)) in found.filter(|(of, _)| *of == target).enumerate() {
            std::fs::write(Path::new(&dir).join(format!("seed-{number}")), bytes).expect("a seed's file");
        }
        std::process::exit(0);
    }
    // A panic of redb at damage is caught, and no finding; any other one still ends the process, where it is caught last.
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
}

#[macro_export]
macro_rules! target {
    ($name:literal, $door:path) => {
        $crate::libfuzzer_sys::fuzz_target!(
            init: $crate::prepare($name),
            |bytes: &[u8]| $door(bytes)
        );
    };
}
