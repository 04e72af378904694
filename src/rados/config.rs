//! A client's configuration: values of options by where they were set, read from files, arguments, the
//! environment and the program.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ops::{Errno, Result};
use parking_lot::RwLock;

use crate::options::{self, OptionSpec};

mod args;
mod expand;
mod file;
mod name;
mod value;

use file::ConfFile;
pub use name::EntityName;
pub(crate) use value::level_numbers;
pub use value::{Value, features};

/// Where a value was set. Later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Default,
    /// From the monitors' configuration database.
    Mon,
    File,
    /// From `CEPH_ARGS` and other variables.
    Env,
    CommandLine,
    /// By the program: `rados_conf_set`.
    Override,
}

const DEFAULT_FILES: &str = "/etc/ceph/$cluster.conf, $home/.ceph/$cluster.conf, $cluster.conf";

type Observer = Arc<dyn Fn(&Config) + Send + Sync>;

/// Shared by a cluster handle and whoever asks it; every method may be called from any thread.
pub struct Config {
    inner: RwLock<Inner>,
    observers: RwLock<Vec<Observer>>,
}

pub(crate) struct Inner {
    /// Unique within the process: `$cctid`.
    id: u64,
    name: EntityName,
    /// Empty until a file was read, where the caller gave none.
    cluster: String,
    /// Values set, lowest level first.
    values: HashMap<&'static str, Vec<(Level, Value)>>,
    /// Connected: options that are not for run time stay as they are.
    frozen: bool,
}

impl Inner {
    /// The value that counts, `$` not filled in.
    fn raw(&self, option: &'static OptionSpec) -> Value {
        match self.values.get(option.name).and_then(|values| values.last()) {
            Some((_, value)) => value.clone(),
            None if option.name == "host" => Value::Str(expand::hostname()),
            None => option.default_value(),
        }
    }

    fn put(&mut self, option: &'static OptionSpec, level: Level, text: &str) -> Result<()> {
        let value = option.parse(text)?;
        if self.frozen && !option.runtime && value != self.raw(option) {
            tracing::error!(target: "rados", "option {} may not change after connecting", option.name);
            return Err(Errno::EPERM);
        }
        let values = self.values.entry(option.name).or_default();
        match values.binary_search_by_key(&level, |(level, _)| *level) {
            Ok(at) => values[at].1 = value,
            Err(at) => values.insert(at, (level, value)),
        }
        Ok(())
    }
}

impl Config {
    /// `cluster` may be empty: the name of the file read decides then.
    pub fn new(name: EntityName, cluster: &str) -> Config {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let inner = Inner {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            name,
            cluster: cluster.into(),
            values: HashMap::new(),
            frozen: false,
        };
        Config { inner: RwLock::new(inner), observers: RwLock::default() }
    }

    /// `observer` runs after every change, once it is visible.
    pub fn observe(&self, observer: impl Fn(&Config) + Send + Sync + 'static) {
        self.observers.write().push(Arc::new(observer));
    }

    fn changed(&self) {
        let observers = self.observers.read().clone();
        observers.iter().for_each(|observer| observer(self));
    }

    /// From now on options that are not for run time cannot change.
    pub fn freeze(&self) {
        self.inner.write().frozen = true;
    }

    pub fn is_frozen(&self) -> bool {
        self.inner.read().frozen
    }

    pub fn name(&self) -> EntityName {
        self.inner.read().name.clone()
    }

    pub fn cluster_name(&self) -> String {
        self.inner.read().cluster.clone()
    }

    /// As `rados_conf_set`. `-ENOENT`: no such option; `-EINVAL`, `-ERANGE`: not a value of it; `-EPERM`: it
    /// cannot change after connecting.
    pub fn set(&self, name: &str, value: &str) -> Result<()> {
        let option = lookup(name)?;
        self.inner.write().put(option, Level::Override, value)?;
        self.changed();
        Ok(())
    }

    /// Sets all values of a level anew. Options that are not known, and values that do not suit them or may not change
    /// any more, are logged and passed over.
    pub fn replace(&self, level: Level, values: &BTreeMap<String, String>) {
        let mut inner = self.inner.write();
        let frozen = inner.frozen;
        for (name, set) in &mut inner.values {
            if !frozen || options::find(name).is_some_and(|option| option.runtime) {
                set.retain(|(at, _)| *at != level);
            }
        }
        for (name, text) in values {
            let put = lookup(name).and_then(|option| inner.put(option, level, text));
            if let Err(e) = put {
                tracing::debug!(target: "rados", "option {name} of level {level:?}: {e:?}");
            }
        }
        drop(inner);
        self.changed();
    }

    /// As `rados_conf_get`: the value printed, with `$` filled in. `-ENOENT`: no such option.
    pub fn get(&self, name: &str) -> Result<String> {
        self.value(name).map(|value| value.to_string())
    }

    /// The value with `$` filled in. `-ENOENT`: no such option.
    pub fn value(&self, name: &str) -> Result<Value> {
        let option = lookup(name)?;
        Ok(expand::value(&self.inner.read(), option, &mut Vec::new()))
    }

    /// Where the value in force was set.
    pub fn source(&self, name: &str) -> Result<Level> {
        let option = lookup(name)?;
        let inner = self.inner.read();
        let values = inner.values.get(option.name);
        Ok(values.and_then(|values| values.last()).map_or(Level::Default, |(level, _)| *level))
    }

