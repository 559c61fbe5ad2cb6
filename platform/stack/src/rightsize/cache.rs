//! The nodes of the cache.

use super::{
    HIGH, LOW,
    finding::{Change, Finding, Part, Verdict},
    series::Signal::{CacheBytes, CacheCpu, CacheMemory, CacheUnits},
    week::Week,
};
use crate::{
    stack::{Cache, CacheMode},
    value::CacheClass,
};

const MIB: f64 = 1_048_576.0;

/// What is said of a cache that ElastiCache runs.
pub(super) fn judge(cache: &Cache, week: &Week) -> Option<Finding> {
    match cache.mode {
        CacheMode::Serverless => Some(serverless(week)),
        CacheMode::Node => Some(nodes(cache, week)),
        CacheMode::Sidecar | CacheMode::None => None,
    }
}

fn serverless(week: &Week) -> Finding {
    let size = "serverless".to_owned();
    match week.spreads([CacheBytes, CacheUnits]) {
        Err(why) => Finding::unknown(Part::Cache, size, why),
        Ok([bytes, units]) => {
            let why = format!(
                "billed by use, so there is no size to choose; p99 {:.1} MiB of data, {:.0} units in five minutes",
                bytes.percentile(99) / MIB,
                units.percentile(99)
            );
            let seen = vec![(CacheBytes, &bytes), (CacheUnits, &units)];
            Finding::keep(Part::Cache, size, seen, why)
        }
    }
}

/// A step down of a family leaves a third of the memory at least (52 GiB of 157, 0.5 of 1.37), so that 25 % become 75 % at most.
fn nodes(cache: &Cache, week: &Week) -> Finding {
    let class: CacheClass = match &cache.node {
        Some(class) => class.clone(),
        None => "cache.t4g.micro"
            .parse()
            .expect("the default is a valid class"),
    };
    let size = class.to_string();
    let [memory, cpu] = match week.spreads([CacheMemory, CacheCpu]) {
        Ok(spreads) => spreads,
        Err(why) => return Finding::unknown(Part::Cache, size, why),
    };
    let (memory99, cpu95, cpu99) = (
        memory.percentile(99),
        cpu.percentile(95),
        cpu.percentile(99),
    );
    let why = format!("memory p99 {memory99:.1} %, CPU p95 {cpu95:.1} %, p99 {cpu99:.1} %");
    let seen = vec![(CacheMemory, &memory), (CacheCpu, &cpu)];
    let small = memory99 > HIGH || cpu95 > HIGH;
    let large = memory99 < LOW && cpu99 < LOW;
    let (then, verdict, risk) = match () {
        () if small => (
            class.larger(),
            Verdict::Larger,
            "calls of the moment of the change may lose their session",
        ),
        () if large => (
            class.smaller(),
            Verdict::Smaller,
            "calls of the moment of the change may lose their session; a full cache drops sessions",
        ),
        () => (None, Verdict::Keep, ""),
    };
    match then {
        Some(to) => {
            let changes = vec![Change::new("cache.node", class.as_str(), to.as_str())];
            Finding::keep(Part::Cache, size, seen, why).change(verdict, changes, risk.to_owned())
        }
        None => {
            let end = match verdict {
                Verdict::Keep => String::new(),
                _ => format!("; its family has no {verdict} size"),
            };
            Finding::keep(Part::Cache, size, seen, why + &end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_go_one_step() {
        let cases = [
            ("cache.t4g.small", 10.0, 5.0, Some("cache.t4g.micro")),
            ("cache.t4g.small", 30.0, 5.0, None),
            ("cache.t4g.small", 10.0, 30.0, None),
            ("cache.t4g.small", 85.0, 5.0, Some("cache.t4g.medium")),
            ("cache.t4g.small", 10.0, 85.0, Some("cache.t4g.medium")),
            ("cache.t4g.micro", 10.0, 5.0, None),
            ("cache.t4g.medium", 85.0, 5.0, None),
        ];
        for (class, memory, cpu, expected) in cases {
            let mut week = Week::default();
            for slot in 0..2_016 {
                week.add(CacheMemory, slot * 300, memory);
                week.add(CacheCpu, slot * 300, cpu);
            }
            let cache = Cache {
                mode: CacheMode::Node,
                node: Some(class.parse().expect("a class")),
                ..Cache::default()
            };
            let finding = judge(&cache, &week).expect("it has nodes");
            let to = finding.changes.first().and_then(|one| one.to.as_str());
            assert_eq!(to, expected, "{class} {memory} {cpu}: {}", finding.why);
        }
    }

    #[test]
    fn what_is_billed_by_use_has_no_size() {
        let mut week = Week::default();
        for slot in 0..2_016 {
            week.add(CacheBytes, slot * 300, MIB);
            week.add(CacheUnits, slot * 300, 40.0);
        }
        let finding = judge(&Cache::default(), &week).expect("it is one of ours");
        assert_eq!(finding.verdict, Verdict::Keep);
        assert!(finding.why.contains("1.0 MiB"), "{}", finding.why);
        let beside = Cache {
            mode: CacheMode::Sidecar,
            ..Cache::default()
        };
        assert_eq!(judge(&beside, &week), None);
    }
}
