//! For developers: `headers` writes `include/` from the sources of the C API, `matrix` writes `docs/MATRIX.md`. With
//! `--check` they only compare, and fail where a file is out of date.

#![forbid(unsafe_code)]

mod headers;
mod matrix;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// What a tool makes: files, by their paths from the top of the repository.
pub type Made = Vec<(PathBuf, String)>;
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let args: Vec<_> = env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let (tool, check): (fn(&Path) -> Result<Made>, _) = match args[..] {
        ["headers"] => (headers::make, false),
        ["headers", "--check"] => (headers::make, true),
        ["matrix"] => (matrix::make, false),
        ["matrix", "--check"] => (matrix::make, true),
        _ => {
            eprintln!("usage: sepiola-tools headers|matrix [--check]");
            return ExitCode::from(2);
        }
    };
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    match tool(&top).and_then(|made| if check { compare(&top, made) } else { write(&top, made) }) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

fn write(top: &Path, made: Made) -> Result<bool> {
    for (path, text) in made {
        let full = top.join(&path);
        if let Some(dir) = full.parent() {
            fs::create_dir_all(dir)?;
        }
        if fs::read_to_string(&full).ok().as_ref() != Some(&text) {
            fs::write(&full, text)?;
            println!("wrote {}", path.display());
        }
    }
    Ok(true)
}

fn compare(top: &Path, made: Made) -> Result<bool> {
    let mut same = true;
    for (path, text) in made {
        let there = fs::read_to_string(top.join(&path)).unwrap_or_default();
        if there != text {
            same = false;
            let line = there.lines().zip(text.lines()).position(|(a, b)| a != b);
            let line = line.unwrap_or_else(|| there.lines().count().min(text.lines().count()));
            println!("{}:{}: out of date", path.display(), line + 1);
        }
    }
    Ok(same)
}
