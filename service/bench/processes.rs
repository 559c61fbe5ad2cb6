//! What the kernel says of a process and its children.

use crate::support::resident;

/// Linux's unit of process times, which has been this on every architecture for decades.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process and all that it has started.
pub(crate) fn family(process: u32) -> Vec<u32> {
    let mut all = vec![process];
    let mut next = 0;
    while next < all.len() {
        let id = all[next];
        let tasks = std::fs::read_dir(format!("/proc/{id}/task"));
        for task in tasks.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children"));
            let children = children.unwrap_or_default();
            all.extend(
                children
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
        }
        next += 1;
    }
    all
}

/// Seconds of processor time that a family has used so far.
pub(crate) fn cpu_seconds(process: u32) -> f64 {
    family(process).into_iter().map(of_one).sum()
}

fn of_one(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is the program's name in brackets, which can hold anything.
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |place: usize| {
        fields
            .get(place)
            .and_then(|ticks| ticks.parse::<f64>().ok())
    };
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS_PER_SECOND
}

/// Resident memory of a family in MiB.
pub(crate) fn resident_mib(process: u32) -> f64 {
    let kib: u64 = family(process).into_iter().map(resident).sum();
    kib as f64 / 1024.0
}
