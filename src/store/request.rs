//! From a request to its reply: the checks, the hold on the object, the run, the commit.

use std::thread;

use disk::Tx;
use ops::{
    Durability, Errno, ObjectRef, OnReply, Op, OpEntry, OpFlags, OpOut, OpReply, Reply, Request, RequestFlags,
    Result, SNAP_HEAD, Wait,
};

use crate::client::Client;
use crate::interpret::{Deferred, Run, has_method};
use crate::pool::{Pool, PoolState};

const MAX_NAME: usize = 2048;
const MAX_NAMESPACE: usize = 256;
/// `osd_max_write_size`.
const MAX_REQUEST_DATA: usize = 90 << 20;
/// `osd_max_write_op_reply_len`: what one op of a write may return.
const MAX_WRITE_OUTPUT: usize = 64;

pub fn submit(client: &Client, request: Request, done: OnReply) {
    // What fails before anything was handed over comes back with `done`.
    if let Err((errno, done)) = start(client, request, done) {
        done(Reply::failed(errno));
    }
}

type Refused = (Errno, OnReply);

fn start(client: &Client, request: Request, done: OnReply) -> std::result::Result<(), Refused> {
    let refuse = |errno| move |done| (errno, done);
    let prepared = client.usable().and_then(|()| check_names(&request)).and_then(|()| {
        let writing = is_write(&request.ops)?;
        let pool = client.store().pools().get(request.object.pool)?;
        Ok((writing, pool))
    });
    let (writing, pool) = match prepared {
        Ok(prepared) => prepared,
        Err(e) => return Err(refuse(e)(done)),
    };
    // Keeps the pool from being deleted while the object is held.
    let entered = match pool.enter() {
        Ok(entered) => entered,
        Err(e) => return Err(refuse(e)(done)),
    };
    if writing && let Err(e) = check_write(&request) {
        return Err(refuse(e)(done));
    }
    let tx = match client.store().engine().and_then(|engine| engine.begin(&request.object)) {
        Ok(tx) => tx,
        Err(e) => return Err(refuse(e)(done)),
    };
    // Read while the object is held: a walk that trims a removed snapshot off it came before, and then the
    // removal is seen here, or comes after.
    let state = pool.state();
    if writing {
        write(client, &pool, &state, tx, request, done)?;
    } else {
        read(client, &pool, &state, tx, request, done)?;
    }
    drop(entered);
    Ok(())
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
    let snapc = &request.snapc;
    let descending = snapc.snaps.windows(2).all(|pair| pair[0] > pair[1]);
    if !descending || snapc.snaps.first().is_some_and(|&newest| newest > snapc.seq) {
        return Err(Errno::EINVAL);
    }
    Ok(())
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

fn write<'a>(
    client: &'a Client,
    pool: &Pool,
    state: &PoolState,
    tx: Box<dyn Tx + 'a>,
    request: Request,
    done: OnReply,
) -> std::result::Result<(), Refused> {
    let mut snapc = state.snap_context.clone().unwrap_or(request.snapc);
    if !snapc.snaps.is_empty() && !state.record.removed.is_empty() {
        // A writer may not have heard yet that a snapshot was removed.
        if snapc.snaps.iter().any(|&snap| state.record.removed.contains(snap)) {
            snapc.snaps =
                snapc.snaps.iter().copied().filter(|&s| !state.record.removed.contains(s)).collect();
        }
    }
    let object = request.object;
    let mut run = match Run::write(client, tx, snapc, request.mtime) {
        Ok(run) => run,
        Err(e) => return Err((e, done)),
    };
    if request.flags.contains(RequestFlags::ORDERSNAP) {
        match run.is_behind() {
            Ok(false) => {}
            // EOLDSNAPC.
            Ok(true) => return Err((Errno::ERESTART, done)),
            Err(e) => return Err((e, done)),
        }
    }
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
    if reply.result == 0
        && let Err(e) = run.finish()
    {
        reply.result = e.neg();
    }
    reply.version = run.version();
    if reply.result < 0 {
        drop(run);
        refuse_settled(client, &object, request.durability, request.wait, reply, done);
        return Ok(());
    }
    if outputs {
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
    Ok(())
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

fn read<'a>(
    client: &'a Client,
    pool: &Pool,
    state: &PoolState,
    tx: Box<dyn Tx + 'a>,
    request: Request,
    done: OnReply,
) -> std::result::Result<(), Refused> {
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
    Ok(())
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

/// A class method's positive answer, where the last op had one.
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
