//! A map in the words of `osdmaptool --dump json`, as far as it is kept.

use denc::entity::{EntityAddr, EntityAddrs};
use ops::Timespec;
use osdmap::{MapFlags, OsdMap, Pg, Pool, PoolFlags, SnapSet};
use serde_json::{Map, Value, json};

pub fn of(map: &OsdMap) -> Value {
    let pools: Vec<_> = map.pools().map(|(id, pool)| pool_of(map, id, pool)).collect();
    let osds: Vec<_> = map
        .osds()
        .map(|osd| {
            json!({
                "osd": osd.id, "up": u8::from(osd.is_up()), "in": u8::from(osd.is_in()),
                "weight": f64::from(osd.weight) / 65536.0,
                "primary_affinity": f64::from(osd.primary_affinity) / 65536.0,
                "up_from": osd.up_from, "public_addrs": { "addrvec": addrs(osd.addrs) },
            })
        })
        .collect();
    let extra: Vec<_> = map
        .osds()
        // Printed as a signed number.
        .map(|osd| json!({ "osd": osd.id, "features": osd.features.cast_signed() }))
        .collect();
    let mut dump = json!({
        "epoch": map.epoch(), "fsid": map.fsid().to_string(),
        "created": time(map.created()), "modified": time(map.modified()),
        "last_up_change": time(map.last_up_change()), "last_in_change": time(map.last_in_change()),
        "flags_num": map.flags().bits(), "crush_version": map.crush_version(),
        "full_ratio": map.ratios().full, "nearfull_ratio": map.ratios().nearfull,
        "backfillfull_ratio": map.ratios().backfillfull,
        "pool_max": map.pool_max(), "max_osd": map.max_osd(),
        "require_min_compat_client": map.require_min_compat_client().to_string(),
        "require_osd_release": map.require_osd_release().to_string(),
        "pools": pools, "osds": osds, "osd_xinfo": extra,
        "pg_upmap": by_pg(map.pg_upmap(), |pg, osds| json!({ "pgid": pg, "osds": osds })),
        "pg_upmap_items": by_pg(map.pg_upmap_items(), |pg, pairs| {
            let pairs: Vec<_> = pairs.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect();
            json!({ "pgid": pg, "mappings": pairs })
        }),
        "pg_temp": by_pg(map.pg_temp(), |pg, osds| json!({ "pgid": pg, "osds": osds })),
        "erasure_code_profiles": profiles(map),
        "removed_snaps_queue": snaps(map.removed_snaps_queue()),
        "new_removed_snaps": snaps(map.new_removed_snaps()),
        "new_purged_snaps": snaps(map.new_purged_snaps()),
    });
    // Fields that came with Ceph 17 and 18.
    if !map.pg_upmap_primaries().is_empty() {
        dump["pg_upmap_primaries"] =
            by_pg(map.pg_upmap_primaries(), |pg, osd| json!({ "pgid": pg, "primary_osd": osd }));
    }
    let listed: Map<_, _> =
        map.blocklist().entries().map(|(addr, until)| (addr.to_string(), time(until))).collect();
    dump["blocklist"] = listed.into();
    let ranges: Map<_, _> =
        map.blocklist().ranges().map(|(addr, until)| (format!("cidr:{addr}"), time(until))).collect();
    if !ranges.is_empty() {
        dump["range_blocklist"] = ranges.into();
    }
    assert_eq!(map.flags().contains(MapFlags::PAUSERD), map.pauses_reads());
    dump
}

