//! Authentication with a monitor, by the client's own key.

use std::sync::Arc;

use denc::{Bytes, BytesMut, Encode, decode};
use ops::{Errno, Result};
use parking_lot::Mutex;

use super::cephx::{Challenge, answer_challenge, random, read_tickets};
use super::{AuthRequest, Authenticator, ConMode, Method, Secrets, Tickets, errno};
use crate::crypto::CryptoKey;

/// What the payload of a monitor's first request starts with.
const AUTH_MODE_MON: u8 = 10;

/// Shared with who started the connection, who takes the tickets when it is done.
pub struct MonAuth {
    /// Kind and id: `client` and `admin`.
    pub entity: (u32, String),
    pub key: Option<CryptoKey>,
    /// Those that may be tried, the next one first.
    pub methods: Vec<Method>,
    pub modes: Vec<ConMode>,
    /// The services to ask tickets of.
    pub want: u32,
    /// What is held already, for a client that has an id; in the end what was granted.
    pub tickets: Arc<Mutex<Tickets>>,
    pub challenged: bool,
}

impl Authenticator for MonAuth {
    fn request(&mut self) -> Result<AuthRequest> {
        let method = *self.methods.first().ok_or(Errno::EACCES)?;
        self.challenged = false;
        let mut modes = self.modes.clone();
        if method == Method::None {
            modes.retain(|mode| *mode == ConMode::Crc);
        }
        if modes.is_empty() {
            return Err(Errno::EACCES);
        }
        let mut out = BytesMut::new();
        (AUTH_MODE_MON, self.entity.0, &self.entity.1, self.tickets.lock().global_id).encode(&mut out);
        Ok(AuthRequest { method, modes, payload: out.freeze() })
    }

    fn more(&mut self, payload: Bytes) -> Result<Bytes> {
        // A second challenge means that the monitor and we disagree on where we are.
        if std::mem::replace(&mut self.challenged, true) {
            return Err(Errno::EPERM);
        }
        let key = self.key.as_ref().ok_or(Errno::ENOENT)?;
        let challenge: Challenge = decode(&payload).map_err(|_| Errno::EPERM)?;
        let old = self.tickets.lock().old();
        answer_challenge(key, challenge, random()?, &old, self.want)
    }

    fn done(&mut self, global_id: u64, _: ConMode, payload: Bytes) -> Result<Secrets> {
        let mut tickets = self.tickets.lock();
        tickets.global_id = global_id;
        match (self.methods.first(), &self.key) {
            (Some(Method::Cephx), Some(key)) => read_tickets(&mut tickets, key, payload),
            (Some(Method::None), _) => Ok(Secrets::default()),
            _ => Err(Errno::EACCES),
        }
    }

    fn refused(&mut self, result: i32, allowed: &[u32]) -> Result<()> {
        // Whatever the reason was, only a later method of ours is worth a try.
        while !self.methods.is_empty() {
            self.methods.remove(0);
            if self.methods.first().is_some_and(|next| allowed.contains(&(*next as u32))) {
                return Ok(());
            }
        }
        tracing::debug!(target: "rados", "monitor refuses authentication: {}", errno(result));
        Err(Errno::EACCES)
    }
}
