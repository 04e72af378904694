//! What an engine was asked to do, in its order, and what it may be found to have kept of that.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use disk::{Engine, ModelEngine};
use ops::{Durability, ObjectRef, Wait};

use crate::schedule::{self, Act, Script, Seen, list, run, see};

pub type Meta = BTreeMap<Bytes, Bytes>;

/// All that can be seen of an engine. Objects without parts are not in it.
#[derive(Clone, Default)]
pub struct World {
    pub objects: BTreeMap<ObjectRef, Arc<Seen>>,
    pub meta: Arc<Meta>,
}

impl World {
    pub fn of(engine: &dyn Engine, context: &str) -> World {
        let see = |object: ObjectRef| {
            let seen = see(engine, &object).unwrap_or_else(|err| panic!("{context}: {object:?}: {err:?}"));
            (object, Arc::new(seen))
        };
        let objects = list(engine, 5).unwrap_or_else(|err| panic!("{context}: listing: {err:?}"));
        let meta = engine.meta_scan(b"").into_iter().collect();
        World { objects: objects.into_iter().map(see).collect(), meta: Arc::new(meta) }
    }

    fn put(&mut self, object: &ObjectRef, seen: Option<Arc<Seen>>) {
        match seen {
            Some(seen) => self.objects.insert(object.clone(), seen),
            None => self.objects.remove(object),
        };
    }
}

enum Step {
    Object { object: ObjectRef, before: Option<Arc<Seen>>, after: Option<Arc<Seen>> },
    Meta { before: Arc<Meta> },
}

/// The steps since the store was last opened, in the order of their commits.
pub struct History {
    /// After the last step.
    pub world: World,
    steps: Vec<Step>,
    /// So many steps must be found.
    floor: usize,
    model: ModelEngine,
}

impl History {
    pub fn new() -> History {
        History { world: World::default(), steps: Vec::new(), floor: 0, model: ModelEngine::new() }
    }

    /// The transaction has been committed: acknowledged, or perhaps not. `false`: it changes nothing.
    pub fn push(&mut self, script: &Script) -> bool {
        run(&self.model, script).unwrap();
        let seen = see(&self.model, &script.object).unwrap();
        let before = self.world.objects.get(&script.object).cloned();
        let after = (!seen.is_empty()).then(|| Arc::new(seen));
        let changed = before != after;
        if changed {
            self.world.put(&script.object, after.clone());
            self.steps.push(Step::Object { object: script.object.clone(), before, after });
        }
        changed
    }

    pub fn push_meta(&mut self, changes: &[(Bytes, Option<Bytes>)]) {
        let mut after = (*self.world.meta).clone();
        for (key, value) in changes {
            match value {
                Some(value) => after.insert(key.clone(), value.clone()),
                None => after.remove(key),
            };
        }
        let after = Arc::new(after);
        let before = std::mem::replace(&mut self.world.meta, after);
        self.steps.push(Step::Meta { before });
    }

    /// One transaction per object, as the pool's objects are listed.
    pub fn push_pool_removal(&mut self, pool: i64) {
        for object in list(&self.model, 100).unwrap() {
            if object.pool == pool {
                let parts: Vec<_> = self.world.objects[&object].keys().copied().collect();
                self.push(&removal(object, parts));
            }
        }
    }

    /// All steps so far are acknowledged as durable.
    pub fn acknowledge(&mut self) {
        self.floor = self.steps.len();
    }

    /// All steps up to the last one of this object are.
    pub fn acknowledge_object(&mut self, wanted: &ObjectRef) {
        let of = |step: &Step| matches!(step, Step::Object { object, .. } if object == wanted);
        let last = self.steps.iter().rposition(of).map_or(0, |at| at + 1);
        self.floor = self.floor.max(last);
    }

