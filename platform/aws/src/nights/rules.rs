//! The schedules of a stack that stop and start it, as they are in AWS.

use bella_engine::live::{Live, Object};
use jiff::Timestamp;
use serde_json::Value;

use crate::ephemeral::is_expiry;

/// What a schedule does to the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// No task is to run.
    StopsTasks,
    /// So many tasks are to run at the least.
    StartsTasks(u32),
    /// The database is stopped; whether AWS counts it as a failure where it is stopped already.
    StopsDatabase {
        /// It is watched: a failure ends in the dead-letter queue.
        watched: bool,
    },
    /// The database is started.
    StartsDatabase,
}

impl Does {
    /// Whether it ends a run of the stack.
    #[must_use]
    pub const fn stops(self) -> bool {
        matches!(self, Self::StopsTasks | Self::StopsDatabase { .. })
    }
}

/// A schedule that stops or starts the stack.
#[derive(Clone, Debug)]
pub struct Rule<'a> {
    /// The schedule.
    pub object: &'a Object,
    /// What it does.
    pub does: Does,
    /// Before when it does nothing.
    pub start: Option<Timestamp>,
    /// Whether it is enabled.
    pub enabled: bool,
}

/// The schedules of the stack that stop and start it, told by what they call.
#[must_use]
pub fn rules(live: &Live) -> Vec<Rule<'_>> {
    let schedules = live
        .objects
        .iter()
        .filter(|object| object.kind == "schedule" && !is_expiry(object));
    let rules = schedules.filter_map(|object| {
        let props = object.props.as_ref()?;
        let start = props["start_date"]
            .as_str()
            .and_then(|text| text.parse().ok());
        Some(Rule {
            object,
            does: does(&props["target"])?,
            start,
            enabled: props["state"] != "DISABLED",
        })
    });
    rules.collect()
}

fn does(target: &Value) -> Option<Does> {
    let call = target["arn"]
        .as_str()?
        .strip_prefix("arn:aws:scheduler:::aws-sdk:")?;
    let count = |key: &str| {
        target["input"][key]
            .as_u64()
            .and_then(|count| u32::try_from(count).ok())
    };
    let tasks = match call {
        "ecs:updateService" => count("DesiredCount")?,
        "applicationautoscaling:registerScalableTarget" => count("MinCapacity")?,
        "rds:stopDBInstance" => {
            let watched = !target["dead_letter"].is_null();
            return Some(Does::StopsDatabase { watched });
        }
        "rds:startDBInstance" => return Some(Does::StartsDatabase),
        _ => return None,
    };
    Some(match tasks {
        0 => Does::StopsTasks,
        _ => Does::StartsTasks(tasks),
    })
}
