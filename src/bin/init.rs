//! Making a store.

use std::path::Path;
use std::sync::mpsc;
use std::{fs, io};

use ops::{Errno, ObjectStore, Result};
use store::AttachOptions;

pub fn init(dir: &Path, pools: &[String]) -> Result<()> {
    fs::create_dir_all(dir)?;
    store::initialise(dir)?;
    if pools.is_empty() {
        return Ok(());
    }
    let client = store::attach(dir, &AttachOptions::default())?;
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

pub fn write_conf(file: &Path, dir: &Path) -> io::Result<()> {
    let dir = fs::canonicalize(dir)?;
    fs::write(file, format!("[global]\nsepiola store = {}\n", dir.display()))
}
