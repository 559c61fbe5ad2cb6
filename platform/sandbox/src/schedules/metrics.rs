//! EventBridge Scheduler's metrics, so that alarms see what schedules did.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::caller::call;
use super::place::Place;
use super::service;
use crate::gateway::EmulatorClient;

/// What is counted, by the names that AWS documents.
pub(super) const ATTEMPTS: &str = "InvocationAttemptCount";
pub(super) const ERRORS: &str = "TargetErrorCount";
pub(super) const THROTTLED: &str = "TargetErrorThrottledCount";
pub(super) const DROPPED: &str = "InvocationDroppedCount";
pub(super) const DEAD_LETTERS: &str = "InvocationsSentToDeadLetterCount";
pub(super) const LOST_LETTERS: &str = "InvocationsFailedToBeSentToDeadLetterCount";

/// What was counted and is not published yet: how often, by place, group and name.
#[derive(Debug, Default)]
pub(super) struct Counts(Mutex<BTreeMap<(Place, String, &'static str), u32>>);

impl Counts {
    /// One more of each, in a group.
    pub(super) fn add(&self, names: &[&'static str], group: &str, place: &Place) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            let key = (place.clone(), group.to_owned(), *name);
            *counts.entry(key).or_default() += 1;
        }
    }

    /// Publishes what was counted, for each group and over all groups. In real time, as the emulator's alarms look at no other: a year
    /// that passes in a minute is one datum of each.
    pub(super) async fn publish(&self, emulator: &EmulatorClient) {
        let counted = {
            let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *counts)
        };
        let mut places: BTreeMap<Place, Vec<Value>> = BTreeMap::new();
        for ((place, group, name), often) in counted {
            let all = json!({
                "MetricName": name, "Unit": "Count",
                "StatisticValues": {"SampleCount": often, "Sum": often, "Minimum": 1, "Maximum": 1},
            });
            let mut of_group = all.clone();
            of_group["Dimensions"] = json!([{"Name": "ScheduleGroup", "Value": group}]);
            places.entry(place).or_default().extend([all, of_group]);
        }
        let Some(cloudwatch) = service::find("cloudwatch") else {
            return;
        };
        for (place, data) in places {
            let input = json!({"Namespace": "AWS/Scheduler", "MetricData": data});
            // A metric that is lost harms no invocation.
            let _ = call(emulator, cloudwatch, "PutMetricData", &input, &place).await;
        }
    }
}
