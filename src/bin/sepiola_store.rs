//! `sepiola-store`: looks after an embedded store from the command line.

#![forbid(unsafe_code)]

mod init;
mod progress;
mod report;
mod show;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use ops::Errno;
use store::offline::{self, Dump, Error};

use progress::Bar;
use show::Out;

/// Looks after an embedded object store.
#[derive(Parser)]
#[command(
    version,
    after_help = "A store is a directory. Programs reach it by `sepiola store = DIR` in their ceph.conf.\n\
    All verbs but init need a store that no program has open."
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Makes a store: the directory is created if need be, and must be empty
    Init {
        dir: PathBuf,
        /// Also create this pool, with the application of the same name; may be repeated
        #[arg(long)]
        pool: Vec<String>,
        /// Also write a ceph.conf there that selects the store
        #[arg(long, value_name = "FILE")]
        conf: Option<PathBuf>,
    },
    /// Reads everything, and says what is damaged and where. Changes nothing
    ///
    /// Every checksum is verified: the file `format`, all pages and rows of the checkpoint, all frames of the log that are
    /// still needed, all blocks of all objects and clones. Beyond that: every block belongs to one object and is counted
    /// as often as it is used, none is leaked; usage counts are right; clones and snap sets agree; the records of pools
    /// and snapshots fit together.
    #[command(
        after_help = "Exit status: 0 the store is whole; 1 something is damaged; 2 it could not be checked."
    )]
    Check {
        dir: PathBuf,
        /// One JSON object in place of text
        #[arg(long)]
        json: bool,
        /// How long to wait for a program that has the store open, in seconds
        #[arg(long, default_value_t = 0, value_name = "SECONDS")]
        wait: u64,
    },
    /// Shows what is in a store. Changes nothing
    Dump {
        dir: PathBuf,
        /// A JSON object a line
        #[arg(long, global = true)]
        json: bool,
        /// How long to wait for a program that has the store open, in seconds
        #[arg(long, default_value_t = 0, value_name = "SECONDS", global = true)]
        wait: u64,
        #[command(subcommand)]
        what: Option<What>,
    },
    /// Writes a pool as a stream: objects, clones, snapshots, attributes, omap, applications
    ///
    /// Data is written once where clones share it, and holes not at all. The stream has checksums, but is not
    /// compressed.
    Export {
        dir: PathBuf,
        /// Its name, or its id
        pool: String,
        /// `-`: standard output
        file: PathBuf,
        /// How long to wait for a program that has the store open, in seconds
        #[arg(long, default_value_t = 0, value_name = "SECONDS")]
        wait: u64,
    },
    /// Makes a pool of a stream that `export` wrote
    ///
    /// The pool must be new or empty. It is there when all of the stream has arrived and is durable; until then nobody
    /// sees anything of it, and what arrived is removed where the import fails or is cut short.
    #[command(
        after_help = "A new pool keeps the id it had where that is free: images that are clones name their parent's pool by id."
    )]
    Import {
        dir: PathBuf,
        /// The pool to make, or to fill
        pool: String,
        /// `-`: standard input
        file: PathBuf,
        /// Says what was imported as a JSON object
        #[arg(long)]
        json: bool,
        /// How long to wait for a program that has the store open, in seconds
        #[arg(long, default_value_t = 0, value_name = "SECONDS")]
        wait: u64,
    },
}

#[derive(Subcommand)]
enum What {
    /// The whole of it: versions, ids, sums, pools (what is shown if nothing is said)
    Store,
    /// Pools, with their snapshots and applications
    Pools,
    /// All objects, of a pool or of all: parts, sizes, attributes, omap
    Objects {
        /// Name or id
        pool: Option<String>,
        /// Read all of it, and show the crc32c of data, attributes and omap of each part
        #[arg(long)]
        digests: bool,
    },
    /// One object
    Object {
        #[command(flatten)]
        at: At,
        /// Read all of it, and show the crc32c of data, attributes and omap of each part
        #[arg(long)]
        digests: bool,
    },
    /// Where in the file `data` the parts of one object are
    Extents {
        #[command(flatten)]
        at: At,
    },
    /// The frames of the log that the checkpoint does not have
    Log,
    /// The store's own records
    Records,
}

#[derive(Args)]
struct At {
    /// Name or id
    pool: String,
    name: String,
    #[arg(short = 'N', long, default_value = "")]
    namespace: String,
    /// The locator key
    #[arg(short = 'l', long, default_value = "")]
    locator: String,
}

/// It could not be done.
const TROUBLE: u8 = 2;

