//! Statistics of pools, as monitors report them.

use denc::{Bytes, Decode, Reader};
use ops::PoolStat;

use super::InMessage;
use super::mon::Fsid;

/// Of each pool asked for, by name. Second: whether the figures of the OSDs' stores are per pool.
pub fn pool_stats(message: &InMessage) -> denc::Result<Vec<(String, PoolStat)>> {
    message.read(2, |_, from| {
        let _: (u64, i16, u64) = from.get()?;
        let _fsid: Fsid = from.get()?;
        let count = from.count(5)?;
        (0..count)
            .map(|_| {
                let name: Bytes = from.get()?;
                let PoolStats(stat) = from.get()?;
                Ok((String::from_utf8_lossy(&name).into_owned(), stat))
            })
            .collect()
    })
}

/// `pool_stat_t`.
struct PoolStats(PoolStat);

impl Decode for PoolStats {
    const MIN: usize = 6;

    fn decode(from: &mut Reader) -> denc::Result<PoolStats> {
        from.envelope(7, |version, body| {
            let mut stat = collection(body)?;
            let (_log_size, _on_disk): (i64, i64) = body.get()?;
            if version >= 6 {
                let (_up, _acting): (i32, i32) = body.get()?;
            }
            if version >= 7 {
                body.envelope(1, |_, store| {
                    // Total, available, internally reserved, allocated, then what data is stored.
                    let _: (u64, u64, i64, i64) = store.get()?;
                    let (stored, compressed, allocated, original): (i64, i64, i64, i64) = store.get()?;
                    stat.num_user_bytes = u64::try_from(stored).unwrap_or_default();
                    stat.compressed_bytes = u64::try_from(compressed).unwrap_or_default();
                    stat.compressed_bytes_alloc = u64::try_from(allocated).unwrap_or_default();
                    stat.compressed_bytes_orig = u64::try_from(original).unwrap_or_default();
                    Ok(())
                })?;
            }
            Ok(PoolStats(stat))
        })
    }
}

/// `object_stat_collection_t` with its one `object_stat_sum_t`.
fn collection(from: &mut Reader) -> denc::Result<PoolStat> {
    from.envelope(2, |_, body| {
        body.envelope(u8::MAX, |_, sum| {
            let mut next = || sum.get::<i64>().map(|value| u64::try_from(value).unwrap_or_default());
            let (num_bytes, num_objects, num_object_clones, num_object_copies) =
                (next()?, next()?, next()?, next()?);
            // Missing, degraded and unfound objects.
            let _ = (next()?, next()?, next()?);
            let (num_rd, num_rd_kb, num_wr, num_wr_kb) = (next()?, next()?, next()?, next()?);
            Ok(PoolStat {
                num_bytes,
                num_objects,
                num_object_clones,
                num_object_copies,
                num_rd,
                num_rd_kb,
                num_wr,
                num_wr_kb,
                ..PoolStat::default()
            })
        })
    })
}
