//! From a request to its reply: the checks, the hold on the object, the run, the commit.

use std::sync::Arc;
use std::thread;

use disk::Tx;
use ops::{
    Durability, Errno, ObjectRef, OnReply, Op, OpEntry, OpFlags, OpOut, OpReply, Reply, Request,
    RequestFlags, Result, SNAP_HEAD, SnapContext, Wait,
};

use crate::client::Client;
use crate::interpret::{Deferred, Run, has_method};
use crate::pool::{Entered, Pool, PoolState, StateGuard};

const MAX_NAME: usize = 2048;
const MAX_NAMESPACE: usize = 256;
/// `osd_max_write_size`.
const MAX_REQUEST_DATA: usize = 90 << 20;
/// `osd_max_write_op_reply_len`: what one op of a write may return.
const MAX_WRITE_OUTPUT: usize = 64;

pub fn submit(client: &Client, request: Request, done: OnReply) {
    let (writing, pool) = match admit(client, &request) {
        Ok(admitted) => admitted,
        Err(e) => return done(Reply::failed(e)),
    };
    match hold(client, &pool, &request.object) {
        Ok(held) if writing => write(client, held, request, done),
        Ok(held) => read(client, held, request, done),
        Err(e) => done(Reply::failed(e)),
    }
}

/// Whether the request writes, and its pool; or what is wrong with it whatever the object.
fn admit(client: &Client, request: &Request) -> Result<(bool, Arc<Pool>)> {
    client.usable()?;
    check_names(request)?;
    let writing = is_write(&request.ops)?;
    let pool = client.store().pools().get(request.object.pool)?;
    if writing {
        check_write(request)?;
    }
    Ok((writing, pool))
}

/// An object that is held, in a pool that is not deleted meanwhile.
struct Held<'a> {
    tx: Box<dyn Tx + 'a>,
    pool: &'a Pool,
    state: StateGuard,
    _entered: Entered<'a>,
}

fn hold<'a>(client: &'a Client, pool: &'a Pool, object: &ObjectRef) -> Result<Held<'a>> {
    let entered = pool.enter()?;
    let tx = client.store().engine()?.begin(object)?;
    // Read while the object is held: a walk that trims a removed snapshot off it came before, and then the
    // removal is seen here, or comes after.
    Ok(Held { tx, pool, state: pool.state(), _entered: entered })
}

fn check_names(request: &Request) -> Result<()> {
    let object = &request.object;
    if object.name.len() > MAX_NAME || object.key.len() > MAX_NAME || object.nspace.len() > MAX_NAMESPACE {
        return Err(Errno::ENAMETOOLONG);
    }
    if object.name.is_empty() || request.ops.is_empty() { Err(Errno::EINVAL) } else { Ok(()) }
}

fn is_write(ops: &[OpEntry]) -> Result<bool> {
    let mut writing = false;
    for entry in ops {
        writing |= match &entry.op {
            Op::Exec { class, method, .. } => has_method(class, method)?,
            op => op.is_write(),
        };
    }
    Ok(writing)
}

fn check_write(request: &Request) -> Result<()> {
    if request.snap != SNAP_HEAD {
        return Err(Errno::EINVAL);
    }
    if request.ops.iter().map(|entry| carried(&entry.op)).sum::<usize>() > MAX_REQUEST_DATA {
        return Err(Errno::EMSGSIZE);
    }
    if request.snapc.is_ordered() { Ok(()) } else { Err(Errno::EINVAL) }
}

/// Whether a pool is past its quota: then it takes no writes that make it grow, unless they are told to be taken.
fn is_full(client: &Client, pool: &Pool, state: &PoolState, flags: RequestFlags) -> Result<bool> {
    let (objects, bytes) = (state.record.quota_objects, state.record.quota_bytes);
    if (objects == 0 && bytes == 0) || flags.contains(RequestFlags::FULL_FORCE) {
        return Ok(false);
    }
    let usage = client.store().engine()?.usage(Some(pool.id));
    Ok((objects > 0 && usage.heads + usage.clones >= objects) || (bytes > 0 && usage.logical >= bytes))
}

