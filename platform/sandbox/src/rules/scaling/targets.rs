use jiff::Timestamp;
use serde_json::{Value, json};

use super::SERVICE;
use super::alarms;
use super::registry::{
    self, DIMENSION, Registry, Said, VALIDATION, no_target, page, scales_services,
};
use crate::gateway::{Call, NoAnswer};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Targets = Targets;

pub(crate) struct Targets;

impl Rule for Targets {
    fn name(&self) -> &'static str {
        "scalable-targets"
    }

    fn about(&self) -> About {
        About::fills(
            "Scalable targets: registered for a service that is there, described in pages, deregistered with their \
             policies.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "RegisterScalableTarget",
            "DescribeScalableTargets",
            "DeregisterScalableTarget",
        ];
        call.is(SERVICE, &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(&turn).await })
    }
}

async fn carry_out(turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    let id = body["ResourceId"].as_str().unwrap_or_default();
    if let Err((code, message)) = scales_services(&body) {
        return Ok(registry::refuse(turn, code, &message));
    }
    let account = turn.account().await?;
    Ok(match turn.call.operation.as_str() {
        "RegisterScalableTarget" => {
            if !service_is_there(turn, id).await? {
                let message = format!("ECS service doesn't exist: {id}");
                return Ok(registry::refuse(turn, VALIDATION, &message));
            }
            registry::said(turn, &account, |own| {
                register((&account, turn.region()), id, &body, own)
            })
        }
        "DescribeScalableTargets" => registry::said(turn, &account, |own| describe(&body, own)),
        _ => {
            let mut alarms = Vec::new();
            let answer = registry::said(turn, &account, |own| {
                let gone = own.targets.remove(id).ok_or_else(|| no_target(id))?;
                let policies = gone.policies.values();
                alarms.extend(policies.flat_map(|policy| array(&policy["Alarms"]).to_vec()));
                Ok(json!({}))
            });
            alarms::remove(turn, &alarms).await?;
            answer
        }
    })
}

async fn service_is_there(turn: &Turn<'_>, id: &str) -> Result<bool, NoAnswer> {
    let mut parts = id.splitn(3, '/');
    let (Some("service"), Some(cluster), Some(service)) =
        (parts.next(), parts.next(), parts.next())
    else {
        return Ok(false);
    };
    let asked = json!({"cluster": cluster, "services": [service]});
    let described = turn.ecs("DescribeServices", &asked).await?;
    Ok(array(&described["services"])
        .iter()
        .any(|service| service["status"] == "ACTIVE"))
}

/// A target that is there keeps what the call leaves out.
fn register((account, region): (&str, &str), id: &str, body: &Value, own: &mut Registry) -> Said {
    let known = own.targets.get(id).map(|target| target.described.clone());
    let known = known.unwrap_or_default();
    let capacity = |name: &str| body[name].as_i64().or(known[name].as_i64());
    let (Some(min), Some(max)) = (capacity("MinCapacity"), capacity("MaxCapacity")) else {
        let message = "MinCapacity and MaxCapacity are required for a new scalable target";
        return Err((VALIDATION, message.to_owned()));
    };
    if min < 0 || max < min {
        let message = format!(
            "Maximum capacity cannot be less than minimum capacity, and neither below 0: {min}, {max}"
        );
        return Err((VALIDATION, message));
    }
    let created = known["CreationTime"].as_i64();
    let arn = format!(
        "arn:aws:application-autoscaling:{region}:{account}:scalable-target/{}",
        &registry::uuid(id)[..13].replace('-', "")
    );
    let suspended = match (&body["SuspendedState"], &known["SuspendedState"]) {
        (Value::Null, Value::Null) => json!({
            "DynamicScalingInSuspended": false,
            "DynamicScalingOutSuspended": false,
            "ScheduledScalingSuspended": false,
        }),
        (Value::Null, known) => known.clone(),
        (given, _) => given.clone(),
    };
    let target = own.targets.entry(id.to_owned()).or_default();
    // Later calls do not change them: `TagResource` does.
    if created.is_none() {
        target.tags = registry::tags(&body["Tags"]).collect();
    }
    target.described = json!({
        "ServiceNamespace": "ecs",
        "ResourceId": id,
        "ScalableDimension": DIMENSION,
        "MinCapacity": min,
        "MaxCapacity": max,
        "RoleARN": format!("arn:aws:iam::{account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"),
        "CreationTime": created.unwrap_or_else(|| Timestamp::now().as_second()),
        "SuspendedState": suspended,
        "ScalableTargetARN": arn,
    });
    Ok(json!({"ScalableTargetARN": arn}))
}

fn describe(body: &Value, own: &mut Registry) -> Said {
    let ids = array(&body["ResourceIds"]);
    let wanted = |id: &str| ids.is_empty() || ids.iter().any(|one| one == id);
    let found = own.targets.iter().filter(|(id, _)| wanted(id));
    let found = found.map(|(_, target)| target.described.clone());
    page(body, "ScalableTargets", found.collect(), 50)
}