    /// Text of a known option; empty for an unknown one. The same holds for the getters below, with zero.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.typed(name, Value::as_bool)
    }

    pub fn number(&self, name: &str) -> u64 {
        self.typed(name, Value::as_u64)
    }

    pub fn float(&self, name: &str) -> f64 {
        self.typed(name, Value::as_f64)
    }

    /// Seconds or milliseconds, whichever the option is given in.
    pub fn duration(&self, name: &str) -> Duration {
        self.typed(name, Value::as_duration)
    }

    fn typed<T: Default>(&self, name: &str, read: fn(&Value) -> Option<T>) -> T {
        debug_assert!(options::find(name).is_some(), "no option {name}");
        self.value(name).ok().as_ref().and_then(read).unwrap_or_default()
    }

    /// Fills in `$` in a text that is no option's value.
    pub fn expand(&self, text: &str) -> String {
        expand::expand(&self.inner.read(), text, &mut Vec::new())
    }

    /// Reads the first file of `paths` (between commas or semicolons) that exists; without `paths`, of
    /// `$CEPH_CONF`, or of the places where Ceph looks. Then the environment is read again.
    ///
    /// `-ENOENT`: no such file; `-EINVAL`: it cannot be parsed; `-ENOSYS`: connected already. Values that
    /// do not suit their options, and unknown options, are logged and passed over.
    pub fn read_file(&self, paths: Option<&str>) -> Result<()> {
        let mut inner = self.inner.write();
        if inner.frozen {
            return Err(Errno::ENOSYS);
        }
        if inner.cluster.is_empty() && paths.is_none() {
            inner.cluster = "ceph".into();
        }
        let paths = match paths {
            Some(paths) => paths.to_owned(),
            None => std::env::var("CEPH_CONF").unwrap_or_else(|_| DEFAULT_FILES.into()),
        };
        let (path, text) = paths
            .split([',', ';'])
            .map(str::trim_ascii)
            .filter(|path| !path.is_empty() && !path.contains("$data_dir"))
            .map(|path| expand::expand(&inner, path, &mut Vec::new()))
            .find_map(|path| read_text(Path::new(&path)).transpose().map(|text| (path, text)))
            .ok_or(Errno::ENOENT)?;
        let file = text.and_then(|text| {
            ConfFile::parse(&text).map_err(|e| {
                tracing::error!(target: "rados", "{path}: line {}: {}", e.line, e.what);
                Errno::from(e)
            })
        })?;
        if inner.cluster.is_empty() {
            let base = path.rsplit('/').next().unwrap_or_default();
            inner.cluster = base.find(".conf").map_or("ceph", |end| &base[..end]).into();
        }
        let sections = [inner.name.to_string(), inner.name.kind().into(), "global".into()];
        for option in options::all() {
            if let Some(text) = file.get(&sections, option.name)
                && let Err(e) = inner.put(option, Level::File, text)
            {
                tracing::error!(target: "rados", "{path}: {} = {text}: {e:?}", option.name);
            }
        }
        for (section, key) in file.keys() {
            if sections.iter().any(|mine| mine == section) && options::find(key).is_none() {
                tracing::debug!(target: "rados", "{path}: unknown option {key}");
            }
        }
        args::environment(&mut inner, "CEPH_ARGS");
        drop(inner);
        self.changed();
        Ok(())
    }

    /// Takes what are options of ours out of a program's arguments, up to `--`, and returns the indices of
    /// those it left. `args` is without the program's name.
    ///
    /// `-EINVAL`: an option without its argument, or with a bad one (those before it stay in force);
    /// `-ENOSYS`: connected already.
    pub fn parse_args(&self, args: &[&str]) -> Result<Vec<usize>> {
        let mut inner = self.inner.write();
        if inner.frozen {
            return Err(Errno::ENOSYS);
        }
        let left = args::parse(&mut inner, args, Level::CommandLine);
        drop(inner);
        self.changed();
        left
    }

    /// Reads `CEPH_KEYRING`, `CEPH_LIB`, and arguments from the variable `var` (`CEPH_ARGS` where `None`).
    /// Nothing happens once connected.
    pub fn parse_env(&self, var: Option<&str>) {
        let mut inner = self.inner.write();
        if inner.frozen {
            return;
        }
        args::environment(&mut inner, var.unwrap_or("CEPH_ARGS"));
        drop(inner);
        self.changed();
    }
}

fn lookup(name: &str) -> Result<&'static OptionSpec> {
    if name.is_empty() {
        return Err(Errno::EINVAL);
    }
    // Blanks stand for underscores, dashes do not, as in Ceph's `rados_conf_set`.
    let words: Vec<&str> = name.split_ascii_whitespace().collect();
    options::find(name).or_else(|| options::find(&words.join("_"))).ok_or(Errno::ENOENT)
}

/// The bytes of a file; nothing of a device; `None` where there is no file.
fn read_text(path: &Path) -> Result<Option<Vec<u8>>> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    const MAX_SIZE: u64 = 1 << 30;
    let meta = match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => return Ok(None),
        Ok(meta) => meta,
        Err(e) if matches!(e.kind(), NotFound | NotADirectory) => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    if !meta.is_file() {
        return Ok(Some(Vec::new()));
    }
    if meta.len() > MAX_SIZE {
        return Err(Errno::EINVAL);
    }
    Ok(Some(std::fs::read(path)?))
}

#[cfg(test)]
#[path = "config/config_tests.rs"]
mod tests;
