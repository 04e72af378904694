//! Random CRUSH maps as text for `crushtool --compile`.

use std::fmt::Write;

use crate::dice::Dice;

pub struct RuleInfo {
    pub id: u8,
    pub erasure: bool,
}

pub struct CrushText {
    pub text: String,
    pub osds: usize,
    pub rules: Vec<RuleInfo>,
}

/// A bucket, or a device, to put into the next level.
struct Item {
    name: String,
    id: i64,
    /// By class: a bucket's shadow, or the device itself.
    shadows: Vec<Option<i64>>,
}

const TYPES: [&str; 5] = ["osd", "host", "rack", "row", "root"];
const CLASSES: [&str; 3] = ["hdd", "ssd", "nvme"];
const ALGORITHMS: [&str; 5] = ["straw2", "straw", "list", "tree", "uniform"];

/// The text has no way to say that a weight set is for the pools without one (id -1): it stands under this id.
const STAND_IN: i64 = 471_147_114;

struct Writer<'a> {
    dice: &'a mut Dice,
    text: String,
    /// Straw2 buckets by id, with the ids of their items.
    straw2: Vec<(i64, Vec<i64>)>,
    next_id: i64,
    algorithms: Vec<&'static str>,
    /// Levels in use, by index of the types.
    levels: Vec<usize>,
    classes: Vec<&'static str>,
}

impl CrushText {
    pub fn generate(dice: &mut Dice, release: u8) -> CrushText {
        let osds = dice.one_of(&[60, 100, 250, 1000]) - dice.below(40) as usize;
        let algorithms = match dice.below(3) {
            0 => vec!["straw2"],
            1 => vec![dice.one_of(&ALGORITHMS)],
            _ => ALGORITHMS.to_vec(),
        };
        // All OSDs in one bucket only where they are few: each draw looks at all of them.
        let shapes = [&[0, 1, 4][..], &[0, 1, 2, 4], &[0, 1, 2, 3, 4], &[0, 4]];
        let levels = dice.one_of(if osds > 100 { &shapes[..3] } else { &shapes }).to_vec();
        let classes = CLASSES[..dice.below(4) as usize].to_vec();
        let mut writer = Writer {
            dice,
            text: String::new(),
            straw2: Vec::new(),
            next_id: -1,
            algorithms,
            levels,
            classes,
        };
        writer.tunables();
        let racks = writer.hierarchy(osds);
        let rules = writer.rules(release, &racks);
        writer.choose_args();
        CrushText { text: writer.text, osds, rules }
    }
}

impl CrushText {
    /// Gives the weight set for all other pools its real id in the compiled map.
    pub fn finish(&self, mut crush: Vec<u8>) -> Vec<u8> {
        let stand_in = STAND_IN.to_le_bytes();
        let found = crush.windows(8).position(|window| window == stand_in);
        assert_eq!(found.is_some(), self.text.contains(&format!("choose_args {STAND_IN}")));
        if let Some(at) = found {
            crush[at..at + 8].copy_from_slice(&(-1_i64).to_le_bytes());
        }
        crush
    }
}

