//! The bytes of a file, in pages that copies share.

use std::sync::Arc;

const PAGE: usize = 4096;

type Page = Arc<[u8; PAGE]>;

#[derive(Clone, Default)]
pub struct Image {
    len: u64,
    /// None: zeroes, as are those that are missing.
    pages: Vec<Option<Page>>,
}

impl Image {
    pub fn len(&self) -> u64 {
        self.len
    }

    pub fn read(&self, off: u64, buf: &mut [u8]) {
        let mut done = 0;
        while done < buf.len() {
            let at = off as usize + done;
            let len = (PAGE - at % PAGE).min(buf.len() - done);
            let to = &mut buf[done..done + len];
            match self.pages.get(at / PAGE) {
                Some(Some(page)) => to.copy_from_slice(&page[at % PAGE..at % PAGE + len]),
                _ => to.fill(0),
            }
            done += len;
        }
    }

    pub fn put(&mut self, off: u64, bytes: &[u8]) {
        let end = off + bytes.len() as u64;
        self.len = self.len.max(end);
        let wanted = (end as usize).div_ceil(PAGE);
        if self.pages.len() < wanted {
            self.pages.resize(wanted, None);
        }
        let mut done = 0;
        while done < bytes.len() {
            let at = off as usize + done;
            let len = (PAGE - at % PAGE).min(bytes.len() - done);
            let page = &mut self.pages[at / PAGE];
            let from = &bytes[done..done + len];
            match from.try_into() {
                Ok(whole) => *page = Some(Arc::new(whole)),
                Err(_) => {
                    let page = Arc::make_mut(page.get_or_insert_with(|| Arc::new([0; PAGE])));
                    page[at % PAGE..at % PAGE + len].copy_from_slice(from);
                }
            }
            done += len;
        }
    }

    pub fn resize(&mut self, len: u64) {
        if len < self.len {
            self.pages.truncate((len as usize).div_ceil(PAGE));
            let inside = len as usize % PAGE;
            if inside > 0
                && let Some(Some(page)) = self.pages.get_mut(len as usize / PAGE)
            {
                Arc::make_mut(page)[inside..].fill(0);
            }
        }
        self.len = len;
    }

    /// Takes the pages of a range as they are in `other`.
    pub fn share(&mut self, other: &Image, off: u64, len: usize) {
        let (from, to) = (off as usize / PAGE, (off as usize + len).div_ceil(PAGE).min(other.pages.len()));
        if self.pages.len() < to {
            self.pages.resize(to, None);
        }
        for (ours, theirs) in self.pages.iter_mut().zip(&other.pages).take(to).skip(from) {
            ours.clone_from(theirs);
        }
        self.len = self.len.max(((off as usize + len) as u64).min(other.len));
    }
}