/// How many bytes the op brings along.
fn carried(op: &Op) -> usize {
    match op {
        Op::Write { data, .. }
        | Op::WriteFull { data }
        | Op::WriteSame { data, .. }
        | Op::Append { data } => data.len(),
        Op::CmpExt { data, .. } | Op::OmapSetHeader { data } | Op::TmapPut { data } => data.len(),
        Op::SetXattr { value, .. } => value.len(),
        Op::OmapSet { entries } => entries.iter().map(|(key, value)| key.len() + value.len()).sum(),
        Op::Exec { input, .. } => input.len(),
        Op::TmapUpdate { commands } => commands.len(),
        _ => 0,
    }
}

/// The snap context a write has: the pool's own where the pool makes the snapshots, else the writer's, who
/// may not have heard yet that a snapshot was removed.
fn snap_context(state: &PoolState, request: &mut Request) -> SnapContext {
    let given = std::mem::take(&mut request.snapc);
    let mut snapc = state.snap_context.clone().unwrap_or(given);
    let removed = &state.record.removed;
    if !removed.is_empty() && snapc.snaps.iter().any(|&snap| removed.contains(snap)) {
        snapc.snaps = snapc.snaps.iter().copied().filter(|&snap| !removed.contains(snap)).collect();
    }
    snapc
}

fn begin_write<'a>(
    client: &'a Client,
    tx: Box<dyn Tx + 'a>,
    snapc: SnapContext,
    request: &Request,
) -> Result<Run<'a>> {
    let run = Run::write(client, tx, snapc, request.mtime)?;
    if request.flags.contains(RequestFlags::ORDERSNAP) && run.is_behind()? {
        // EOLDSNAPC.
        return Err(Errno::ERESTART);
    }
    Ok(run)
}

fn write(client: &Client, held: Held<'_>, mut request: Request, done: OnReply) {
    let Held { tx, pool, state, _entered } = held;
    let snapc = snap_context(&state, &mut request);
    let full = is_full(client, pool, &state, request.flags);
    let begun = full.and_then(|full| Ok((full, begin_write(client, tx, snapc, &request)?)));
    let (full, mut run) = match begun {
        Ok(begun) => begun,
        Err(e) => return done(Reply::failed(e)),
    };
    let before = if full { run.extent() } else { (usize::MAX, u64::MAX) };
    let object = request.object;
    let outputs = request.flags.contains(RequestFlags::RETURNVEC);
    let mut reply = Reply { ops: Vec::with_capacity(request.ops.len()), ..Reply::default() };
    for entry in request.ops {
        if let Err(e) = step(&mut run, entry, &mut reply) {
            reply.result = e.neg();
            break;
        }
    }
    if reply.result == 0 && run.touched() {
        if outputs {
            bound_outputs(&mut reply);
        } else {
            reply.ops.iter_mut().for_each(|op| op.out = OpOut::None);
        }
    }
    if reply.result == 0 && run.touched() && full {
        let (parts, size) = run.extent();
        if parts > before.0 || size > before.1 {
            reply.result = Errno::EDQUOT.neg();
        }
    }
    if reply.result == 0
        && let Err(e) = run.finish()
    {
        reply.result = e.neg();
    }
    reply.version = run.version();
    if reply.result < 0 {
        drop(run);
        return refuse_settled(client, &object, request.durability, request.wait, reply, done);
    }
    if outputs || !run.touched() {
        reply.result = last_value(&reply);
    }
    pool.traffic.wrote(run.written_bytes);
    let lost = if run.was_removed() { client.store().watches().detach(&object) } else { Vec::new() };
    run.into_tx().commit(
        request.durability,
        request.wait,
        Box::new(move |committed| match committed {
            Ok(()) => done(reply),
            Err(e) => done(Reply::failed(e)),
        }),
    );
    client.store().watches().lost(lost);
}

/// Answers a write that failed and was undone, once what made it fail is on stable storage.
fn refuse_settled(
    client: &Client,
    object: &ObjectRef,
    durability: Durability,
    wait: Wait,
    reply: Reply,
    done: OnReply,
) {
    match client.store().engine().and_then(|engine| engine.begin(object)) {
        Ok(tx) => tx.commit(
            durability,
            wait,
            Box::new(move |settled| done(settled.map_or_else(Reply::failed, |()| reply))),
        ),
        Err(e) => done(Reply::failed(e)),
    }
}

