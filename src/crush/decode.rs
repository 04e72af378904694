//! Reading a CRUSH map (`CrushWrapper::encode`): no envelope; newer releases appended fields at the end.

use std::collections::BTreeMap;

use denc::{Bytes, Decode, DecodeError, Reader, Result};

use crate::map::{
    Bucket, BucketWeights, ChooseArg, ChooseArgs, CrushMap, Rule, RuleKind, Step, Tunables, bucket_index,
};

const MAGIC: u32 = 0x0001_0000;

impl CrushMap {
    /// From the bytes of a CRUSH map as an OSD map holds them, or `ceph osd getcrushmap` writes them.
    pub fn decode(input: &Bytes) -> Result<CrushMap> {
        denc::decode(input)
    }
}

impl Decode for CrushMap {
    const MIN: usize = 16;

    fn decode(from: &mut Reader) -> Result<CrushMap> {
        if from.get::<u32>()? != MAGIC {
            return Err(DecodeError::Malformed("CRUSH magic number"));
        }
        let (max_buckets, max_rules) = (from.get::<u32>()?, from.get::<u32>()?);
        // Told again by the items themselves.
        let _max_devices: i32 = from.get()?;
        let mut map = CrushMap {
            buckets: slots(from, max_buckets, bucket)?,
            rules: slots(from, max_rules, rule)?,
            type_names: names(from)?,
            item_names: names(from)?,
            rule_names: names(from)?,
            tunables: tunables(from)?,
            ..CrushMap::default()
        };
        if !from.is_empty() {
            map.classes = from.get()?;
            map.class_names =
                from.get::<BTreeMap<i32, Bytes>>()?.into_iter().map(|(k, v)| (k, text(&v))).collect();
            map.class_buckets = from.get()?;
        }
        if !from.is_empty() {
            map.choose_args = choose_args(from, &map)?;
        }
        if !from.is_empty() {
            map.tunables.msr_descents = from.get()?;
            map.tunables.msr_collision_tries = from.get()?;
        }
        check_ids(&map)?;
        check_acyclic(&map)?;
        let highest = map.buckets().flat_map(|bucket| bucket.items.iter().copied()).max();
        let named = map.item_names.keys().next_back().copied();
        map.max_devices = highest.max(named).unwrap_or(-1).max(-1).saturating_add(1);
        Ok(map)
    }
}

