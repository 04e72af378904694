//! Where log lines of the library go: files and stderr, as `log_file`, `log_to_stderr`, `err_to_stderr`,
//! `debug_rados` and `debug_rbd` say.
//!
//! Rooms log through `tracing`. One subscriber serves the whole process; every cluster handle adds its own
//! settings, and a line goes to each file once, however many handles name it. Levels stand for Ceph's:
//! error -1, warn 0, info 1, debug 10, trace 20.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Once};

use ops::Timespec;
use parking_lot::Mutex;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber, span};

use crate::config::{Config, level_numbers};

/// Nothing is logged at or below this.
const SILENT: i64 = -2;

/// What one cluster handle wants logged. Ends when dropped.
pub(crate) struct Log {
    settings: Arc<Mutex<Settings>>,
}

struct Settings {
    file: Option<PathBuf>,
    /// The highest level of each subsystem that goes to the file.
    rados: i64,
    rbd: i64,
    /// The highest level that goes to stderr.
    stderr: i64,
    stderr_prefix: String,
    fine: bool,
}

struct Output {
    path: PathBuf,
    file: Option<File>,
}

#[derive(Default)]
struct Registry {
    handles: Vec<Arc<Mutex<Settings>>>,
    outputs: Vec<Output>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry { handles: Vec::new(), outputs: Vec::new() });
/// The highest level that any handle wants, by subsystem.
static RADOS_LEVEL: AtomicI64 = AtomicI64::new(SILENT);
static RBD_LEVEL: AtomicI64 = AtomicI64::new(SILENT);

impl Log {
    pub fn new(config: &Config) -> Log {
        static INSTALL: Once = Once::new();
        // Where the host program is in Rust and has a subscriber of its own, that one keeps its place.
        INSTALL.call_once(|| drop(tracing::subscriber::set_global_default(ToSinks)));
        let settings = Arc::new(Mutex::new(Settings {
            file: None,
            rados: 0,
            rbd: 0,
            stderr: SILENT,
            stderr_prefix: String::new(),
            fine: false,
        }));
        REGISTRY.lock().handles.push(Arc::clone(&settings));
        let log = Log { settings };
        log.update(config);
        log
    }

    /// Takes over what `config` says now.
    pub fn update(&self, config: &Config) {
        let level = |name| level_numbers(&config.text(name)).0;
        let file = config.text("log_file");
        let mut settings = self.settings.lock();
        settings.file = (config.flag("log_to_file") && !file.is_empty()).then(|| file.into());
        settings.rados = level("debug_rados");
        settings.rbd = level("debug_rbd");
        settings.stderr = match () {
            () if config.flag("log_to_stderr") => i64::MAX,
            () if config.flag("err_to_stderr") => -1,
            () => SILENT,
        };
        settings.stderr_prefix = config.text("log_stderr_prefix");
        settings.fine = !config.flag("log_coarse_timestamps");
        drop(settings);
        recompute();
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        REGISTRY.lock().handles.retain(|handle| !Arc::ptr_eq(handle, &self.settings));
        recompute();
    }
}

impl Settings {
    fn of(&self, subsystem: Subsystem) -> i64 {
        match subsystem {
            Subsystem::Rados => self.rados,
            Subsystem::Rbd => self.rbd,
        }
    }

    fn wanted(&self, subsystem: Subsystem) -> i64 {
        let limit = if self.file.is_some() { i64::MAX } else { self.stderr };
        self.of(subsystem).min(limit)
    }
}

