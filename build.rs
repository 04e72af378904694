//! Links the root package as `librados.so.2` with the version nodes of Ceph's.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let map = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("librados.map");
    // Beside rustc's own anonymous script, which names what is exported. GNU ld takes only one of the two.
    fs::write(&map, "LIBRADOS_PRIVATE { };\nLIBRADOS_14.2.0 { } LIBRADOS_PRIVATE;\n")
        .expect("OUT_DIR is writable");
    for arg in [
        "-fuse-ld=lld".to_owned(),
        "-Wl,-soname,librados.so.2".to_owned(),
        // A plug-in that is unloaded must not take the code of threads with it that are still ending.
        "-Wl,-z,nodelete".to_owned(),
        format!("-Wl,--version-script={}", map.display()),
    ] {
        println!("cargo:rustc-cdylib-link-arg={arg}");
    }
}
