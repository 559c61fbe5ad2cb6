//! The disk of the database.

use super::{
    HIGH,
    finding::{Change, Finding, Part, Verdict},
    series::Signal::DatabaseFreeStorage,
    week::Week,
};
use crate::stack::Database;

const GIB: f64 = 1_073_741_824.0;
/// Percent of a larger disk that are in use at first.
const FILLED: f64 = 60.0;
/// The most that RDS gives a gp3 disk, GiB.
const MOST_GIB: u32 = 65_536;

pub(super) fn judge(database: &Database, week: &Week) -> Finding {
    let gib = database.storage_gb;
    let size = format!("{gib} GiB");
    let [free] = match week.spreads([DatabaseFreeStorage]) {
        Ok(spreads) => spreads,
        Err(why) => return Finding::unknown(Part::Storage, size, why),
    };
    let used = (f64::from(gib) - free.percentile(1) / GIB).max(0.0);
    let percent = used * 100.0 / f64::from(gib);
    let why = format!("{used:.1} GiB are in use, {percent:.0} %");
    let keep = |why| Finding::keep(Part::Storage, size, vec![(DatabaseFreeStorage, &free)], why);
    if percent <= HIGH {
        return keep(format!("{why}; a disk of RDS cannot become smaller"));
    }
    let then = larger(gib, used);
    if then <= gib {
        return keep(format!("{why}; RDS has no larger disk"));
    }
    let risk = "a disk never becomes smaller again, and is changed once in six hours at most";
    let changes = vec![Change::new("database.storage_gb", gib, then)];
    keep(why).change(Verdict::Larger, changes, risk.to_owned())
}

/// A disk of which 60 % are in use, and a tenth larger at least: RDS takes no smaller step.
fn larger(gib: u32, used: f64) -> u32 {
    let tenth = gib.saturating_add(gib.div_ceil(10));
    let wanted = (used * 100.0 / FILLED).ceil();
    let wanted = (gib..=MOST_GIB).find(|size| f64::from(*size) >= wanted);
    wanted.unwrap_or(MOST_GIB).max(tenth).min(MOST_GIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_grows_and_never_shrinks() {
        let cases = [
            (20, 19.0, None),
            (20, 4.0, None),
            (20, 3.0, Some(29)),
            (100, 10.0, Some(150)),
            (65_536, 100.0, None),
        ];
        for (gib, free, expected) in cases {
            let mut week = Week::default();
            for slot in 0..2_016 {
                week.add(DatabaseFreeStorage, slot * 300, free * GIB);
            }
            let database = Database {
                storage_gb: gib,
                ..Database::default()
            };
            let finding = judge(&database, &week);
            let then = finding.changes.first().and_then(|one| one.to.as_u64());
            assert_eq!(then, expected, "{gib} GiB, {free} free: {}", finding.why);
        }
    }
}