impl Writer<'_> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn tunables(&mut self) {
        // Profiles: jewel, hammer, firefly, bobtail, argonaut; and any mixture.
        let (local, fallback, total, once, vary_r, stable, straw) = match self.dice.below(8) {
            0 => (0, 0, 50, 1, 1, 0, 1),
            1 => (0, 0, 50, 1, 1, 0, 0),
            2 => (0, 0, 50, 1, 0, 0, 0),
            3 => (2, 5, 19, 0, 0, 0, 0),
            4 => {
                let dice = &mut self.dice;
                let two = |dice: &mut Dice| dice.below(2);
                let (local, fallback, total) = (dice.below(4), dice.below(6), 5 + dice.below(60));
                (local, fallback, total, two(dice), dice.below(5), two(dice), two(dice))
            }
            _ => (0, 0, 50, 1, 1, 1, 1),
        };
        for (name, value) in [
            ("choose_local_tries", local),
            ("choose_local_fallback_tries", fallback),
            ("choose_total_tries", total),
            ("chooseleaf_descend_once", once),
            ("chooseleaf_vary_r", vary_r),
            ("chooseleaf_stable", stable),
            ("straw_calc_version", straw),
            ("allowed_bucket_algs", 62),
        ] {
            self.line(format!("tunable {name} {value}"));
        }
    }

    /// Writes devices and buckets. Returns some names below the root.
    fn hierarchy(&mut self, osds: usize) -> Vec<String> {
        let mut below = Vec::new();
        for osd in 0..osds {
            let (name, id) = (format!("osd.{osd}"), osd as i64);
            let class = self.dice.below(self.classes.len() as u64) as usize;
            let suffix = self.classes.get(class).map_or(String::new(), |class| format!(" class {class}"));
            self.line(format!("device {osd} {name}{suffix}"));
            let shadows = (0..self.classes.len()).map(|at| (at == class).then_some(id)).collect();
            below.push(Item { name, id, shadows });
        }
        for (number, name) in TYPES.iter().enumerate() {
            self.line(format!("type {number} {name}"));
        }
        let mut some = Vec::new();
        for level in self.levels.clone().into_iter().skip(1) {
            let mut above = Vec::new();
            while !below.is_empty() {
                let most = if level == 4 { below.len() } else { 1 + self.dice.below(16) as usize };
                let items: Vec<Item> = below.drain(..most.min(below.len())).collect();
                above.push(self.bucket(level, above.len(), items));
            }
            if level == 2 || level == 3 {
                some = above.iter().map(|item| item.name.clone()).collect();
            }
            below = above;
        }
        some
    }

    fn bucket(&mut self, level: usize, number: usize, items: Vec<Item>) -> Item {
        let mut algorithm = self.dice.one_of(&self.algorithms);
        // The size of a tree's array is one byte; and crushtool cannot make shadows of some buckets.
        let unshadowed = !self.classes.is_empty() && matches!(algorithm, "tree" | "uniform");
        if unshadowed || algorithm == "tree" && items.len() > 64 {
            algorithm = "straw2";
        }
        let name = if level == 4 { "root".to_owned() } else { format!("{}{number}", TYPES[level]) };
        let id = self.next_id;
        self.line(format!("{} {name} {{\n id {id}", TYPES[level]));
        for (at, class) in self.classes.clone().into_iter().enumerate() {
            self.line(format!(" id {} class {class}", id - 1 - at as i64));
        }
        let shadows: Vec<_> = (0..self.classes.len()).map(|at| Some(id - 1 - at as i64)).collect();
        self.next_id -= 1 + shadows.len() as i64;
        self.line(format!(" alg {algorithm}\n hash 0"));
        let even = algorithm == "uniform" || self.dice.below(3) == 0;
        for item in &items {
            let weight = match self.dice.below(20) {
                _ if even => "1.000".to_owned(),
                0 => "0.000".to_owned(),
                _ => format!("{:.3}", (1 + self.dice.below(16_000)) as f64 / 1000.0),
            };
            self.line(format!(" item {} weight {weight}", item.name));
        }
        self.line("}");
        if algorithm == "straw2" {
            self.straw2.push((id, items.iter().map(|item| item.id).collect()));
            for (at, shadow) in shadows.iter().enumerate() {
                let items = items.iter().filter_map(|item| item.shadows[at]).collect();
                self.straw2.extend(shadow.map(|shadow| (shadow, items)));
            }
        }
        Item { name, id, shadows }
    }

    fn rules(&mut self, release: u8, racks: &[String]) -> Vec<RuleInfo> {
        let mut rules = Vec::new();
        for id in 0..6 + self.dice.below(6) as u8 {
            let take = match self.classes.is_empty() || self.dice.below(2) == 0 {
                true => "take root".to_owned(),
                false => format!("take root class {}", self.dice.one_of(&self.classes)),
            };
            let domain = self.dice.one_of(&self.levels[..self.levels.len() - 1]);
            let steps = match self.dice.below(if release >= 20 { 4 } else { 3 }) {
                0 => Some((false, self.firstn(&take, domain, racks))),
                1 | 2 => Some((true, self.indep(&take, domain))),
                _ => None,
            };
            let (erasure, kind, steps) = match steps {
                Some((erasure, steps)) => (erasure, if erasure { "erasure" } else { "replicated" }, steps),
                None => {
                    let erasure = self.dice.below(2) == 0;
                    (erasure, if erasure { "msr_indep" } else { "msr_firstn" }, self.msr(domain))
                }
            };
            let most = if self.dice.below(5) == 0 { 3 } else { 20 };
            let sizes = if release < 17 { format!(" min_size 1\n max_size {most}\n") } else { String::new() };
            self.line(format!("rule r{id} {{\n id {id}\n type {kind}\n{sizes}{steps} step emit\n}}"));
            rules.push(RuleInfo { id, erasure });
        }
        rules
    }

    fn settings(&mut self) -> String {
        let mut text = String::new();
        for (name, most) in [
            ("choose_tries", 120),
            ("chooseleaf_tries", 10),
            ("choose_local_tries", 4),
            ("choose_local_fallback_tries", 6),
            ("chooseleaf_vary_r", 4),
            ("chooseleaf_stable", 1),
        ] {
            if self.dice.below(6) == 0 {
                let _ = writeln!(text, " step set_{name} {}", self.dice.below(most + 1));
            }
        }
        text
    }

    fn firstn(&mut self, take: &str, domain: usize, racks: &[String]) -> String {
        let mut text = self.settings();
        let kind = TYPES[domain];
        let lower = TYPES[self.levels[self.dice.below(domain as u64) as usize % self.levels.len()]];
        let _ = match self.dice.below(5) {
            0 => write!(text, " step {take}\n step choose firstn 0 type osd\n"),
            1 if domain > 0 => {
                write!(
                    text,
                    " step {take}\n step choose firstn 2 type {kind}\n step chooseleaf firstn 2 type {lower}\n"
                )
            }
            2 if domain > 0 => {
                write!(
                    text,
                    " step {take}\n step choose firstn 0 type {kind}\n step choose firstn 1 type osd\n"
                )
            }
            3 if !racks.is_empty() => {
                let first = &racks[self.dice.below(racks.len() as u64) as usize];
                write!(
                    text,
                    " step take {first}\n step chooseleaf firstn 1 type host\n step emit\n step {take}\n step chooseleaf firstn -1 type {kind}\n"
                )
            }
            _ => write!(text, " step {take}\n step chooseleaf firstn 0 type {kind}\n"),
        };
        text
    }

    fn indep(&mut self, take: &str, domain: usize) -> String {
        let mut text = self.settings();
        let kind = TYPES[domain];
        let (first, second) = (2 + self.dice.below(4), 1 + self.dice.below(4));
        let _ = match self.dice.below(4) {
            0 => write!(text, " step {take}\n step choose indep 0 type osd\n"),
            1 if domain > 0 => write!(
                text,
                " step {take}\n step choose indep {first} type {kind}\n step choose indep {second} type osd\n"
            ),
            2 if domain > 1 => write!(
                text,
                " step {take}\n step choose indep {first} type {kind}\n step chooseleaf indep {second} type host\n"
            ),
            _ => write!(text, " step {take}\n step chooseleaf indep 0 type {kind}\n"),
        };
        text
    }

    /// From the root with all its devices: Ceph's own mapping ends in an assertion at a bucket without items.
    fn msr(&mut self, domain: usize) -> String {
        let mut text = String::new();
        for name in ["set_msr_descents", "set_msr_collision_tries"] {
            if self.dice.below(3) == 0 {
                let _ = writeln!(text, " step {name} {}", 1 + self.dice.below(60));
            }
        }
        text.push_str(" step take root\n");
        let (first, second, third) = (self.dice.below(6), 1 + self.dice.below(4), 1 + self.dice.below(3));
        let kind = TYPES[domain];
        let _ = match domain {
            0 => writeln!(text, " step choosemsr {first} type osd"),
            2.. if self.dice.below(2) == 0 => write!(
                text,
                " step choosemsr {first} type {kind}\n step choosemsr {second} type host\n step choosemsr {third} type osd\n"
            ),
            _ => write!(text, " step choosemsr {first} type {kind}\n step choosemsr {second} type osd\n"),
        };
        text
    }

    /// Weight sets for some pools, and sometimes for all others.
    fn choose_args(&mut self) {
        for pool in (1..6).chain([STAND_IN]) {
            if self.straw2.is_empty() || self.dice.below(3) > 0 {
                continue;
            }
            self.line(format!("choose_args {pool} {{"));
            let positions = 1 + self.dice.below(4);
            for (id, items) in self.straw2.clone() {
                if self.dice.below(3) == 0 {
                    continue;
                }
                let mut text = format!(" {{\n bucket_id {id}\n weight_set [");
                for _ in 0..positions {
                    let weights: Vec<String> = items
                        .iter()
                        .map(|_| format!("{:.3}", self.dice.below(9000).saturating_sub(300) as f64 / 1000.0))
                        .collect();
                    let _ = write!(text, " [ {} ]", weights.join(" "));
                }
                text.push_str(" ]\n");
                if self.dice.below(3) == 0 {
                    let ids: Vec<String> = items.iter().map(|id| (id - 1000).to_string()).collect();
                    let _ = writeln!(text, " ids [ {} ]", ids.join(" "));
                }
                self.line(text + " }");
            }
            self.line("}");
        }
    }
}
