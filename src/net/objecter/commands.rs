//! Commands to OSDs, placement groups and the manager: each over a connection of its own.

use std::sync::{Arc, Weak};
use std::time::Duration;

use denc::Bytes;
use denc::entity::EntityAddr;
use ops::{CommandReply, CommandTarget, Errno, Result};
use osdmap::Pg;
use parking_lot::Mutex;

use super::submit::Objecter;
use crate::auth;
use crate::io::{Closed, Connection, Handler};
use crate::messages::{InMessage, OutMessage, command, kind};
use crate::session::{Peer, Ready};

pub type OnCommand = Box<dyn FnOnce(CommandReply) + Send>;

/// How long to wait before a command goes to a daemon again that broke the connection.
const RETRY: Duration = Duration::from_millis(500);
const TRIES: u32 = 20;

fn failed(why: Errno) -> CommandReply {
    CommandReply { result: why.neg(), ..CommandReply::default() }
}

/// One command until its answer.
struct Waiting {
    target: CommandTarget,
    command: Vec<String>,
    input: Bytes,
    tries: u32,
    done: OnCommand,
}

struct CommandLink {
    objecter: Weak<Objecter>,
    waiting: Mutex<Option<Waiting>>,
}

impl Handler for CommandLink {
    fn ready(&self, _: &Arc<Connection>, _: Ready) {}

    fn message(&self, connection: &Arc<Connection>, message: InMessage) {
        if !command::is_reply(&message) {
            return;
        }
        let Some(waiting) = self.waiting.lock().take() else { return };
        connection.close();
        (waiting.done)(match command::reply(&message) {
            Ok((result, status)) => CommandReply { result, out: message.data, status },
            Err(_) => failed(Errno::EIO),
        });
    }

    fn closed(&self, _: &Arc<Connection>, why: Closed) {
        let Some(mut waiting) = self.waiting.lock().take() else { return };
        let Some(objecter) = self.objecter.upgrade() else { return (waiting.done)(failed(Errno::ESHUTDOWN)) };
        tracing::debug!(target: "rados", "command to {:?}: {why}", waiting.target);
        waiting.tries += 1;
        if waiting.tries >= TRIES {
            return (waiting.done)(failed(Errno::ENOTCONN));
        }
        let own = self.objecter.clone();
        objecter.reactor.after(RETRY, move || match own.upgrade() {
            Some(objecter) => objecter.send_command(waiting),
            None => (waiting.done)(failed(Errno::ESHUTDOWN)),
        });
    }
}

impl Objecter {
    /// To an OSD or a placement group. `-ENXIO`: the OSD is down; `-ENOENT`: no such OSD or pool.
    pub fn command(&self, target: CommandTarget, command: Vec<String>, input: Bytes, done: OnCommand) {
        self.send_command(Waiting { target, command, input, tries: 0, done });
    }

    fn send_command(&self, waiting: Waiting) {
        let found = match &waiting.target {
            CommandTarget::Osd(osd) => self.osd_addr(*osd),
            CommandTarget::Pg(text) => self.pg_osd(text).and_then(|osd| self.osd_addr(osd)),
            CommandTarget::Mgr | CommandTarget::MgrNamed(_) => self.mgr_addr(),
            // Not by this way.
            CommandTarget::Mon | CommandTarget::MonNamed(_) | CommandTarget::MonPing(_) => Err(Errno::EINVAL),
        };
        let (service, addr) = match found {
            Ok(found) => found,
            Err(e) => {
                let status = match (e, &waiting.target) {
                    (Errno::ENOENT, CommandTarget::Osd(_)) => "osd dne",
                    (Errno::ENOENT, CommandTarget::Pg(_)) => "pool dne",
                    _ => "",
                };
                return (waiting.done)(CommandReply { status: status.into(), ..failed(e) });
            }
        };
        let kind = if service == auth::kind::MGR { kind::MGR_COMMAND } else { kind::COMMAND };
        let message = command::command(kind, self.mon.fsid(), 1, &waiting.command, waiting.input.clone());
        let link = Arc::new(CommandLink { objecter: self.own.clone(), waiting: Mutex::new(Some(waiting)) });
        if let Err(e) = self.connect_for(service, &addr, link.clone(), message)
            && let Some(waiting) = link.waiting.lock().take()
        {
            (waiting.done)(failed(e));
        }
    }

    /// Opens a connection whose first message is `message`.
    pub(super) fn connect_for(
        &self,
        service: u32,
        addr: &EntityAddr,
        link: Arc<dyn Handler>,
        message: OutMessage,
    ) -> Result<Arc<Connection>> {
        let peer = Peer {
            kind: service,
            addr: addr.clone(),
            // Under the client's own address the daemon would end its session for this.
            own: None,
            nonce: Peer::fresh_nonce()?,
            global_id: self.mon.global_id(),
            global_seq: self.mon.next_global_seq(),
        };
        let socket = addr.socket_addr().ok_or(Errno::EINVAL)?;
        let how = self.service_auth(service);
        let connection = Connection::open(&self.reactor, socket, peer, Box::new(how), link)?;
        connection.send(message);
        Ok(connection)
    }

    fn osd_addr(&self, osd: i32) -> Result<(u32, EntityAddr)> {
        let map = self.map().ok_or(Errno::ENOTCONN)?;
        if osd < 0 {
            return Err(Errno::EINVAL);
        }
        let found = map.osd(osd).ok_or(Errno::ENOENT)?;
        let found = Some(found).filter(|osd| osd.is_up()).ok_or(Errno(libc::ENXIO))?;
        let addr = found.addrs.of_kind(EntityAddr::MSGR2).ok_or(Errno(libc::EPROTONOSUPPORT))?;
        Ok((auth::kind::OSD, addr.clone()))
    }

    fn pg_osd(&self, text: &str) -> Result<i32> {
        let pg: Pg = text.parse().map_err(|_| Errno::EINVAL)?;
        let map = self.map().ok_or(Errno::ENOTCONN)?;
        map.pool(pg.pool).ok_or(Errno::ENOENT)?;
        map.pg_to_up_acting(pg).acting_primary.ok_or(Errno(libc::ENXIO))
    }

    pub(super) fn mgr_addr(&self) -> Result<(u32, EntityAddr)> {
        let map = self.mgr.lock();
        let addr = map.addrs.of_kind(EntityAddr::MSGR2).filter(|_| map.available).ok_or(Errno::ENOENT)?;
        Ok((auth::kind::MGR, addr.clone()))
    }
}
