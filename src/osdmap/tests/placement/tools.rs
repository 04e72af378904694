//! Ceph's own tools.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;
use osdmap::Pg;

/// The tools of one release.
pub struct Tools {
    root: PathBuf,
    pub release: u8,
}

/// OSDs and their primary; -1: none.
type Set = (Vec<i32>, i32);

/// What `osdmaptool` says of a group.
#[derive(Debug, PartialEq, Eq)]
pub struct Placed {
    pub raw: Set,
    pub up: Set,
    pub acting: Set,
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ceph {} in {}", self.release, self.root.display())
    }
}

impl Tools {
    pub fn all() -> Vec<Tools> {
        let roots = std::env::var("CEPH_ROOTS").ok();
        let own = || {
            let found = Command::new("osdmaptool").arg("--version").output().is_ok();
            if found { "/".to_owned() } else { String::new() }
        };
        let roots = roots.unwrap_or_else(own);
        roots.split(':').filter(|root| !root.is_empty()).map(|root| Tools::new(Path::new(root))).collect()
    }

    fn new(root: &Path) -> Tools {
        let mut tools = Tools { root: root.to_owned(), release: 0 };
        // `ceph version 18.2.7 (…) reef (stable)`
        let version = tools.run("osdmaptool", &["--version"]);
        let major = version.split(' ').nth(2).and_then(|number| number.split('.').next());
        tools.release = major.and_then(|major| major.parse().ok()).unwrap_or_else(|| panic!("{version}"));
        tools
    }

    /// Standard output. A program that fails, fails the test.
    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = match self.root == Path::new("/") {
            true => Command::new(program),
            false => {
                let mut command = Command::new("chroot");
                command.arg(&self.root).arg(program);
                command
            }
        };
        let output = command.args(arguments).output().unwrap_or_else(|e| panic!("{program} in {self}: {e}"));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // A tool that crashes says why first, and then all it knows.
        let errors: String = String::from_utf8_lossy(&output.stderr).chars().take(2000).collect();
        assert!(
            output.status.success(),
            "{program} {arguments:?} in {self}: {}\n{text}{errors}",
            output.status
        );
        text
    }

    fn directory(&self) -> tempfile::TempDir {
        tempfile::Builder::new().prefix("osdmap-").tempdir_in(self.root.join("tmp")).unwrap()
    }

    /// The directory's name for programs inside the root.
    fn inside(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap();
        format!("/{}", path.display())
    }

    /// The CRUSH map that the text describes.
    pub fn compile(&self, text: &str) -> Vec<u8> {
        let directory = self.directory();
        let (source, target) = (directory.path().join("crush.txt"), directory.path().join("crush"));
        std::fs::write(&source, text).unwrap();
        let (source, target_inside) = (self.inside(&source), self.inside(&target));
        let unsafe_too = "--enable-unsafe-tunables";
        self.run("crushtool", &["--compile", &source, "-o", &target_inside, unsafe_too]);
        std::fs::read(&target).unwrap_or_else(|e| panic!("crushtool in {self}: {e}"))
    }

    /// Where `osdmaptool` places every group of the map.
    pub fn place(&self, map: &Bytes) -> Vec<(Pg, Placed)> {
        let directory = self.directory();
        let path = directory.path().join("map");
        std::fs::write(&path, map).unwrap();
        let text = self.run("osdmaptool", &[&self.inside(&path), "--test-map-pgs-dump-all"]);
        text.lines().filter_map(placement).collect()
    }

    /// Keeps what a failure was seen with.
    pub fn keep(&self, map: &Bytes, crush: &str) -> String {
        let kept = self.directory().keep();
        std::fs::write(kept.join("map"), map).unwrap();
        std::fs::write(kept.join("crush.txt"), crush).unwrap();
        kept.display().to_string()
    }
}

/// `1.2f raw ([1,2], p1) up ([1,2], p1) acting ([1,2], p1)`
fn placement(line: &str) -> Option<(Pg, Placed)> {
    let (pg, rest) = line.split_once(" raw (")?;
    let (raw, rest) = rest.split_once(" up (")?;
    let (up, acting) = rest.split_once(" acting (")?;
    Some((pg.parse().ok()?, Placed { raw: set(raw)?, up: set(up)?, acting: set(acting)? }))
}

fn set(text: &str) -> Option<Set> {
    let (osds, primary) = text.strip_prefix('[')?.strip_suffix(')')?.split_once("], p")?;
    let osds = osds.split(',').filter(|osd| !osd.is_empty()).map(str::parse).collect::<Result<_, _>>();
    Some((osds.ok()?, primary.parse().ok()?))
}