fn pool_of(map: &OsdMap, id: i64, pool: &Pool) -> Value {
    let snaps: Vec<_> = pool
        .snaps
        .iter()
        .map(|(id, snap)| json!({ "snapid": id, "stamp": time(snap.stamp), "name": snap.name }))
        .collect();
    let mode = if pool.flags.contains(PoolFlags::POOL_SNAPS) { "pool" } else { "selfmanaged" };
    let autoscale = ["off", "warn", "on"].get(usize::from(pool.pg_autoscale_mode)).copied().unwrap_or("???");
    let tier = |tier: Option<i64>| tier.unwrap_or(-1);
    let mut dump = json!({
        "pool": id, "pool_name": map.pool_name(id), "create_time": time(pool.create_time),
        "flags": pool.flags.bits(), "type": pool.kind.0, "size": pool.size, "min_size": pool.min_size,
        "crush_rule": pool.crush_rule, "object_hash": pool.object_hash, "pg_autoscale_mode": autoscale,
        "pg_num": pool.pg_num, "pg_placement_num": pool.pgp_num,
        "pg_placement_num_target": pool.pgp_num_target, "pg_num_target": pool.pg_num_target,
        "pg_num_pending": pool.pg_num_pending, "last_change": pool.last_change.to_string(),
        "last_force_op_resend": pool.last_force_resend.to_string(),
        "last_force_op_resend_prenautilus": pool.last_force_resend_prenautilus.to_string(),
        "last_force_op_resend_preluminous": pool.last_force_resend_preluminous.to_string(),
        "auid": pool.auid, "snap_mode": mode, "snap_seq": pool.snap_seq, "snap_epoch": pool.snap_epoch,
        "pool_snaps": snaps, "quota_max_bytes": pool.quota_max_bytes,
        "quota_max_objects": pool.quota_max_objects,
    });
    // The macro's depth is limited.
    let more = json!({
        "tiers": pool.tiers, "tier_of": tier(pool.tier_of), "read_tier": tier(pool.read_tier),
        "write_tier": tier(pool.write_tier), "erasure_code_profile": pool.erasure_code_profile,
        "stripe_width": pool.stripe_width, "expected_num_objects": pool.expected_num_objects,
        "fast_read": pool.fast_read, "application_metadata": pool.applications,
    });
    dump.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    if pool.nonprimary_shards != 0 {
        let shards: Vec<_> = (0..128).filter(|shard| !pool.may_lead(*shard)).map(|s| s.to_string()).collect();
        dump["nonprimary_shards"] = format!("{{{}}}", shards.join(",")).into();
    }
    assert_eq!(map.pool_by_name(map.pool_name(id).unwrap()), Some(id));
    dump
}

fn by_pg<V>(map: &std::collections::BTreeMap<Pg, V>, each: impl Fn(String, &V) -> Value) -> Value {
    map.iter().map(|(pg, value)| each(pg.to_string(), value)).collect()
}

fn profiles(map: &OsdMap) -> Value {
    let names = map.pools().map(|(_, pool)| &pool.erasure_code_profile).filter(|name| !name.is_empty());
    names.map(|name| (name.clone(), json!(map.erasure_code_profile(name)))).collect::<Map<_, _>>().into()
}

fn snaps(pools: &std::collections::BTreeMap<i64, SnapSet>) -> Value {
    let ranges = |set: &SnapSet| -> Vec<_> {
        set.ranges().map(|(begin, length)| json!({ "begin": begin, "length": length })).collect()
    };
    pools.iter().map(|(pool, set)| json!({ "pool": pool, "snaps": ranges(set) })).collect()
}

fn addrs(addrs: &EntityAddrs) -> Vec<Value> {
    let kind = |addr: &EntityAddr| match addr.kind {
        EntityAddr::LEGACY => "v1",
        EntityAddr::MSGR2 => "v2",
        _ => "any",
    };
    let text = |addr: &EntityAddr| addr.socket_addr().map(|addr| addr.to_string());
    addrs
        .0
        .iter()
        .map(|addr| json!({ "type": kind(addr), "addr": text(addr), "nonce": addr.nonce }))
        .collect()
}

/// UTC to the microsecond; what lies within ten years of the epoch is printed as seconds.
fn time(time: Timespec) -> Value {
    let (seconds, micros) = (u64::from(time.sec), time.nsec / 1000);
    if seconds < 10 * 365 * 86400 {
        return format!("{seconds}.{micros:06}").into();
    }
    let (days, second) = (seconds / 86400, seconds % 86400);
    // Days since 1 March of year 0, whose leap days come last.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}+0000").into()
}
