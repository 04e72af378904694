//! Which monitors are tried next: those of the lowest priority first, and among them at random, by weight.

use denc::entity::{EntityAddr, EntityAddrs};

use super::monmap::Monitor;

/// Those that were tried since the last session.
#[derive(Default)]
pub struct Tried(Vec<EntityAddrs>);

impl Tried {
    /// Where up to `most` monitors of one priority speak the second protocol. When all were tried, it begins again. `below(n)`
    /// is a random number below `n`.
    pub fn next(
        &mut self,
        monitors: &[Monitor],
        most: usize,
        mut below: impl FnMut(u64) -> u64,
    ) -> Vec<EntityAddr> {
        let mut left = self.untried(monitors);
        if left.is_empty() {
            self.0.clear();
            left = self.untried(monitors);
        }
        let lowest = left.iter().map(|(monitor, _)| monitor.priority).min();
        left.retain(|(monitor, _)| Some(monitor.priority) == lowest);
        let mut chosen = Vec::new();
        while !left.is_empty() && chosen.len() < most {
            let (monitor, addr) = left.swap_remove(pick(&left, &mut below));
            self.0.push(monitor.addrs.clone());
            chosen.push(addr.clone());
        }
        chosen
    }

    pub fn forget(&mut self) {
        self.0.clear();
    }

    fn untried<'a>(&self, monitors: &'a [Monitor]) -> Vec<(&'a Monitor, &'a EntityAddr)> {
        let new = monitors.iter().filter(|monitor| !self.0.contains(&monitor.addrs));
        new.filter_map(|monitor| Some((monitor, monitor.v2()?))).collect()
    }
}

/// One of them, by weight; where none has any, each alike.
fn pick(of: &[(&Monitor, &EntityAddr)], below: &mut impl FnMut(u64) -> u64) -> usize {
    let all: u64 = of.iter().map(|(monitor, _)| u64::from(monitor.weight)).sum();
    if all == 0 {
        return below(of.len() as u64) as usize;
    }
    let mut at = below(all);
    let passes = |(monitor, _): &(&Monitor, &EntityAddr)| match at.checked_sub(monitor.weight.into()) {
        Some(rest) => {
            at = rest;
            false
        }
        None => true,
    };
    of.iter().position(passes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn monitor(port: u16, priority: u16, weight: u16) -> Monitor {
        let addr = |kind| EntityAddr::new(kind, ([127, 0, 0, 1], port).into(), 0);
        let addrs = EntityAddrs(vec![addr(EntityAddr::MSGR2)]);
        Monitor { name: port.to_string(), addrs, priority, weight }
    }

    /// Not random, but even.
    fn below() -> impl FnMut(u64) -> u64 {
        let mut state = 7_u64;
        move |most| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        }
    }

    fn ports(found: &[EntityAddr]) -> Vec<u16> {
        let mut ports: Vec<_> = found.iter().filter_map(|addr| Some(addr.socket_addr()?.port())).collect();
        ports.sort_unstable();
        ports
    }

    #[test]
    fn priorities_come_one_after_the_other() {
        let old = Monitor {
            addrs: EntityAddrs(vec![EntityAddr::new(EntityAddr::LEGACY, ([127, 0, 0, 1], 9).into(), 0)]),
            ..monitor(9, 0, 0)
        };
        let monitors = [
            monitor(1, 20, 0),
            monitor(2, 10, 0),
            monitor(3, 10, 5),
            monitor(4, 20, 9),
            monitor(5, 20, 0),
            old,
        ];
        let (mut tried, mut below) = (Tried::default(), below());
        let mut next = |tried: &mut Tried| ports(&tried.next(&monitors, 2, &mut below));
        assert_eq!(next(&mut tried), [2, 3]);
        let second = next(&mut tried);
        let third = next(&mut tried);
        assert_eq!((second.len(), third.len()), (2, 1));
        assert_eq!(ports_of([second, third].concat()), [1, 4, 5]);
        assert_eq!(next(&mut tried), [2, 3], "from the beginning");
        tried.forget();
        assert_eq!(next(&mut tried), [2, 3], "a session was lost");
    }

    fn ports_of(mut ports: Vec<u16>) -> Vec<u16> {
        ports.sort_unstable();
        ports
    }

    #[test]
    fn weights_say_how_often() {
        let mut below = below();
        for (weights, expected) in [([30, 10, 0], [7500, 2500, 0]), ([0, 0, 0], [3333, 3333, 3333])] {
            let monitors: Vec<_> =
                (1_u16..).zip(weights).map(|(port, weight)| monitor(port, 1, weight)).collect();
            let mut counts = BTreeMap::from([(1, 0_i32), (2, 0), (3, 0)]);
            for _ in 0..10_000 {
                for port in ports(&Tried::default().next(&monitors, 1, &mut below)) {
                    *counts.entry(port).or_default() += 1;
                }
            }
            for (found, expected) in counts.values().zip(expected) {
                assert!((found - expected).abs() <= 300, "{weights:?}: {counts:?}");
            }
        }
    }
}
