//! The class of the database.

use super::{
    HIGH, LOW,
    finding::{Change, Finding, Part, Verdict},
    series::Signal::{DatabaseConnections, DatabaseCpu, DatabaseFreeMemory},
    week::Week,
};
use crate::{stack::Database, value::DatabaseClass};

const GIB: f64 = 1_073_741_824.0;

/// Sizes of RDS classes: vCPUs, GiB of memory of the burstable families, of `m` and of `r` (RDS user guide, "Hardware specifications
/// for DB instance classes"), and the percent of its vCPUs that a burstable one may use for good (EC2 user guide, "Burstable
/// performance instances").
const SIZES: [(&str, Hardware); 13] = [
    ("micro", (2, 1, 0, 0, 10.0)),
    ("small", (2, 2, 0, 0, 20.0)),
    ("medium", (2, 4, 0, 0, 20.0)),
    ("large", (2, 8, 8, 16, 30.0)),
    ("xlarge", (4, 16, 16, 32, 40.0)),
    ("2xlarge", (8, 32, 32, 64, 40.0)),
    ("4xlarge", (16, 0, 64, 128, 0.0)),
    ("8xlarge", (32, 0, 128, 256, 0.0)),
    ("12xlarge", (48, 0, 192, 384, 0.0)),
    ("16xlarge", (64, 0, 256, 512, 0.0)),
    ("24xlarge", (96, 0, 384, 768, 0.0)),
    ("32xlarge", (128, 0, 512, 1_024, 0.0)),
    ("48xlarge", (192, 0, 768, 1_536, 0.0)),
];

type Hardware = (u32, u32, u32, u32, f64);

/// What a class has.
#[derive(Clone, Copy)]
struct Capacity {
    vcpus: f64,
    memory: f64,
    /// Percent of its processors that may be used for good.
    lasting: f64,
}

pub(super) fn judge(database: &Database, week: &Week) -> Finding {
    let class = &database.instance;
    let size = class.to_string();
    let signals = [DatabaseCpu, DatabaseConnections, DatabaseFreeMemory];
    let [cpu, connections, free] = match week.spreads(signals) {
        Ok(spreads) => spreads,
        Err(why) => return Finding::unknown(Part::Database, size, why),
    };
    let Some(now) = capacity(class) else {
        let why = "its memory is not known here".to_owned();
        return Finding::unknown(Part::Database, size, why);
    };
    let used = Used {
        cpu95: cpu.percentile(95),
        cpu99: cpu.percentile(99),
        connections: connections.percentile(99),
        memory: (now.memory - free.percentile(1)).max(0.0),
    };
    let seen = vec![
        (DatabaseCpu, &cpu),
        (DatabaseConnections, &connections),
        (DatabaseFreeMemory, &free),
    ];
    let keep = |why: String| Finding::keep(Part::Database, size, seen, why);
    let change = |to: &DatabaseClass| {
        vec![Change::new(
            "database.instance",
            class.as_str(),
            to.as_str(),
        )]
    };
    if let Some(why) = used.too_much_for(now) {
        let finding = keep(why);
        return match class.larger() {
            Some(to) => finding.change(Verdict::Larger, change(&to), restart("")),
            None => finding,
        };
    }
    if used.cpu99 >= LOW {
        return keep(format!("CPU is in use (p99 {:.1} %)", used.cpu99));
    }
    let idle = format!("CPU stays under {LOW} % (p99 {:.1} %)", used.cpu99);
    let Some((then, to)) = class.smaller().and_then(|to| Some((capacity(&to)?, to))) else {
        return keep(format!("{idle}, and {class} is the smallest of its family"));
    };
    match used.obstacle(now, then) {
        Some(obstacle) => keep(format!("{idle}, but {to} does not do: {obstacle}")),
        None => keep(idle).change(
            Verdict::Smaller,
            change(&to),
            restart("; with less memory more is read from disk"),
        ),
    }
}

fn restart(more: &str) -> String {
    format!("the database restarts with its new class: some minutes without it{more}")
}

struct Used {
    cpu95: f64,
    cpu99: f64,
    connections: f64,
    /// Bytes.
    memory: f64,
}

impl Used {
    /// Why the class is too small. Memory is no reason: PostgreSQL and Linux fill what there is with pages of the disk.
    fn too_much_for(&self, now: Capacity) -> Option<String> {
        let most = most_connections(now);
        if self.cpu95 > HIGH {
            return Some(format!(
                "CPU is over {HIGH} % for more than a twentieth of the time (p95 {:.1} %)",
                self.cpu95
            ));
        }
        (self.connections > most * HIGH / 100.0).then(|| {
            format!(
                "connections are over {HIGH} % of its {most:.0} (p99 {:.0})",
                self.connections
            )
        })
    }

