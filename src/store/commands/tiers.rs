//! Which pool is tier of which. It is kept and shown, as an OSD map does; no data moves between them, and an overlay,
//! which would make requests go to the tier, cannot be set.

use std::sync::Arc;

use ops::Errno;

use super::pools::{engine, named};
use super::{Answer, Call, Command, Daemon, Output, because};
use crate::pool::Pool;

const BASE: &str = "pool,CephPoolname";
const TIER: &str = "tierpool,CephPoolname";
const SURE: &str = "yes_i_really_mean_it,CephBool,req=false";

pub const COMMANDS: &[Command] = &[
    Command {
        to: Daemon::Mon,
        prefix: "osd tier add",
        args: &[BASE, TIER, "force_nonempty,CephChoices,strings=--force-nonempty,req=false"],
        run: add,
    },
    Command { to: Daemon::Mon, prefix: "osd tier remove", args: &[BASE, TIER], run: remove },
    Command { to: Daemon::Mon, prefix: "osd tier rm", args: &[BASE, TIER], run: remove },
    Command {
        to: Daemon::Mon,
        prefix: "osd tier cache-mode",
        args: &[BASE, "mode,CephChoices,strings=none|readproxy|readonly|writeback", SURE],
        run: cache_mode,
    },
    Command {
        to: Daemon::Mon,
        prefix: "osd tier set-overlay",
        args: &[BASE, "overlaypool,CephPoolname"],
        run: |_| Err((Errno::EOPNOTSUPP, "a store moves no data between pools".into())),
    },
    Command {
        to: Daemon::Mon,
        prefix: "osd tier remove-overlay",
        args: &[BASE],
        run: |call| {
            Output::status(format!("there is now (or already was) no overlay for '{}'", call.text("pool")?))
        },
    },
];

fn both(call: &Call) -> Result<(Arc<Pool>, Arc<Pool>), (Errno, String)> {
    Ok((named(call, "pool")?, named(call, "tierpool")?))
}

fn names(base: &Pool, tier: &Pool) -> (String, String) {
    (base.state().record.name.clone(), tier.state().record.name.clone())
}

fn set_base(call: &Call, tier: &Pool, base: Option<i64>) -> Result<(), (Errno, String)> {
    let edit = |record: &mut crate::pool::PoolRecord| {
        record.tier_of = base;
        if base.is_none() {
            record.cache_mode.clear();
        }
        Ok(())
    };
    call.store.pools().change(engine(call)?, tier.id, edit).map_err(because("not stored"))
}

fn add(call: &Call) -> Answer {
    let (base, tier) = both(call)?;
    let (base_name, tier_name) = names(&base, &tier);
    let is_base = call.store.pools().all().iter().any(|pool| pool.state().record.tier_of == Some(tier.id));
    if base.id == tier.id || base.state().record.tier_of.is_some() || is_base {
        return Err((Errno::EINVAL, format!("'{tier_name}' cannot be a tier of '{base_name}'")));
    }
    let old = tier.state().record.tier_of;
    match old {
        Some(id) if id == base.id => {
            return Output::status(format!("pool '{tier_name}' is already a tier of '{base_name}'"));
        }
        Some(_) => return Err((Errno::EINVAL, format!("pool '{tier_name}' is a tier already"))),
        None => set_base(call, &tier, Some(base.id))?,
    }
    Output::status(format!("pool '{tier_name}' is now (or already was) a tier of '{base_name}'"))
}

fn remove(call: &Call) -> Answer {
    let (base, tier) = both(call)?;
    let (base_name, tier_name) = names(&base, &tier);
    let old = tier.state().record.tier_of;
    match old {
        Some(id) if id != base.id => {
            return Err((Errno::EINVAL, format!("pool '{tier_name}' is a tier of another pool")));
        }
        Some(_) => set_base(call, &tier, None)?,
        None => {}
    }
    Output::status(format!("pool '{tier_name}' is now (or already was) not a tier of '{base_name}'"))
}

fn cache_mode(call: &Call) -> Answer {
    let (pool, mode) = (named(call, "pool")?, call.text("mode")?);
    let name = pool.state().record.name.clone();
    if pool.state().record.tier_of.is_none() {
        return Err((Errno::EINVAL, format!("pool '{name}' is not a tier")));
    }
    match mode {
        "none" | "readproxy" | "readonly" | "writeback" => {}
        _ => return Err((Errno::EINVAL, format!("'{mode}' is not a valid cache mode"))),
    }
    if matches!(mode, "readonly") && !call.is_set("yes_i_really_mean_it") {
        return Err((Errno::EPERM, format!("'{mode}' may show stale data: give yes_i_really_mean_it")));
    }
    let edit = |record: &mut crate::pool::PoolRecord| {
        mode.clone_into(&mut record.cache_mode);
        Ok(())
    };
    call.store.pools().change(engine(call)?, pool.id, edit).map_err(because("not stored"))?;
    Output::status(format!("set cache-mode for pool '{name}' to {mode}"))
}
