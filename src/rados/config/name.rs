//! Names of clients and daemons: `client.admin`.

use std::fmt;

use ops::{Errno, Result};

const TYPES: &[&str] = &["auth", "mon", "osd", "mds", "mgr", "client"];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntityName {
    kind: &'static str,
    id: String,
}

impl EntityName {
    /// `client.ID`, as `rados_create` names its caller; without an id, `client.admin`.
    pub fn client(id: Option<&str>) -> EntityName {
        EntityName { kind: "client", id: id.unwrap_or("admin").into() }
    }

    /// Reads `TYPE.ID`, as `rados_create2` takes it. `-EINVAL` without a dot or with an unknown type.
    pub fn parse(text: &str) -> Result<EntityName> {
        let (kind, id) = text.split_once('.').ok_or(Errno::EINVAL)?;
        let kind = TYPES.iter().find(|known| **known == kind).ok_or(Errno::EINVAL)?;
        Ok(EntityName { kind, id: id.into() })
    }

    /// `client`, `osd` and so on.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for EntityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `rados_create2` answers.
    #[test]
    fn names() {
        for good in ["client.foo", "osd.1", "mgr.x", "client.", "client.a.b"] {
            assert_eq!(EntityName::parse(good).map(|n| n.to_string()), Ok(good.to_owned()));
        }
        for bad in ["foo", "weird.x", ".x", "client", ""] {
            assert_eq!(EntityName::parse(bad), Err(Errno::EINVAL), "{bad:?}");
        }
        assert_eq!(EntityName::client(Some("client.foo")).to_string(), "client.client.foo");
    }
}