    /// Why a smaller class would be too small.
    fn obstacle(&self, now: Capacity, then: Capacity) -> Option<String> {
        let percent = self.memory * 100.0 / then.memory;
        let cpu = self.cpu95 * now.vcpus / then.vcpus;
        let most = most_connections(then);
        if percent > HIGH {
            return Some(format!(
                "{:.1} GiB of memory are in use, {percent:.0} % of its own",
                self.memory / GIB
            ));
        }
        if cpu > then.lasting {
            return Some(format!(
                "CPU would be at {cpu:.0} % (p95), and {:.0} % is what it may use for good",
                then.lasting
            ));
        }
        (self.connections > most * HIGH / 100.0).then(|| {
            format!(
                "{:.0} connections are over {HIGH} % of its {most:.0}",
                self.connections
            )
        })
    }
}

/// What RDS allows a PostgreSQL of this memory when the parameter group does not say: `LEAST({DBInstanceClassMemory/9531392},5000)`.
fn most_connections(of: Capacity) -> f64 {
    (of.memory / 9_531_392.0).floor().min(5_000.0)
}

fn capacity(class: &DatabaseClass) -> Option<Capacity> {
    let mut parts = class.as_str().split('.').skip(1);
    let (family, size) = (parts.next()?, parts.next()?);
    let (_, (vcpus, burstable, balanced, memory, baseline)) =
        SIZES.into_iter().find(|(known, _)| *known == size)?;
    let bursts = family.starts_with('t');
    let memory = match family.chars().next()? {
        't' => burstable,
        'm' => balanced,
        _ => memory,
    };
    (memory > 0).then(|| Capacity {
        vcpus: f64::from(vcpus),
        memory: f64::from(memory) * GIB,
        lasting: if bursts { baseline } else { HIGH },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(cpu: (f64, f64), connections: f64, free_gib: f64) -> Week {
        let mut week = Week::default();
        for slot in 0..2_016 {
            let at = slot * 300;
            let value = if slot % 50 == 0 { cpu.1 } else { cpu.0 };
            week.add(DatabaseCpu, at, value);
            week.add(DatabaseConnections, at, connections);
            week.add(DatabaseFreeMemory, at, free_gib * GIB);
        }
        week
    }

    #[test]
    fn classes_are_advised_one_step_at_a_time_and_in_their_family() {
        let cases = [
            // class, CPU usual and busy, connections, free GiB: class then, or what is said
            ("db.t4g.medium", (4.0, 20.0), 20.0, 3.0, Ok("db.t4g.small")),
            (
                "db.t4g.medium",
                (4.0, 20.0),
                20.0,
                2.0,
                Err("2.0 GiB of memory are in use"),
            ),
            (
                "db.t4g.medium",
                (4.0, 30.0),
                20.0,
                3.0,
                Err("CPU is in use"),
            ),
            (
                "db.t4g.small",
                (15.0, 20.0),
                20.0,
                1.9,
                Err("10 % is what it may use for good"),
            ),
            (
                "db.t4g.medium",
                (4.0, 20.0),
                200.0,
                3.0,
                Err("200 connections are over 80 % of its 225"),
            ),
            (
                "db.t4g.micro",
                (4.0, 20.0),
                20.0,
                0.5,
                Err("the smallest of its family"),
            ),
            ("db.t4g.micro", (85.0, 90.0), 20.0, 0.5, Ok("db.t4g.small")),
            ("db.t4g.micro", (5.0, 90.0), 20.0, 0.5, Err("CPU is in use")),
            ("db.t4g.micro", (5.0, 9.0), 95.0, 0.5, Ok("db.t4g.small")),
            ("db.m6g.xlarge", (5.0, 20.0), 20.0, 12.0, Ok("db.m6g.large")),
            (
                "db.r6g.12xlarge",
                (5.0, 20.0),
                20.0,
                300.0,
                Ok("db.r6g.8xlarge"),
            ),
            (
                "db.m7g.16xlarge",
                (85.0, 90.0),
                20.0,
                20.0,
                Err("CPU is over 80 %"),
            ),
        ];
        for (class, cpu, connections, free, expected) in cases {
            let database = Database {
                instance: class.parse().expect("a class"),
                ..Database::default()
            };
            let finding = judge(&database, &week(cpu, connections, free));
            let case = format!("{class} {cpu:?} {connections} {free}: {}", finding.why);
            match expected {
                Ok(then) => {
                    let to = finding.changes[0].to.as_str();
                    assert_eq!(to, Some(then), "{case}");
                }
                Err(said) => {
                    assert!(finding.changes.is_empty(), "{case}");
                    assert!(finding.why.contains(said), "{case}");
                }
            }
        }
    }
}
