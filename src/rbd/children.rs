//! The clones of an image's snapshots.

use cls::rbd::client as class;
use cls::rbd::{ChildSpec, ParentSpec};
use ops::{Errno, Result, SNAP_HEAD};

use crate::features;
use crate::header::{call, text};
use crate::image::{ChildInfo, Image};
use crate::names;
use crate::open::OpenSpec;
use crate::throttle::{Progress, no_progress};

impl Image {
    /// Clones of the snapshot that is set, or of all snapshots, in the order of their pools and names.
    pub fn children(&self) -> Result<Vec<ChildInfo>> {
        let view = self.current()?;
        let snaps: Vec<u64> = if view.snap == SNAP_HEAD {
            view.header.snaps.keys().copied().collect()
        } else {
            vec![view.snap]
        };
        let mut children = Vec::new();
        if view.header.features & features::LAYERING != 0 {
            for snap in snaps {
                children.extend(self.children_of(snap)?);
            }
        }
        let infos: Result<Vec<_>> = children.iter().map(|child| self.child_info(child)).collect();
        let mut infos = infos?;
        infos.sort_by(|a, b| {
            let key = |info: &ChildInfo| {
                (info.pool_name.clone(), info.pool_namespace.clone(), info.image_name.clone())
            };
            key(a).cmp(&key(b))
        });
        Ok(infos)
    }

    fn children_of(&self, snap: u64) -> Result<Vec<ChildSpec>> {
        let mut children = self.legacy_children(snap)?;
        match call(&self.io, self.header_object.clone(), &class::children_list(snap)) {
            Ok(attached) => children.extend(attached),
            Err(Errno::ENOENT | Errno::EOPNOTSUPP) => {}
            Err(error) => return Err(error),
        }
        Ok(children)
    }

    /// Clones of the first kind, which the pools of the clones know.
    pub(crate) fn legacy_children(&self, snap: u64) -> Result<Vec<ChildSpec>> {
        let nspace = self.io.namespace().clone();
        let parent = ParentSpec {
            pool: self.io.pool(),
            nspace: nspace.clone(),
            image_id: self.id.clone().into(),
            snap,
        };
        let mut children = Vec::new();
        for (pool, _) in self.io.store().pools() {
            let Ok(io) = self.io.with_pool(pool) else { continue };
            match call(&io, names::CHILDREN, &class::get_children(&parent)) {
                Ok(ids) => children.extend(ids.into_iter().map(|image_id| ChildSpec {
                    pool,
                    nspace: nspace.clone(),
                    image_id,
                })),
                Err(Errno::ENOENT) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(children)
    }

    fn child_info(&self, child: &ChildSpec) -> Result<ChildInfo> {
        let io = self.io.with_pool(child.pool)?.with_namespace(child.nspace.clone());
        let (name, trash) = match call(&io, names::DIRECTORY, &class::dir_get_name(&child.image_id)) {
            Ok(name) => (name, false),
            Err(Errno::ENOENT) => (call(&io, names::TRASH, &class::trash_get(&child.image_id))?.name, true),
            Err(error) => return Err(error),
        };
        Ok(ChildInfo {
            pool_id: child.pool,
            pool_name: io.store().pool(child.pool).map(|pool| pool.name.clone()).unwrap_or_default(),
            pool_namespace: text(&child.nspace),
            image_id: text(&child.image_id),
            image_name: text(&name),
            trash,
        })
    }

    /// Makes the clones of a snapshot independent of it.
    pub(crate) fn flatten_children(&self, snap: u64, progress: Progress<'_>) -> Result<()> {
        let children = self.children_of(snap)?;
        let total = children.len() as u64;
        for (i, child) in children.iter().enumerate() {
            let io = self.io.with_pool(child.pool)?.with_namespace(child.nspace.clone());
            let image = Image::open(&io, &OpenSpec::id(&text(&child.image_id)), &self.settings)?;
            let flattened = if image.snap_list()?.is_empty() {
                image.flatten(&mut no_progress)
            } else {
                // Its snapshots would still need the parent.
                Err(Errno::EBUSY)
            };
            image.close().and(flattened)?;
            Errno::check(progress(i as u64 + 1, total))?;
        }
        Ok(())
    }
}
