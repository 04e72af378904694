//! Flag words and release numbers.

use std::fmt;

use denc::{Decode, Reader, Result};

bitflags::bitflags! {
    /// Of the whole cluster (`CEPH_OSDMAP_*`). Bits without a name are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct MapFlags: u32 {
        const NEARFULL = 1 << 0;
        const FULL = 1 << 1;
        const PAUSERD = 1 << 2;
        const PAUSEWR = 1 << 3;
        const PAUSEREC = 1 << 4;
        const NOUP = 1 << 5;
        const NODOWN = 1 << 6;
        const NOOUT = 1 << 7;
        const NOIN = 1 << 8;
        const NOBACKFILL = 1 << 9;
        const NORECOVER = 1 << 10;
        const NOSCRUB = 1 << 11;
        const NODEEP_SCRUB = 1 << 12;
        const NOTIERAGENT = 1 << 13;
        const NOREBALANCE = 1 << 14;
        const SORTBITWISE = 1 << 15;
        const REQUIRE_JEWEL = 1 << 16;
        const REQUIRE_KRAKEN = 1 << 17;
        const REQUIRE_LUMINOUS = 1 << 18;
        const RECOVERY_DELETES = 1 << 19;
        const PURGED_SNAPDIRS = 1 << 20;
        const NOSNAPTRIM = 1 << 21;
        const PGLOG_HARDLIMIT = 1 << 22;
        const NOAUTOSCALE = 1 << 23;
        const _ = !0;
    }

    /// Of one pool (`pg_pool_t::FLAG_*`). Bits without a name are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct PoolFlags: u64 {
        /// The pool's id is hashed into the placement seed.
        const HASHPSPOOL = 1 << 0;
        const FULL = 1 << 1;
        const EC_OVERWRITES = 1 << 2;
        const INCOMPLETE_CLONES = 1 << 3;
        const NODELETE = 1 << 4;
        const NOPGCHANGE = 1 << 5;
        const NOSIZECHANGE = 1 << 6;
        const WRITE_FADVISE_DONTNEED = 1 << 7;
        const NOSCRUB = 1 << 8;
        const NODEEP_SCRUB = 1 << 9;
        /// Full by quota; [`PoolFlags::FULL`] is set too.
        const FULL_QUOTA = 1 << 10;
        const NEARFULL = 1 << 11;
        const BACKFILLFULL = 1 << 12;
        const SELFMANAGED_SNAPS = 1 << 13;
        const POOL_SNAPS = 1 << 14;
        const CREATING = 1 << 15;
        /// Every request fails with `EIO`.
        const EIO = 1 << 16;
        const BULK = 1 << 17;
        const CRIMSON = 1 << 18;
        const EC_OPTIMIZATIONS = 1 << 19;
        const _ = !0;
    }

    /// Of one OSD (`CEPH_OSD_*`). Bits without a name are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct OsdState: u32 {
        const EXISTS = 1 << 0;
        const UP = 1 << 1;
        const AUTOOUT = 1 << 2;
        const NEW = 1 << 3;
        const FULL = 1 << 4;
        const NEARFULL = 1 << 5;
        const BACKFILLFULL = 1 << 6;
        const DESTROYED = 1 << 7;
        const NOUP = 1 << 8;
        const NODOWN = 1 << 9;
        const NOIN = 1 << 10;
        const NOOUT = 1 << 11;
        const STOP = 1 << 12;
        const _ = !0;
    }
}

impl MapFlags {
    /// What the releases before 12 said by flags, and later ones by number.
    pub(crate) const LEGACY_REQUIRE: MapFlags =
        MapFlags::REQUIRE_JEWEL.union(MapFlags::REQUIRE_KRAKEN).union(MapFlags::REQUIRE_LUMINOUS);
}

/// A major release of Ceph by its number, 16 for Pacific; 0 for unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub u8);

impl Release {
    pub const JEWEL: Release = Release(10);
    pub const KRAKEN: Release = Release(11);
    pub const LUMINOUS: Release = Release(12);
    pub const NAUTILUS: Release = Release(14);
    pub const QUINCY: Release = Release(Release::QUINCY_NUMBER);
    pub(crate) const QUINCY_NUMBER: u8 = 17;

    const FIRST_NAMED: u8 = 10;
    const NAMES: [&str; 11] = [
        "jewel", "kraken", "luminous", "mimic", "nautilus", "octopus", "pacific", "quincy", "reef", "squid",
        "tentacle",
    ];
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            self.0.checked_sub(Release::FIRST_NAMED).and_then(|at| Release::NAMES.get(usize::from(at)));
        f.write_str(name.unwrap_or(&"unknown"))
    }
}

/// Negative numbers once stood for unknown.
impl Decode for Release {
    fn decode(from: &mut Reader) -> Result<Release> {
        let number = from.get::<i8>()?;
        Ok(Release(u8::try_from(number).unwrap_or(0)))
    }
}