fn recompute() {
    let mut registry = REGISTRY.lock();
    for (subsystem, level) in [(Subsystem::Rados, &RADOS_LEVEL), (Subsystem::Rbd, &RBD_LEVEL)] {
        let highest = registry.handles.iter().map(|handle| handle.lock().wanted(subsystem)).max();
        level.store(highest.unwrap_or(SILENT), Ordering::Relaxed);
    }
    let Registry { handles, outputs } = &mut *registry;
    outputs.retain(|output| handles.iter().any(|handle| handle.lock().file.as_ref() == Some(&output.path)));
    drop(registry);
    tracing::callsite::rebuild_interest_cache();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Subsystem {
    Rados,
    Rbd,
}

impl Subsystem {
    fn of(target: &str) -> Subsystem {
        if target.starts_with("rbd") { Subsystem::Rbd } else { Subsystem::Rados }
    }

    fn level(self) -> i64 {
        match self {
            Subsystem::Rados => RADOS_LEVEL.load(Ordering::Relaxed),
            Subsystem::Rbd => RBD_LEVEL.load(Ordering::Relaxed),
        }
    }
}

fn ceph_level(level: &Level) -> i64 {
    match *level {
        Level::ERROR => -1,
        Level::WARN => 0,
        Level::INFO => 1,
        Level::DEBUG => 10,
        Level::TRACE => 20,
    }
}

struct ToSinks;

impl Subscriber for ToSinks {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.is_event() && self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        ceph_level(metadata.level()) <= Subsystem::of(metadata.target()).level()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(match Subsystem::Rados.level().max(Subsystem::Rbd.level()) {
            ..=-2 => LevelFilter::OFF,
            -1 => LevelFilter::ERROR,
            0 => LevelFilter::WARN,
            1..=9 => LevelFilter::INFO,
            10..=19 => LevelFilter::DEBUG,
            20.. => LevelFilter::TRACE,
        })
    }

    fn event(&self, event: &Event<'_>) {
        write(event);
    }

    // Spans say nothing in these logs.
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

fn write(event: &Event<'_>) {
    let subsystem = Subsystem::of(event.metadata().target());
    let level = ceph_level(event.metadata().level());
    let mut text = Text(String::new());
    event.record(&mut text);
    let mut registry = REGISTRY.lock();
    let Registry { handles, outputs } = &mut *registry;
    let mut on_stderr = false;
    let mut seen: Vec<PathBuf> = Vec::new();
    for handle in handles.iter() {
        let settings = handle.lock();
        if level > settings.of(subsystem) {
            continue;
        }
        let line = || line(event.metadata().target(), level, &text.0, settings.fine);
        if level <= settings.stderr && !on_stderr {
            on_stderr = true;
            let _ = write!(std::io::stderr(), "{}{}", settings.stderr_prefix, line());
        }
        if let Some(path) = settings.file.as_ref().filter(|path| !seen.contains(path)) {
            seen.push(path.clone());
            let at = outputs.iter().position(|output| output.path == *path).unwrap_or_else(|| {
                let file = OpenOptions::new().append(true).create(true).open(path);
                if let Err(e) = &file {
                    let _ = writeln!(std::io::stderr(), "cannot open log file {}: {e}", path.display());
                }
                outputs.push(Output { path: path.clone(), file: file.ok() });
                outputs.len() - 1
            });
            if let Some(file) = outputs.get_mut(at).and_then(|output| output.file.as_mut()) {
                // A log that cannot be written is no reason to fail what is logged.
                let _ = file.write_all(line().as_bytes());
            }
        }
    }
}

/// `2026-11-21T22:16:41.363+0000 7f66d6a7f200 -1 rados: TEXT`, with the line feed.
fn line(target: &str, level: i64, text: &str, fine: bool) -> String {
    thread_local!(static THREAD: u8 = const { 0 });
    let thread = THREAD.try_with(|here| std::ptr::from_ref(here).addr()).unwrap_or(0);
    format!("{} {thread:x} {level:>2} {target}: {text}\n", stamp(Timespec::now(), fine))
}

/// In UTC: a library has no business with the time zone of its host. To the millisecond, unless `fine`.
fn stamp(time: Timespec, fine: bool) -> String {
    let mut text = time.to_string();
    if !fine && let Some(zone) = text.rfind('+') {
        text.replace_range(zone - 3..zone, "");
    }
    text
}

/// The message, then the other fields as `name=value`.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = match field.name() {
            "message" => write!(self.0, "{value}"),
            name => write!(self.0, " {name}={value}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EntityName;

    fn logged(settings: &[(&str, &str)], say: impl FnOnce()) -> String {
        let dir = tempfile::tempdir().expect("a directory for the log");
        let config = Config::new(EntityName::client(Some("log")), "zed");
        let path = dir.path().join("$cluster-$name.log");
        config.set("log_file", path.to_str().expect("a path in UTF-8")).expect("a path");
        for (name, value) in settings {
            config.set(name, value).expect("a good value");
        }
        let log = Log::new(&config);
        say();
        drop(log);
        std::fs::read_to_string(dir.path().join("zed-client.log.log")).unwrap_or_default()
    }

    #[test]
    fn levels_choose_lines() {
        let quiet = [("err_to_stderr", "false")];
        let text = logged(&quiet, || {
            tracing::error!(target: "rados", "bad thing {}", 1);
            tracing::warn!(target: "rbd", size = 5, "odd thing");
            tracing::info!(target: "rbd", "small thing");
        });
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().any(|line| line.ends_with(" -1 rados: bad thing 1")), "{text}");
        assert!(lines.iter().any(|line| line.ends_with("  0 rbd: odd thing size=5")), "{text}");
        assert!(!text.contains("small thing"), "{text}");

        let text = logged(&[("err_to_stderr", "false"), ("debug_rbd", "10")], || {
            tracing::debug!(target: "rbd", "detail of images");
            tracing::trace!(target: "rbd", "detail of details");
            tracing::debug!(target: "rados", "detail of objects");
        });
        assert!(text.contains("detail of images"), "{text}");
        assert!(!text.contains("detail of details"), "{text}");
        assert!(!text.contains("detail of objects"), "{text}");
    }

    #[test]
    fn stamps_are_to_the_millisecond_or_fine() {
        let time = Timespec { sec: 1_709_251_199, nsec: 1_500_999 };
        assert_eq!(stamp(time, false), "2024-02-29T23:59:59.001+0000");
        assert_eq!(stamp(time, true), "2024-02-29T23:59:59.001500+0000");
    }
}