fn read(client: &Client, held: Held<'_>, request: Request, done: OnReply) {
    let Held { tx, pool, state, _entered } = held;
    let mut run = Run::read(client, tx);
    let mut reply = Reply { ops: Vec::with_capacity(request.ops.len()), ..Reply::default() };
    let mut deferred: Option<(Deferred, OpFlags)> = None;
    let mut ops = request.ops.into_iter().peekable();
    let mut went = run.look_at(request.snap, &state.record.removed);
    reply.version = run.version();
    while went.is_ok()
        && let Some(entry) = ops.next()
    {
        let last = ops.peek().is_none() && matches!(entry.op, Op::Read { .. } | Op::SparseRead { .. });
        went = if last {
            step_last(&mut run, entry, &mut reply, &mut deferred)
        } else {
            step(&mut run, entry, &mut reply)
        };
    }
    if let Err(e) = went {
        reply.result = e.neg();
        // As an OSD has it.
        reply.version = 0;
    }
    pool.traffic.read(run.read_bytes);
    let (wait, submitter) = (request.wait, thread::current().id());
    // An answer must not tell of what a crash could still undo.
    run.into_tx().commit(
        request.durability,
        wait,
        Box::new(move |settled| {
            if let Err(e) = settled {
                return done(Reply::failed(e));
            }
            let Some((deferred, flags)) = deferred else {
                if reply.result == 0 {
                    reply.result = last_value(&reply);
                }
                return done(reply);
            };
            let wait = if thread::current().id() == submitter { wait } else { Wait::Deferred };
            deliver(deferred, flags, wait, reply, done);
        }),
    );
}

/// Brings the bytes of a request's last op, a read, and completes the request.
fn deliver(deferred: Deferred, flags: OpFlags, wait: Wait, mut reply: Reply, done: OnReply) {
    let Deferred { plan, sink, shape } = deferred;
    plan.start(
        sink,
        wait,
        Box::new(move |sink, delivered| {
            match delivered {
                Ok(count) => reply.ops.push(shape.reply(sink, count)),
                Err(e) => {
                    reply.ops.push(OpReply { rval: e.neg(), out: OpOut::None });
                    reply.result = if flags.contains(OpFlags::FAILOK) { 0 } else { e.neg() };
                }
            }
            done(reply);
        }),
    );
}

/// Runs one op and notes its answer. An error ends the request.
fn step(run: &mut Run<'_>, entry: OpEntry, reply: &mut Reply) -> Result<()> {
    let failok = entry.flags.contains(OpFlags::FAILOK);
    note(run.op(entry), failok, reply)
}

fn note(answer: Result<(i32, OpOut)>, failok: bool, reply: &mut Reply) -> Result<()> {
    match answer {
        Ok((rval, out)) => reply.ops.push(OpReply { rval, out }),
        Err(e) => {
            reply.ops.push(OpReply { rval: e.neg(), out: OpOut::None });
            if !failok {
                return Err(e);
            }
        }
    }
    Ok(())
}

fn step_last(
    run: &mut Run<'_>,
    entry: OpEntry,
    reply: &mut Reply,
    deferred: &mut Option<(Deferred, OpFlags)>,
) -> Result<()> {
    let flags = entry.flags;
    match run.read_last(entry.op) {
        Ok(Ok(plan)) => *deferred = Some((plan, flags)),
        Ok(Err(empty)) => reply.ops.push(empty),
        Err(e) => return note(Err(e), flags.contains(OpFlags::FAILOK), reply),
    }
    Ok(())
}

/// The positive answer of the last op, where it had one: a class method's, or 1 of a comparison that held.
fn last_value(reply: &Reply) -> i32 {
    reply.ops.last().map_or(0, |op| op.rval.max(0))
}

/// What a write returns is bounded; beyond, the request fails and changes nothing.
fn bound_outputs(reply: &mut Reply) {
    for op in &mut reply.ops {
        let len = match &op.out {
            OpOut::Data(data) => data.len(),
            _ => 0,
        };
        if len > MAX_WRITE_OUTPUT {
            *op = OpReply { rval: Errno::EOVERFLOW.neg(), out: OpOut::None };
            reply.result = Errno::EOVERFLOW.neg();
        }
    }
}
