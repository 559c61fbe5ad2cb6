//! The alarms that a target tracking policy makes for itself: one to scale out, one to scale in. They are real
//! alarms, without tags, as on AWS, and go with the policy.

use serde_json::{Value, json};

use super::registry;
use crate::gateway::NoAnswer;
use crate::rules::turn::{Turn, array};

/// Names and ARNs of a policy's alarms, the same for the same policy.
pub(super) fn of(place: (&str, &str), id: &str, policy: &str) -> Value {
    let (account, region) = place;
    ["AlarmHigh", "AlarmLow"]
        .iter()
        .map(|side| {
            let hash = registry::uuid(&format!("{id}/{policy}/{side}"));
            let name = format!("TargetTracking-{id}-{side}-{hash}");
            json!({
                "AlarmARN": format!("arn:aws:cloudwatch:{region}:{account}:alarm:{name}"),
                "AlarmName": name,
            })
        })
        .collect()
}

/// Makes the alarms that a policy's answer names.
pub(super) async fn make(turn: &Turn<'_>, policy: &Value, arn: &Value) -> Result<(), NoAnswer> {
    let tracking = &policy["TargetTrackingScalingPolicyConfiguration"];
    let custom = &tracking["CustomizedMetricSpecification"];
    let predefined = tracking["PredefinedMetricSpecification"]["PredefinedMetricType"].as_str();
    let (namespace, metric) = match predefined {
        Some("ECSServiceAverageMemoryUtilization") => {
            (json!("AWS/ECS"), json!("MemoryUtilization"))
        }
        Some("ALBRequestCountPerTarget") => {
            (json!("AWS/ApplicationELB"), json!("RequestCountPerTarget"))
        }
        Some(_) => (json!("AWS/ECS"), json!("CPUUtilization")),
        None => (custom["Namespace"].clone(), custom["MetricName"].clone()),
    };
    let target = tracking["TargetValue"].as_f64().unwrap_or_default();
    // Out above the target for 3 minutes, in below nine tenths of it for 15.
    let sides = [
        ("GreaterThanThreshold", 3, target),
        ("LessThanThreshold", 15, target * 0.9),
    ];
    for (alarm, (comparison, periods, threshold)) in array(&policy["Alarms"]).iter().zip(sides) {
        let body = json!({
            "AlarmName": alarm["AlarmName"], "ActionsEnabled": true, "AlarmActions": [arn],
            "AlarmDescription": format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {}.", arn.as_str().unwrap_or_default()),
            "Namespace": namespace, "MetricName": metric, "Statistic": "Average", "Period": 60,
            "EvaluationPeriods": periods, "Threshold": threshold, "ComparisonOperator": comparison,
        });
        ask(turn, "PutMetricAlarm", &body).await?;
    }
    Ok(())
}

/// Removes alarms by the names in `alarms`.
pub(super) async fn remove(turn: &Turn<'_>, alarms: &[Value]) -> Result<(), NoAnswer> {
    let names: Vec<&Value> = alarms.iter().map(|alarm| &alarm["AlarmName"]).collect();
    if names.is_empty() {
        return Ok(());
    }
    ask(turn, "DeleteAlarms", &json!({"AlarmNames": names})).await
}

async fn ask(turn: &Turn<'_>, operation: &str, body: &Value) -> Result<(), NoAnswer> {
    let target = format!("GraniteServiceVersion20100801.{operation}");
    turn.ask_json("monitoring", &target, body).await.map(drop)
}
