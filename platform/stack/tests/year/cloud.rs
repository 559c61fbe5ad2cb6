//! What AWS makes of the schedules: a service that scaling keeps within its bounds, and a database that takes its time.

use crate::{cron::minutes_of_week, wall::Minute};
use bella_stack::Node;
use jiff::civil::DateTime;
use serde_json::Value;

/// Minutes that a database takes to stop and to open: the least time that the schedule leaves it.
pub(crate) const STOPPING: usize = 10;
const OPENING: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Open,
    Stopping(usize),
    Stopped,
    Opening(usize),
}

impl Database {
    /// Whether it is there, or is on its way to be: what is billed.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Open)
    }
}

#[derive(Debug, Clone, Copy)]
enum Call {
    Bounds(u64),
    Tasks(u64),
    Stop,
    Start,
}

pub(crate) struct Cloud {
    /// Calls by minute of the week.
    calls: Vec<Vec<Call>>,
    scaled: bool,
    least: u64,
    pub(crate) tasks: u64,
    pub(crate) database: Database,
}

impl Cloud {
    pub(crate) fn new(nodes: &[Node]) -> Self {
        let mut calls = vec![Vec::new(); 7 * 1440];
        for node in nodes
            .iter()
            .filter(|node| node.address.starts_with("schedule."))
        {
            let text = |pointer: &str| {
                node.properties
                    .pointer(pointer)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let call = call(text("/target/arn"), &node.properties["target"]["input"]);
            for minute in minutes_of_week(text("/expression")) {
                calls[minute].push(call);
            }
        }
        Self {
            calls,
            scaled: nodes
                .iter()
                .any(|node| node.address == "scaling_target.service"),
            least: 0,
            tasks: 0,
            database: Database::Stopped,
        }
    }

    /// As a deployment in these hours leaves it.
    pub(crate) fn begin(&mut self, on: bool) {
        (self.least, self.tasks) = (u64::from(on && self.scaled), u64::from(on));
        self.database = if on {
            Database::Open
        } else {
            Database::Stopped
        };
    }

    /// Lives through a minute, its schedules first. A minute that the clock shows again invokes nothing.
    pub(crate) fn pass(&mut self, minute: &Minute) {
        self.database = match self.database {
            Database::Stopping(1) => Database::Stopped,
            Database::Stopping(left) => Database::Stopping(left - 1),
            Database::Opening(1) => Database::Open,
            Database::Opening(left) => Database::Opening(left - 1),
            still => still,
        };
        let due = match minute.again {
            true => 0..0,
            false => 0..self.calls[of_week(minute.wall)].len(),
        };
        for position in due {
            self.carry_out(self.calls[of_week(minute.wall)][position]);
        }
    }

    fn carry_out(&mut self, call: Call) {
        match call {
            Call::Bounds(least) => self.least = least,
            Call::Tasks(count) => self.tasks = count,
            // In any other state RDS refuses.
            Call::Stop if self.database == Database::Open => {
                self.database = Database::Stopping(STOPPING)
            }
            Call::Start if self.database == Database::Stopped => {
                self.database = Database::Opening(OPENING)
            }
            Call::Stop | Call::Start => {}
        }
        if self.scaled {
            self.tasks = self.tasks.max(self.least);
        }
    }

    /// AWS starts a database that was stopped for a week, and a deployment starts tasks.
    pub(crate) fn wake(&mut self) {
        (self.least, self.tasks) = (u64::from(self.scaled), 1);
        self.database = Database::Open;
    }
}

fn call(target: &str, input: &Value) -> Call {
    let number = |key: &str| {
        input[key]
            .as_u64()
            .unwrap_or_else(|| panic!("{target} says no {key}"))
    };
    match target.rsplit(":aws-sdk:").next() {
        Some("applicationautoscaling:registerScalableTarget") => {
            Call::Bounds(number("MinCapacity"))
        }
        Some("ecs:updateService") => Call::Tasks(number("DesiredCount")),
        Some("rds:stopDBInstance") => Call::Stop,
        Some("rds:startDBInstance") => Call::Start,
        other => panic!("{other:?} is not among the calls"),
    }
}

fn of_week(wall: DateTime) -> usize {
    let day = usize::try_from(wall.weekday().to_monday_zero_offset()).expect("a day");
    let part = |number: i8| usize::from(number.unsigned_abs());
    day * 1440 + part(wall.hour()) * 60 + part(wall.minute())
}
