//! Which call comes next on the way up or down. Pure.

use super::seen::Seen;

/// Where the stack is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing runs.
    Off,
    /// The database runs, and so many tasks at the least: none before the first deployment.
    On {
        /// Tasks.
        tasks: u32,
    },
}

/// A changing call, one of those that the schedules make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Tell scaling how many tasks are the least.
    Bounds(u32),
    /// Tell the service how many tasks to run.
    Tasks(u32),
    /// Stop the database.
    StopDatabase,
    /// Start the database.
    StartDatabase,
}

/// What to do now, and what is waited for; both are empty when the stack is where it is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Next {
    /// Calls, in order.
    pub calls: Vec<Call>,
    /// In words.
    pub waits: Vec<String>,
}

/// The next calls. Tasks stop together with the database, as at night, and start when it is open: one that finds no database ends.
#[must_use]
pub fn next(seen: &Seen, wanted: Wanted) -> Next {
    match wanted {
        Wanted::Off => down(seen),
        Wanted::On { tasks } => up(seen, tasks),
    }
}

fn down(seen: &Seen) -> Next {
    let mut next = Next::default();
    // First, or scaling brings the tasks back.
    if seen.least_tasks.is_some_and(|least| least > 0) {
        next.calls.push(Call::Bounds(0));
    }
    if seen.wanted_tasks > 0 {
        next.calls.push(Call::Tasks(0));
    }
    if seen.tasks > 0 {
        next.waits.push(format!("{} to end", tasks(seen.tasks)));
    }
    if let Some(status) = seen.database.as_deref().filter(|_| !seen.is_stopped()) {
        match seen.is_open() {
            true => next.calls.push(Call::StopDatabase),
            false => next.waits.push(format!("the database, which is {status}")),
        }
    }
    next
}

fn up(seen: &Seen, wanted: u32) -> Next {
    let mut next = Next::default();
    if let Some(status) = seen.database.as_deref().filter(|_| !seen.is_open()) {
        match seen.is_stopped() {
            true => next.calls.push(Call::StartDatabase),
            false => next.waits.push(format!("the database, which is {status}")),
        }
        return next;
    }
    if seen.least_tasks.is_some_and(|least| least < wanted) {
        next.calls.push(Call::Bounds(wanted));
    }
    if seen.wanted_tasks < wanted {
        next.calls.push(Call::Tasks(wanted));
    }
    let missing = seen
        .wanted_tasks
        .max(wanted)
        .saturating_sub(seen.running_tasks);
    if missing > 0 {
        next.waits.push(format!("{} to start", tasks(missing)));
    }
    next
}

fn tasks(count: u32) -> String {
    match count {
        1 => "1 task".to_owned(),
        _ => format!("{count} tasks"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Call, Seen, Wanted, next};

    fn seen(wanted: u32, running: u32, least: Option<u32>, database: Option<&str>) -> Seen {
        Seen {
            wanted_tasks: wanted,
            tasks: running,
            running_tasks: running,
            least_tasks: least,
            database: database.map(str::to_owned),
            database_restarts: None,
        }
    }

    #[test]
    fn what_comes_next() {
        use Call::{Bounds, StartDatabase, StopDatabase, Tasks};
        let on = Wanted::On { tasks: 1 };
        let cases: [(Seen, Wanted, &[Call], &[&str]); 12] = [
            (
                seen(2, 2, Some(1), Some("available")),
                Wanted::Off,
                &[Bounds(0), Tasks(0), StopDatabase],
                &["2 tasks to end"],
            ),
            (
                seen(0, 1, Some(0), Some("stopping")),
                Wanted::Off,
                &[],
                &["1 task to end", "the database, which is stopping"],
            ),
            // RDS stops nothing that is on its way.
            (
                seen(0, 0, Some(0), Some("starting")),
                Wanted::Off,
                &[],
                &["the database, which is starting"],
            ),
            (seen(0, 0, Some(0), Some("stopped")), Wanted::Off, &[], &[]),
            (seen(0, 0, None, None), Wanted::Off, &[], &[]),
            (
                seen(0, 0, Some(0), Some("stopped")),
                on,
                &[StartDatabase],
                &[],
            ),
            (
                seen(0, 0, Some(0), Some("starting")),
                on,
                &[],
                &["the database, which is starting"],
            ),
            (
                seen(0, 0, Some(0), Some("available")),
                on,
                &[Bounds(1), Tasks(1)],
                &["1 task to start"],
            ),
            (
                seen(1, 0, Some(1), Some("available")),
                on,
                &[],
                &["1 task to start"],
            ),
            // Scaling wants more than the least: that is left to it.
            (seen(2, 2, Some(1), Some("available")), on, &[], &[]),
            (
                seen(0, 0, None, None),
                on,
                &[Tasks(1)],
                &["1 task to start"],
            ),
            (
                seen(0, 0, Some(0), Some("available")),
                Wanted::On { tasks: 0 },
                &[],
                &[],
            ),
        ];
        for (seen, wanted, calls, waits) in cases {
            let found = next(&seen, wanted);
            assert_eq!(
                (
                    &found.calls[..],
                    &found.waits.iter().map(String::as_str).collect::<Vec<_>>()[..]
                ),
                (calls, waits),
                "{seen:?}"
            );
        }
    }
}
