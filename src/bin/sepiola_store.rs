//! `sepiola-store`: looks after an embedded store from the command line.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, io};

use clap::{Parser, Subcommand};
use ops::{Errno, ObjectStore, Result};
use store::AttachOptions;

/// Looks after an embedded object store.
#[derive(Parser)]
#[command(version)]
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
}

fn main() -> ExitCode {
    let Verb::Init { dir, pool, conf } = Cli::parse().verb;
    let made = init(&dir, &pool).map_err(|err| format!("{}: {err}", dir.display()));
    let made = made.and_then(|()| match conf {
        Some(file) => write_conf(&file, &dir).map_err(|err| format!("{}: {err}", file.display())),
        None => Ok(()),
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("sepiola-store: {text}");
            ExitCode::FAILURE
        }
    }
}

fn init(dir: &Path, pools: &[String]) -> Result<()> {
    fs::create_dir_all(dir)?;
    store::initialise(dir)?;
    if pools.is_empty() {
        return Ok(());
    }
    let client = store::attach(dir, &AttachOptions { wait: Duration::ZERO, entity: "client.admin".into() })?;
    let made = pools.iter().try_for_each(|name| create_pool(client.as_ref(), name));
    client.shutdown();
    made
}

fn create_pool(client: &dyn ObjectStore, name: &str) -> Result<()> {
    let id = wait(|done| client.pool_create(name, None, done))?;
    wait(|done| client.application_enable(id, name, true, done))
}

/// Runs a call of the seam and waits for its closure.
fn wait<T: Send + 'static>(call: impl FnOnce(ops::OnResult<T>)) -> Result<T> {
    let (send, receive) = mpsc::channel();
    call(Box::new(move |result| drop(send.send(result))));
    receive.recv().unwrap_or(Err(Errno::ESHUTDOWN))
}

fn write_conf(file: &Path, dir: &Path) -> io::Result<()> {
    let dir = fs::canonicalize(dir)?;
    fs::write(file, format!("[global]\nsepiola store = {}\n", dir.display()))
}