fn text(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `count` things of which each takes four bytes at least, also where it is missing.
fn slots<T>(from: &mut Reader, count: u32, mut slot: impl FnMut(&mut Reader) -> Result<T>) -> Result<Vec<T>> {
    let count = count as usize;
    if count.checked_mul(4).is_none_or(|least| least > from.remaining()) {
        return Err(DecodeError::Short);
    }
    (0..count).map(|_| slot(from)).collect()
}

/// `count` values one after the other.
fn numbers<T: Decode>(from: &mut Reader, count: usize) -> Result<Vec<T>> {
    if count.checked_mul(T::MIN).is_none_or(|least| least > from.remaining()) {
        return Err(DecodeError::Short);
    }
    (0..count).map(|_| from.get()).collect()
}

fn pairs(from: &mut Reader, count: usize) -> Result<(Vec<u32>, Vec<u32>)> {
    Ok(numbers::<(u32, u32)>(from, count)?.into_iter().unzip())
}

fn bucket(from: &mut Reader) -> Result<Option<Box<Bucket>>> {
    let algorithm = from.get::<u32>()?;
    if algorithm == 0 {
        return Ok(None);
    }
    let id = from.get()?;
    let kind = from.get()?;
    if u32::from(from.get::<u8>()?) != algorithm {
        return Err(DecodeError::Malformed("CRUSH bucket algorithm"));
    }
    let hash = from.get()?;
    let weight = from.get()?;
    let size = from.get::<u32>()? as usize;
    let items = numbers(from, size)?;
    let weights = match algorithm {
        1 => BucketWeights::Uniform { each: from.get()? },
        2 => {
            let (weights, sums) = pairs(from, size)?;
            BucketWeights::List { weights, sums }
        }
        3 => {
            let nodes = usize::from(from.get::<u8>()?);
            BucketWeights::Tree { nodes: numbers(from, nodes)? }
        }
        4 => {
            let (weights, straws) = pairs(from, size)?;
            BucketWeights::Straw { weights, straws }
        }
        5 => BucketWeights::Straw2 { weights: numbers(from, size)? },
        _ => return Err(DecodeError::Malformed("CRUSH bucket algorithm")),
    };
    Ok(Some(Box::new(Bucket { id, kind, hash, weight, items, weights })))
}

fn rule(from: &mut Reader) -> Result<Option<Rule>> {
    if from.get::<u32>()? == 0 {
        return Ok(None);
    }
    let len = from.get::<u32>()? as usize;
    let [ruleset, kind, min_size, max_size] = from.array()?;
    let steps = numbers::<Step>(from, len)?;
    Ok(Some(Rule { ruleset, kind: RuleKind(kind), min_size, max_size, steps }))
}

impl Decode for Step {
    const MIN: usize = 12;

    fn decode(from: &mut Reader) -> Result<Step> {
        let (op, arg1, arg2) = from.get::<(u32, i32, i32)>()?;
        let choose = |firstn, leaf| Step::Choose { firstn, leaf, count: arg1, kind: arg2 };
        Ok(match op {
            1 => Step::Take { item: arg1 },
            2 => choose(true, false),
            3 => choose(false, false),
            4 => Step::Emit,
            6 => choose(true, true),
            7 => choose(false, true),
            8 => Step::SetChooseTries(arg1),
            9 => Step::SetChooseleafTries(arg1),
            10 => Step::SetChooseLocalTries(arg1),
            11 => Step::SetChooseLocalFallbackTries(arg1),
            12 => Step::SetChooseleafVaryR(arg1),
            13 => Step::SetChooseleafStable(arg1),
            14 => Step::SetMsrDescents(arg1),
            15 => Step::SetMsrCollisionTries(arg1),
            16 => Step::ChooseMsr { count: arg1, kind: arg2 },
            _ => Step::Other { op, arg1, arg2 },
        })
    }
}

/// Names by number. Some old releases wrote 64-bit numbers; a name is never empty, so an empty one is the upper half
/// of such a number.
fn names(from: &mut Reader) -> Result<BTreeMap<i32, String>> {
    let count = from.count(8)?;
    let mut names = BTreeMap::new();
    for _ in 0..count {
        let key = from.get()?;
        let mut name = from.get::<Bytes>()?;
        if name.is_empty() {
            name = from.get()?;
        }
        names.insert(key, text(&name));
    }
    Ok(names)
}

fn tunables(from: &mut Reader) -> Result<Tunables> {
    let mut tunables = Tunables::default();
    if !from.is_empty() {
        tunables.choose_local_tries = from.get()?;
        tunables.choose_local_fallback_tries = from.get()?;
        tunables.choose_total_tries = from.get()?;
    }
    fn newer<T: Decode>(from: &mut Reader, field: &mut T) -> Result<()> {
        if let Some(value) = from.get_if_any()? {
            *field = value;
        }
        Ok(())
    }
    newer(from, &mut tunables.chooseleaf_descend_once)?;
    newer(from, &mut tunables.chooseleaf_vary_r)?;
    newer(from, &mut tunables.straw_calc_version)?;
    newer(from, &mut tunables.allowed_bucket_algs)?;
    newer(from, &mut tunables.chooseleaf_stable)?;
    Ok(tunables)
}

fn choose_args(from: &mut Reader, map: &CrushMap) -> Result<BTreeMap<i64, ChooseArgs>> {
    let count = from.count(12)?;
    let mut all = BTreeMap::new();
    for _ in 0..count {
        let id = from.get()?;
        let count = from.count(12)?;
        let mut args = Vec::new();
        for _ in 0..count {
            let index = from.get::<u32>()?;
            let weight_sets = from.get::<Vec<Vec<u32>>>()?;
            let ids = from.get::<Vec<i32>>()?;
            let slot =
                map.buckets.get(index as usize).ok_or(DecodeError::Malformed("bucket of a weight set"))?;
            // Those of buckets that are gone, or draw otherwise, stay behind in some maps and mean nothing.
            let Some(bucket) = slot.as_deref().filter(|b| matches!(b.weights, BucketWeights::Straw2 { .. }))
            else {
                continue;
            };
            if !ids.is_empty() && ids.len() != bucket.items.len() {
                return Err(DecodeError::Malformed("ids of a weight set"));
            }
            args.push((index, ChooseArg { ids, weight_sets }));
        }
        args.sort_by_key(|(index, _)| *index);
        args.dedup_by_key(|(index, _)| *index);
        all.insert(id, ChooseArgs(args));
    }
    Ok(all)
}

fn check_ids(map: &CrushMap) -> Result<()> {
    let misplaced = |(index, slot): (usize, &Option<Box<Bucket>>)| {
        slot.as_ref().is_some_and(|bucket| bucket_index(bucket.id) != Some(index))
    };
    if map.buckets.iter().enumerate().any(misplaced) {
        return Err(DecodeError::Malformed("CRUSH bucket id"));
    }
    Ok(())
}

/// Descending from bucket to bucket has to end.
fn check_acyclic(map: &CrushMap) -> Result<()> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; map.buckets.len()];
    // Buckets that are open, each with the items not yet looked at.
    let mut path: Vec<(usize, std::slice::Iter<i32>)> = Vec::new();
    for start in 0..map.buckets.len() {
        let mut next = Some(start);
        loop {
            if let Some(index) = next.take() {
                match (states.get(index), map.buckets.get(index).and_then(Option::as_ref)) {
                    (Some(State::Open), _) => {
                        return Err(DecodeError::Malformed("CRUSH bucket inside itself"));
                    }
                    (Some(State::New), Some(bucket)) => {
                        states[index] = State::Open;
                        path.push((index, bucket.items.iter()));
                    }
                    _ => {}
                }
            }
            let Some((index, items)) = path.last_mut() else { break };
            match items.next() {
                Some(item) => next = bucket_index(*item),
                None => {
                    states[*index] = State::Done;
                    path.pop();
                }
            }
        }
    }
    Ok(())
}
