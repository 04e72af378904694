//! Commands to monitors, managers, OSDs and placement groups: JSON in, text or JSON out.

use bytes::Bytes;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandTarget {
    Mon,
    /// A monitor by name, or by rank where the text is a number.
    MonNamed(String),
    /// The same for a sign of life: JSON of the monitor's state, also where the cluster has no quorum.
    MonPing(String),
    Mgr,
    MgrNamed(String),
    Osd(i32),
    /// A placement group, as `1.2f`.
    Pg(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandReply {
    /// 0 or a negative errno.
    pub result: i32,
    pub out: Bytes,
    /// The status line.
    pub status: String,
}
