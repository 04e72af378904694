//! Listing objects from a cursor.

use disk::Which;
use ops::{Cursor, ListEntry, ListPage, Result};

use crate::store::Store;

/// How many objects one look at the engine brings.
const STEP: usize = 1024;

/// At most `max` existing heads of a namespace, or of all (`None`). What is left of removed objects for
/// their snapshots is not listed.
pub fn page(store: &Store, pool: i64, nspace: Option<&[u8]>, from: &Cursor, max: usize) -> Result<ListPage> {
    let pool = store.pools().get(pool)?;
    let _entered = pool.enter()?;
    let engine = store.engine()?;
    let (mut entries, mut next) = (Vec::new(), from.clone());
    while entries.len() < max && next != Cursor::End {
        let (objects, after) =
            engine.list_some(pool.id, &next, STEP.min(max - entries.len()), Which::Heads)?;
        for object in objects {
            if nspace.is_some_and(|wanted| wanted != &object.nspace[..]) {
                continue;
            }
            entries.push(ListEntry { nspace: object.nspace, name: object.name, key: object.key });
        }
        next = after;
    }
    Ok(ListPage { entries, next })
}
