//! Links `librbd.so.1`: its soname, and its need of `librados.so.2` in the same directory.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The linker wants to see a library of that soname; an empty one will do, so that neither library has to
    // be built before the other.
    let stub = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("librados.so.2");
    let cc = env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let built = Command::new(&cc)
        .args(["-shared", "-nostdlib", "-x", "c", "/dev/null", "-Wl,-soname,librados.so.2", "-o"])
        .arg(&stub)
        .status();
    assert!(built.is_ok_and(|status| status.success()), "{cc} cannot link {}", stub.display());
    for arg in [
        "-Wl,-soname,librbd.so.1",
        "-Wl,-rpath,$ORIGIN",
        "-Wl,--no-as-needed",
        &stub.display().to_string(),
        "-Wl,--as-needed",
    ] {
        println!("cargo:rustc-cdylib-link-arg={arg}");
    }
}
