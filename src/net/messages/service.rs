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

/// That it lives, and how it is. It has no counters to tell of.
pub fn report(daemon: &ServiceDaemon) -> OutMessage {
    let (declared, values, undeclared) = (0_u32, 0_u32, 0_u32);
    let mut front = BytesMut::new();
    (&*daemon.daemon, declared, values, undeclared, &*daemon.service).encode(&mut front);
    (true, &daemon.status).encode(&mut front);
    message(kind::MGR_REPORT, 3, front)
}

fn message(kind: u16, version: u16, front: BytesMut) -> OutMessage {
    OutMessage { front: front.freeze(), ..OutMessage::new(kind, (version, 1), 0, &()) }
}