fn main() -> ExitCode {
    let done = match Cli::parse().verb {
        Verb::Init { dir, pool, conf } => {
            let made = init::init(&dir, &pool).map_err(|err| told(&dir, err.into()));
            let made = made.and_then(|()| match conf {
                Some(file) => {
                    init::write_conf(&file, &dir).map_err(|err| format!("{}: {err}", file.display()))
                }
                None => Ok(()),
            });
            // As it always was.
            made.map(|()| ExitCode::SUCCESS).or_else(|text| {
                complain(&text);
                Ok(ExitCode::FAILURE)
            })
        }
        Verb::Check { dir, json, wait } => check(&dir, json, wait),
        Verb::Dump { dir, json, wait, what } => {
            dump(&dir, &what.unwrap_or(What::Store), json, wait).map(|()| ExitCode::SUCCESS)
        }
        Verb::Export { dir, pool, file, wait } => {
            export(&dir, &pool, &file, wait).map(|()| ExitCode::SUCCESS)
        }
        Verb::Import { dir, pool, file, json, wait } => {
            import(&dir, &pool, &file, json, wait).map(|()| ExitCode::SUCCESS)
        }
    };
    done.unwrap_or_else(|text: String| {
        complain(&text);
        ExitCode::from(TROUBLE)
    })
}

fn complain(text: &str) {
    eprintln!("sepiola-store: {text}");
}

/// An error of a store, in words.
fn told(dir: &Path, err: Error) -> String {
    let place = dir.display();
    match err {
        Error::Store(Errno::EBUSY) => {
            let owner = std::fs::read_to_string(dir.join("lock")).unwrap_or_default();
            let owner = if owner.trim().is_empty() {
                "another process"
            } else {
                &format!("process {}", owner.trim())
            };
            format!("{place}: {owner} has the store open")
        }
        Error::Store(Errno::ENOENT) => format!("{place}: there is no store"),
        Error::Store(Errno::EIO) => format!("{place}: damaged; `sepiola-store check` says where"),
        Error::Store(Errno::EPROTONOSUPPORT) => {
            format!("{place}: the store is of a version that this program does not know")
        }
        Error::Store(err) => format!("{place}: {err}"),
        err => err.to_string(),
    }
}

fn check(dir: &Path, json: bool, wait: u64) -> Result<ExitCode, String> {
    let mut bar = Bar::new();
    let report = offline::check(dir, Duration::from_secs(wait), &mut |progress| bar.show(progress));
    bar.clear();
    let report = report.map_err(|err| told(dir, err.into()))?;
    let text = if json { format!("{}\n", report::as_json(&report)) } else { report::as_text(&report) };
    match io::stdout().write_all(text.as_bytes()) {
        Err(err) if err.kind() != io::ErrorKind::BrokenPipe => return Err(err.to_string()),
        _ => {}
    }
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn dump(dir: &Path, what: &What, json: bool, wait: u64) -> Result<(), String> {
    let dump = Dump::open(dir, Duration::from_secs(wait)).map_err(|err| told(dir, err))?;
    let mut out = Out::new(json);
    let shown = show::show(&dump, what, &mut out).map_err(|err| told(dir, err));
    out.finish().map_err(|err| err.to_string())?;
    shown
}

fn export(dir: &Path, pool: &str, file: &Path, wait: u64) -> Result<(), String> {
    let mut bar = Bar::new();
    let wait = Duration::from_secs(wait);
    let place = |err: io::Error| format!("{}: {err}", file.display());
    if file == Path::new("-") {
        let out = io::BufWriter::with_capacity(1 << 20, io::stdout().lock());
        let done = offline::export(dir, wait, pool, out, &mut |progress| bar.show(progress));
        bar.clear();
        return done.map(|_| ()).map_err(|err| told(dir, err));
    }
    let made = File::create(file).map_err(place)?;
    let out = io::BufWriter::with_capacity(1 << 20, &made);
    let done = offline::export(dir, wait, pool, out, &mut |progress| bar.show(progress));
    bar.clear();
    match done {
        Ok(_) => made.sync_all().or_else(|err| match err.kind() {
            // A pipe by name, or the like.
            io::ErrorKind::InvalidInput => Ok(()),
            _ => Err(place(err)),
        }),
        Err(err) => {
            if made.metadata().is_ok_and(|found| found.is_file()) {
                let _ = std::fs::remove_file(file);
            }
            Err(told(dir, err))
        }
    }
}

fn import(dir: &Path, pool: &str, file: &Path, json: bool, wait: u64) -> Result<(), String> {
    let mut bar = Bar::new();
    let wait = Duration::from_secs(wait);
    let done = if file == Path::new("-") {
        let input = io::BufReader::with_capacity(1 << 20, io::stdin().lock());
        offline::import(dir, wait, pool, input, None, &mut |progress| bar.show(progress))
    } else {
        let found = File::open(file).map_err(|err| format!("{}: {err}", file.display()))?;
        let total = found.metadata().ok().filter(|found| found.is_file()).map(|found| found.len());
        let input = io::BufReader::with_capacity(1 << 20, found);
        offline::import(dir, wait, pool, input, total, &mut |progress| bar.show(progress))
    };
    bar.clear();
    let imported = done.map_err(|err| told(dir, err))?;
    if json {
        println!("{}", serde_json::to_string(&imported).unwrap_or_default());
    }
    if imported.id != imported.exported_id {
        complain(&format!(
            "pool '{}' has the id {} here; it had {}, which images that are clones may refer to",
            imported.pool, imported.id, imported.exported_id
        ));
    }
    Ok(())
}
