use jiff::Timestamp;
use serde_json::{Value, json};

use super::SERVICE;
use super::alarms;
use super::registry::{
    self, DIMENSION, Refusal, Registry, Said, VALIDATION, no_target, page, scales_services,
};
use crate::gateway::Call;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Policies = Policies;

pub(crate) struct Policies;

const TRACKING: &str = "TargetTrackingScalingPolicyConfiguration";
const PREDEFINED: &str = "PredefinedMetricSpecification";
const CUSTOM: &str = "CustomizedMetricSpecification";
const METRICS: [&str; 3] = [
    "ECSServiceAverageCPUUtilization",
    "ECSServiceAverageMemoryUtilization",
    "ALBRequestCountPerTarget",
];
const STATISTICS: [&str; 5] = ["Average", "Minimum", "Maximum", "SampleCount", "Sum"];

impl Rule for Policies {
    fn name(&self) -> &'static str {
        "scaling-policies"
    }

    fn about(&self) -> About {
        About::fills("Target tracking policies of a scalable target that is there.")
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "PutScalingPolicy",
            "DescribeScalingPolicies",
            "DeleteScalingPolicy",
        ];
        call.is(SERVICE, &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let body = turn.json();
            let account = turn.account().await?;
            let place = (account.as_str(), turn.region());
            let (mut made, mut gone) = (Value::Null, Vec::new());
            let answer = registry::said(&turn, &account, |own| {
                scales_services(&body)?;
                match turn.call.operation.as_str() {
                    "PutScalingPolicy" => {
                        let policy = put(place, &body, own)?;
                        made = policy.clone();
                        Ok(json!({"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}))
                    }
                    "DeleteScalingPolicy" => {
                        gone = array(&delete(&body, own)?["Alarms"]).to_vec();
                        Ok(json!({}))
                    }
                    _ => describe(&body, own),
                }
            });
            if !made.is_null() {
                alarms::make(&turn, &made, &made["PolicyARN"]).await?;
            }
            alarms::remove(&turn, &gone).await?;
            Ok(answer)
        })
    }
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

/// The policy as it is described.
fn put((account, region): (&str, &str), body: &Value, own: &mut Registry) -> Said {
    let (id, name) = (text(body, "ResourceId"), text(body, "PolicyName"));
    let target = own.targets.get_mut(id).ok_or_else(|| no_target(id))?;
    let mut tracking = body[TRACKING].clone();
    fits(body, &tracking)?;
    let others = target.policies.iter().filter(|(other, _)| *other != name);
    for (other, policy) in others {
        let same =
            |part: &str| !tracking[part].is_null() && policy[TRACKING][part] == tracking[part];
        if same(PREDEFINED) || same(CUSTOM) {
            let message = format!(
                "Only one TargetTrackingScaling policy for a given metric specification is allowed; {other} has it"
            );
            return Err((VALIDATION, message));
        }
    }
    if tracking["DisableScaleIn"].is_null() {
        tracking["DisableScaleIn"] = json!(false);
    }
    let created = target
        .policies
        .get(name)
        .map(|known| known["CreationTime"].clone());
    let arn = format!(
        "arn:aws:autoscaling:{region}:{account}:scalingPolicy:{}:resource/ecs/{id}:policyName/{name}",
        registry::uuid(&format!("{id}/{name}"))
    );
    let policy = json!({
        "PolicyARN": arn,
        "PolicyName": name,
        "ServiceNamespace": "ecs",
        "ResourceId": id,
        "ScalableDimension": DIMENSION,
        "PolicyType": "TargetTrackingScaling",
        TRACKING: tracking,
        "Alarms": alarms::of((account, region), id, name),
        "CreationTime": created.unwrap_or_else(|| json!(Timestamp::now().as_second())),
    });
    target.policies.insert(name.to_owned(), policy.clone());
    Ok(policy)
}

fn fits(body: &Value, tracking: &Value) -> Result<(), Refusal> {
    let refuse = |message: String| Err((VALIDATION, message));
    let name = text(body, "PolicyName");
    if name.is_empty() || name.len() > 256 {
        return refuse(format!("PolicyName `{name}` has not 1 to 256 characters"));
    }
    if body["PolicyType"] != "TargetTrackingScaling" {
        return refuse(format!(
            "the sandbox has no {} policies",
            body["PolicyType"]
        ));
    }
    if !tracking["TargetValue"].is_number() {
        return refuse("TargetValue is required".to_owned());
    }
    for cooldown in ["ScaleOutCooldown", "ScaleInCooldown"] {
        if tracking[cooldown]
            .as_i64()
            .is_some_and(|seconds| seconds < 0)
        {
            return refuse(format!("{cooldown} cannot be negative"));
        }
    }
    let (predefined, custom) = (&tracking[PREDEFINED], &tracking[CUSTOM]);
    match (predefined.is_null(), custom.is_null()) {
        (false, true) => {
            let metric = text(predefined, "PredefinedMetricType");
            if !METRICS.contains(&metric) {
                return refuse(format!("{metric} is no predefined metric of a service"));
            }
            if metric == METRICS[2] && predefined["ResourceLabel"].is_null() {
                return refuse(format!("{metric} needs a ResourceLabel"));
            }
        }
        (true, false) if custom["Metrics"].is_null() => {
            let is_named = ["Namespace", "MetricName"]
                .iter()
                .all(|part| !text(custom, part).is_empty());
            if !is_named || !STATISTICS.contains(&text(custom, "Statistic")) {
                return refuse(
                    "a customized metric has a namespace, a name and a statistic".to_owned(),
                );
            }
        }
        (true, false) => {}
        _ => {
            return refuse(format!(
                "exactly one of {PREDEFINED} and {CUSTOM} is required"
            ));
        }
    }
    Ok(())
}

fn describe(body: &Value, own: &mut Registry) -> Said {
    let names = array(&body["PolicyNames"]);
    let id = body["ResourceId"].as_str();
    let targets = own.targets.iter();
    let targets = targets.filter(|(target, _)| id.is_none_or(|id| id == *target));
    let policies = targets.flat_map(|(_, target)| target.policies.iter());
    let policies = policies
        .filter(|(name, _)| names.is_empty() || names.iter().any(|one| one == name.as_str()))
        .map(|(_, policy)| policy.clone());
    page(body, "ScalingPolicies", policies.collect(), 10)
}

/// The policy as it was.
fn delete(body: &Value, own: &mut Registry) -> Said {
    let (id, name) = (text(body, "ResourceId"), text(body, "PolicyName"));
    let target = own.targets.get_mut(id);
    match target.and_then(|target| target.policies.remove(name)) {
        Some(policy) => Ok(policy),
        None => {
            let message = format!(
                "No scaling policy found for service namespace: ecs, resource ID: {id}, scalable dimension: {DIMENSION}, policy name: {name}"
            );
            Err(("ObjectNotFoundException", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::fits;

    #[test]
    fn a_policy_tracks_exactly_one_metric() {
        let cpu = json!({"PredefinedMetricType": "ECSServiceAverageCPUUtilization"});
        let own = json!({"Namespace": "N", "MetricName": "M", "Statistic": "Average"});
        let body = json!({"PolicyName": "p", "PolicyType": "TargetTrackingScaling"});
        let cases: [(Value, bool); 7] = [
            (
                json!({"TargetValue": 1.0, "PredefinedMetricSpecification": cpu}),
                true,
            ),
            (
                json!({"TargetValue": 1.0, "CustomizedMetricSpecification": own}),
                true,
            ),
            (
                json!({"TargetValue": 1.0, "PredefinedMetricSpecification": cpu, "CustomizedMetricSpecification": own}),
                false,
            ),
            (json!({"TargetValue": 1.0}), false),
            (json!({"PredefinedMetricSpecification": cpu}), false),
            (
                json!({"TargetValue": 1.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "CPU"}}),
                false,
            ),
            (
                json!({"TargetValue": 1.0, "ScaleInCooldown": -1, "PredefinedMetricSpecification": cpu}),
                false,
            ),
        ];
        for (tracking, taken) in cases {
            assert_eq!(fits(&body, &tracking).is_ok(), taken, "{tracking}");
        }
        let step = json!({"PolicyName": "p", "PolicyType": "StepScaling"});
        assert!(
            fits(
                &step,
                &json!({"TargetValue": 1.0, "PredefinedMetricSpecification": cpu})
            )
            .is_err()
        );
    }
}
