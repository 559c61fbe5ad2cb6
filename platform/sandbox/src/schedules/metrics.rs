//! EventBridge Scheduler's metrics, so that alarms see what schedules did.

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

/// Counts one of each, for the group and over all groups. In real time, as the emulator's alarms look at no other.
pub(super) async fn count(emulator: &EmulatorClient, names: &[&str], group: &str, place: &Place) {
    let Some(cloudwatch) = service::find("cloudwatch") else {
        return;
    };
    let of_group = json!([{"Name": "ScheduleGroup", "Value": group}]);
    let data: Vec<Value> = names
        .iter()
        .flat_map(|name| {
            let datum = json!({"MetricName": name, "Value": 1, "Unit": "Count"});
            let mut with_group = datum.clone();
            with_group["Dimensions"] = of_group.clone();
            [datum, with_group]
        })
        .collect();
    let input = json!({"Namespace": "AWS/Scheduler", "MetricData": data});
    // A metric that is lost harms no invocation.
    let _ = call(emulator, cloudwatch, "PutMetricData", &input, place).await;
}
