//! The map of the monitors.

use std::collections::BTreeMap;

use denc::entity::{EntityAddr, EntityAddrs};
use denc::{Bytes, Decode, Reader};
use ops::Timespec;

use crate::messages::mon::Fsid;

/// A monitor and its addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Monitor {
    pub name: String,
    pub addrs: EntityAddrs,
    /// Those with lower ones are tried first.
    pub priority: u16,
    /// Of one priority, those with higher ones are tried more often. All 0: all alike.
    pub weight: u16,
}

impl Monitor {
    /// Where it speaks the second protocol.
    pub fn v2(&self) -> Option<&EntityAddr> {
        self.addrs.of_kind(EntityAddr::MSGR2)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonMap {
    pub fsid: Fsid,
    /// 0: not from a monitor, but from the configuration.
    pub epoch: u32,
    /// By rank.
    pub monitors: Vec<Monitor>,
}

impl Decode for MonMap {
    const MIN: usize = 22;

    fn decode(from: &mut Reader) -> denc::Result<MonMap> {
        from.envelope(u8::MAX, |version, body| {
            let (fsid, epoch) = (body.get()?, body.get()?);
            if version < 6 {
                // Of releases before 14.
                return Err(denc::DecodeError::Malformed("monmap version"));
            }
            let (_changed, _created): (Timespec, Timespec) = body.get()?;
            for _ in 0..2 {
                // Features, persistent and optional.
                body.envelope(u8::MAX, |_, _| Ok(()))?;
            }
            let mut infos: BTreeMap<Bytes, MonInfo> = body.get()?;
            let ranks: Vec<Bytes> = body.get()?;
            let monitors = ranks.iter().filter_map(|name| infos.remove(name)).map(|info| info.0).collect();
            Ok(MonMap { fsid, epoch, monitors })
        })
    }
}

/// `mon_info_t`
struct MonInfo(Monitor);

impl Decode for MonInfo {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<MonInfo> {
        from.envelope(u8::MAX, |version, body| {
            Ok(MonInfo(Monitor {
                name: body.get()?,
                addrs: body.get()?,
                priority: body.get_if_any()?.unwrap_or_default(),
                weight: if version >= 4 { body.get()? } else { 0 },
            }))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::*;

    fn run(root: &Path, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new(if root == Path::new("/") { "monmaptool" } else { "chroot" });
        if root != Path::new("/") {
            command.arg(root).arg("monmaptool");
        }
        let output = command.args(arguments).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// As `monmaptool --print` has them, but for the brackets, which it leaves out around a single address.
    fn lines(map: &MonMap) -> Vec<String> {
        let of =
            |(rank, monitor): (usize, &Monitor)| format!("{rank}: {} mon.{}", monitor.addrs, monitor.name);
        let head = [format!("epoch {}", map.epoch), format!("fsid {}", map.fsid)];
        head.into_iter().chain(map.monitors.iter().enumerate().map(of)).collect()
    }

    /// With the tools of the host, or of the releases installed under `CEPH_ROOTS` (paths between colons).
    #[test]
    fn maps_are_read_as_monmaptool_prints_them() {
        let roots = std::env::var("CEPH_ROOTS").unwrap_or_else(|_| "/".into());
        for root in roots.split(':').filter(|root| !root.is_empty()).map(Path::new) {
            let file = PathBuf::from(format!("/tmp/sepiola-monmap-{}", std::process::id()));
            let path = file.to_str().expect("a path of ours");
            let made = run(
                root,
                &[
                    "--create",
                    "--clobber",
                    "--fsid",
                    "d9892902-676d-4625-9d88-6aaece7b6c91",
                    "--addv",
                    "a",
                    "[v2:127.0.0.1:3300,v1:127.0.0.1:6789]",
                    "--addv",
                    "b.c",
                    "[v2:[::1]:4000/7]",
                    "--addv",
                    "old",
                    "[v1:10.0.0.1:6789]",
                    path,
                ],
            );
            let Some(printed) = made.and_then(|_| run(root, &["--print", path])) else {
                eprintln!("skipped: no monmaptool in {}", root.display());
                continue;
            };
            let inside = root.join(file.strip_prefix("/").expect("an absolute path"));
            let bytes = std::fs::read(&inside).expect("what monmaptool made");
            std::fs::remove_file(&inside).expect("what monmaptool made");
            let map: MonMap = denc::decode(&bytes.into()).expect("a map of monitors");
            let plain = |line: &str| line.replace("[v", "v").replace("/0]", "/0").replace("/7]", "/7");
            let numbered =
                |line: &&str| line.split(": ").next().is_some_and(|rank| rank.parse::<u32>().is_ok());
            let known = |line: &&str| line.starts_with("epoch") || line.starts_with("fsid") || numbered(line);
            let expected: Vec<_> = printed.lines().filter(known).map(plain).collect();
            let found: Vec<_> = lines(&map).iter().map(|line| plain(line)).collect();
            assert_eq!(found, expected, "{}", root.display());
        }
    }
}
