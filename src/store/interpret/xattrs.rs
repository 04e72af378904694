//! Operations on extended attributes.

use bytes::Bytes;
use disk::HEAD;
use ops::{Errno, OpOut, Result};

use super::Run;

const MAX_NAME: usize = 100;

impl Run<'_> {
    pub(super) fn get_xattr(&mut self, name: &[u8]) -> Result<OpOut> {
        let value = self.tx.attr(self.here()?, name)?.ok_or(Errno::ENODATA)?;
        self.read_bytes += value.len() as u64;
        Ok(OpOut::Data(value))
    }

    pub(super) fn get_xattrs(&self) -> Result<OpOut> {
        let entries = self.tx.attrs(self.here()?)?.into_iter().collect();
        Ok(OpOut::Map { entries, more: false })
    }

    pub(super) fn set_xattr(&mut self, name: Bytes, value: Bytes) -> Result<OpOut> {
        if name.len() > MAX_NAME {
            return Err(Errno::ENAMETOOLONG);
        }
        self.make()?;
        self.tx.set_attr(HEAD, name, value)?;
        Ok(OpOut::None)
    }

    /// Removing an attribute that is not there is no error.
    pub(super) fn rm_xattr(&mut self, name: &[u8]) -> Result<OpOut> {
        self.here()?;
        self.touch()?;
        self.tx.remove_attr(HEAD, name)?;
        Ok(OpOut::None)
    }
}
