//! Authentication with an OSD or a manager, by a ticket.

use std::sync::Arc;
use std::time::Instant;

use denc::{Bytes, BytesMut, Encode};
use ops::{Errno, Result};
use parking_lot::Mutex;

use super::cephx::Authorizer;
use super::{AuthRequest, Authenticator, ConMode, Method, Secrets, Tickets, errno};

pub struct ServiceAuth {
    pub method: Method,
    pub entity: (u32, String),
    pub service: u32,
    pub modes: Vec<ConMode>,
    pub tickets: Arc<Mutex<Tickets>>,
    pub authorizer: Option<Authorizer>,
}

impl Authenticator for ServiceAuth {
    fn request(&mut self) -> Result<AuthRequest> {
        let mut out = BytesMut::new();
        let mut modes = self.modes.clone();
        let tickets = self.tickets.lock();
        match self.method {
            Method::None => {
                modes.retain(|mode| *mode == ConMode::Crc);
                (1_u8, self.entity.0, &self.entity.1, tickets.global_id).encode(&mut out);
            }
            Method::Cephx => {
                // Without a good ticket there is no point in asking: the monitor client renews it.
                let ticket =
                    tickets.get(self.service).filter(|_| tickets.is_valid(self.service, Instant::now()));
                let authorizer =
                    Authorizer::new(tickets.global_id, self.service, ticket.ok_or(Errno::EACCES)?)?;
                authorizer.encode(None, &mut out)?;
                self.authorizer = Some(authorizer);
            }
        }
        if modes.is_empty() {
            return Err(Errno::EACCES);
        }
        Ok(AuthRequest { method: self.method, modes, payload: out.freeze() })
    }

    fn more(&mut self, payload: Bytes) -> Result<Bytes> {
        let authorizer = self.authorizer.as_ref().ok_or(Errno::EACCES)?;
        let challenge = authorizer.challenge(&payload)?;
        let mut out = BytesMut::new();
        authorizer.encode(Some(challenge), &mut out)?;
        Ok(out.freeze())
    }

    fn done(&mut self, _: u64, _: ConMode, payload: Bytes) -> Result<Secrets> {
        let Some(authorizer) = self.authorizer.take() else { return Ok(Secrets::default()) };
        let connection = authorizer.check(&payload)?;
        Ok(Secrets { session_key: Some(authorizer.session_key().clone()), connection })
    }

    fn refused(&mut self, result: i32, _: &[u32]) -> Result<()> {
        Err(errno(result))
    }
}
