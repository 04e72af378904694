//! Which replicas of an object serve an image's reads of data.

use ops::{RequestFlags, SNAP_HEAD};

/// As the options say. On an embedded store it means nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplicaReads {
    /// `rbd_read_from_replica_policy`. Where it says something, the others do not count.
    pub policy: RequestFlags,
    /// `rbd_balance_snap_reads`, or else `rbd_localize_snap_reads`.
    pub balance_snaps: bool,
    pub localize_snaps: bool,
    /// `rbd_balance_parent_reads`, or else `rbd_localize_parent_reads`: of what a clone reads from its parent.
    pub balance_parents: bool,
    pub localize_parents: bool,
}

impl ReplicaReads {
    /// Of reads at a snapshot, or of the head. `child`: what the clone asks for that this image is open for.
    pub(crate) fn flags(&self, snap: u64, child: RequestFlags) -> RequestFlags {
        if !self.policy.is_empty() {
            self.policy
        } else if snap == SNAP_HEAD {
            child
        } else {
            child | either(self.balance_snaps, self.localize_snaps)
        }
    }

    pub(crate) fn of_parents(&self) -> RequestFlags {
        either(self.balance_parents, self.localize_parents)
    }

    pub(crate) fn set_policy(&mut self, text: &str) {
        self.policy = either(text == "balance", text == "localize");
    }
}

fn either(balance: bool, localize: bool) -> RequestFlags {
    match (balance, localize) {
        (true, _) => RequestFlags::BALANCE_READS,
        (false, true) => RequestFlags::LOCALIZE_READS,
        (false, false) => RequestFlags::empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    #[test]
    fn snapshots_and_parents_have_options_of_their_own() {
        const NONE: RequestFlags = RequestFlags::empty();
        const BALANCE: RequestFlags = RequestFlags::BALANCE_READS;
        const LOCALIZE: RequestFlags = RequestFlags::LOCALIZE_READS;
        // Options, and what reads of the head, of a snapshot and of the parent's snapshot have.
        type Case<'a> = (&'a [(&'a str, &'a str)], [RequestFlags; 3]);
        let cases: [Case<'_>; 8] = [
            (&[], [NONE, NONE, NONE]),
            (&[("rbd_balance_snap_reads", "true")], [NONE, BALANCE, BALANCE]),
            (&[("rbd_localize_snap_reads", "true")], [NONE, LOCALIZE, LOCALIZE]),
            (
                &[("rbd_balance_snap_reads", "true"), ("rbd_localize_snap_reads", "true")],
                [NONE, BALANCE, BALANCE],
            ),
            (&[("rbd_balance_parent_reads", "true")], [NONE, NONE, BALANCE]),
            (
                &[("rbd_localize_parent_reads", "true"), ("rbd_balance_snap_reads", "true")],
                [NONE, BALANCE, BALANCE | LOCALIZE],
            ),
            (
                &[("rbd_read_from_replica_policy", "localize"), ("rbd_balance_snap_reads", "true")],
                [LOCALIZE, LOCALIZE, LOCALIZE],
            ),
            (
                &[("rbd_read_from_replica_policy", "default"), ("rbd_localize_parent_reads", "true")],
                [NONE, NONE, LOCALIZE],
            ),
        ];
        for (options, expected) in cases {
            let get = |name: &str| options.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).into());
            let reads = Settings::read(get).replicas;
            let found =
                [reads.flags(SNAP_HEAD, NONE), reads.flags(7, NONE), reads.flags(7, reads.of_parents())];
            assert_eq!(found, expected, "{options:?}");
        }
    }
}
