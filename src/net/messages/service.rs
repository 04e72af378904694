//! What a daemon of a service tells the manager.

use denc::{BytesMut, Encode};
use ops::ServiceDaemon;

use super::{OutMessage, kind};

/// The first message of a daemon's connection.
pub fn open(daemon: &ServiceDaemon) -> OutMessage {
    let mut front = BytesMut::new();
    let is_service = true;
    (&*daemon.daemon, &*daemon.service, is_service, &daemon.metadata, &daemon.status).encode(&mut front);
    message(kind::MGR_OPEN, 2, front)
}

/// That it lives, and how it is. It has no counters to tell of: of their values there is an envelope with nothing in it,
/// without which managers end.
pub fn report(daemon: &ServiceDaemon) -> OutMessage {
    let (declared, undeclared) = (0_u32, 0_u32);
    let values = (6_u32, 1_u8, 1_u8, 0_u32);
    let mut front = BytesMut::new();
    (&*daemon.daemon, declared, values, undeclared, &*daemon.service).encode(&mut front);
    (true, &daemon.status).encode(&mut front);
    message(kind::MGR_REPORT, 3, front)
}

/// That it ends. The manager answers with the same.
pub fn close(daemon: &ServiceDaemon) -> OutMessage {
    let mut front = BytesMut::new();
    (&*daemon.daemon, &*daemon.service).encode(&mut front);
    message(kind::MGR_CLOSE, 1, front)
}

fn message(kind: u16, version: u16, front: BytesMut) -> OutMessage {
    OutMessage { front: front.freeze(), ..OutMessage::new(kind, (version, 1), 0, &()) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_report_without_counters_has_an_envelope_for_their_values() {
        let status = BTreeMap::from([("a".into(), "b".into())]);
        let (service, daemon) = ("laundry".into(), "x".into());
        let told = report(&ServiceDaemon { service, daemon, metadata: BTreeMap::new(), status });
        let values = b"\x06\0\0\0\x01\x01\0\0\0\0";
        let status = b"\x01\x01\0\0\0\x01\0\0\0a\x01\0\0\0b";
        let wanted =
            [b"\x01\0\0\0x".as_slice(), &[0; 4], values, &[0; 4], b"\x07\0\0\0laundry", status].concat();
        assert_eq!(told.front, wanted);
    }
}