    /// The world as found at opening is one from the last acknowledged step on: goes back to that. Which steps were
    /// kept that were not acknowledged, and how many lost.
    pub fn resume(&mut self, found: &World, context: &str) -> (usize, usize) {
        let mut at = self.steps.len();
        let mut differing: Vec<&ObjectRef> = Vec::new();
        for object in self.world.objects.keys().chain(found.objects.keys()) {
            if self.world.objects.get(object) != found.objects.get(object) && !differing.contains(&object) {
                differing.push(object);
            }
        }
        let mut meta = &self.world.meta;
        while (!differing.is_empty() || *meta != found.meta) && at > self.floor {
            at -= 1;
            match &self.steps[at] {
                Step::Object { object, before, .. } => {
                    differing.retain(|other| *other != object);
                    if before.as_ref() != found.objects.get(object) {
                        differing.push(object);
                    }
                }
                Step::Meta { before } => meta = before,
            }
        }
        if !differing.is_empty() || *meta != found.meta {
            self.report(found, context);
        }
        let counts = (at - self.floor, self.steps.len() - at);
        let undone: Vec<Step> = self.steps.drain(at..).rev().collect();
        for step in undone {
            match step {
                Step::Object { object, before, .. } => {
                    restore(&self.model, &object, before.as_deref());
                    self.world.put(&object, before);
                }
                Step::Meta { before } => self.world.meta = before,
            }
        }
        self.steps.clear();
        self.floor = 0;
        counts
    }

    /// Fails with what differs from the last acknowledged world.
    fn report(&self, found: &World, context: &str) -> ! {
        let mut wanted = self.world.clone();
        for step in self.steps.iter().skip(self.floor).rev() {
            match step {
                Step::Object { object, before, .. } => wanted.put(object, before.clone()),
                Step::Meta { before } => wanted.meta = before.clone(),
            }
        }
        let later = self.steps.len() - self.floor;
        for object in wanted.objects.keys().chain(found.objects.keys()) {
            let (ours, theirs) = (found.objects.get(object), wanted.objects.get(object));
            let mut versions = vec![("last acknowledged".to_string(), theirs.cloned())];
            for (number, step) in self.steps.iter().enumerate() {
                if let Step::Object { object: other, after, .. } = step
                    && other == object
                {
                    let number = number as i64 - self.floor as i64 + 1;
                    versions.push((format!("step {number:+}"), after.clone()));
                }
            }
            let same: Vec<_> =
                versions.iter().filter(|(_, seen)| seen.as_ref() == ours).map(|(name, _)| name).collect();
            eprintln!("{context}: {object:?} is as after: {same:?}; {} versions", versions.len());
        }
        let what = format!("{context}: ({later} later steps do not fit either)");
        for object in wanted.objects.keys().chain(found.objects.keys()) {
            let (ours, theirs) = (found.objects.get(object), wanted.objects.get(object));
            let what = format!("{what} {object:?}");
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                schedule::compare_parts(ours, theirs, &what);
            }
            assert_eq!(ours, theirs, "{what}");
        }
        assert_eq!(found.meta, wanted.meta, "{what}: meta");
        panic!("{what}: some steps are there without an earlier one");
    }
}

/// All parts of an object go.
pub fn removal(object: ObjectRef, parts: Vec<disk::Part>) -> Script {
    let acts = parts.into_iter().map(Act::Remove).collect();
    Script { object, acts, commit: true, durability: Durability::Relaxed, wait: Wait::Deferred }
}

/// Makes an object of the model what it was.
fn restore(model: &ModelEngine, object: &ObjectRef, seen: Option<&Seen>) {
    let mut tx = model.begin(object).unwrap();
    for part in tx.parts() {
        tx.remove(part).unwrap();
    }
    for (&part, seen) in seen.into_iter().flatten() {
        tx.create(part).unwrap();
        tx.truncate(part, seen.data.len() as u64).unwrap();
        for &(off, len) in &seen.extents {
            tx.write(part, off, &seen.data.slice(off as usize..(off + len) as usize)).unwrap();
        }
        tx.set_info(part, seen.info.clone()).unwrap();
        for (name, value) in &seen.attrs {
            tx.set_attr(part, name.clone(), value.clone()).unwrap();
        }
        tx.set_omap_header(part, seen.header.clone()).unwrap();
        for (key, value) in &seen.omap {
            tx.omap_set(part, key.clone(), value.clone()).unwrap();
        }
    }
    tx.commit(Durability::Durable, Wait::Inline, Box::new(|_| {}));
}
