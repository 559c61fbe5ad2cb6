use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::SERVICE;
use super::registry::{
    self, DIMENSION, Refusal, Registry, Said, VALIDATION, no_target, page, scales_services,
};
use crate::gateway::Call;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, array};
use crate::schedules::Expression;

pub(crate) static RULE: ScheduledActions = ScheduledActions;

pub(crate) struct ScheduledActions;

impl Rule for ScheduledActions {
    fn name(&self) -> &'static str {
        "scheduled-actions"
    }

    fn about(&self) -> About {
        About::fills(
            "Scheduled actions of a scalable target that is there: kept and described, carried out by nobody.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "PutScheduledAction",
            "DescribeScheduledActions",
            "DeleteScheduledAction",
        ];
        call.is(SERVICE, &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let body = turn.json();
            let account = turn.account().await?;
            let place = (account.as_str(), turn.region());
            Ok(registry::said(&turn, &account, |own| {
                scales_services(&body)?;
                match turn.call.operation.as_str() {
                    "PutScheduledAction" => put(place, &body, own),
                    "DeleteScheduledAction" => delete(&body, own),
                    _ => describe(&body, own),
                }
            }))
        })
    }
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

/// An action that is there keeps what the call leaves out.
fn put((account, region): (&str, &str), body: &Value, own: &mut Registry) -> Said {
    let (id, name) = (text(body, "ResourceId"), text(body, "ScheduledActionName"));
    let target = own.targets.get_mut(id).ok_or_else(|| no_target(id))?;
    let known = target.scheduled.get(name).cloned().unwrap_or_default();
    let field = |field: &str| match &body[field] {
        Value::Null => known[field].clone(),
        given => given.clone(),
    };
    let mut action = json!({
        "ScheduledActionARN": format!(
            "arn:aws:autoscaling:{region}:{account}:scheduledAction:{}:resource/ecs/{id}:scheduledActionName/{name}",
            registry::uuid(&format!("{id}/{name}"))
        ),
        "ScheduledActionName": name,
        "ServiceNamespace": "ecs",
        "ResourceId": id,
        "ScalableDimension": DIMENSION,
    });
    for name in [
        "Schedule",
        "Timezone",
        "StartTime",
        "EndTime",
        "ScalableTargetAction",
    ] {
        let value = field(name);
        if !value.is_null() {
            action[name] = value;
        }
    }
    fits(&action)?;
    action["CreationTime"] = match &known["CreationTime"] {
        Value::Null => json!(Timestamp::now().as_second()),
        first => first.clone(),
    };
    target.scheduled.insert(name.to_owned(), action);
    Ok(json!({}))
}

fn fits(action: &Value) -> Result<(), Refusal> {
    let refuse = |message: String| Err((VALIDATION, message));
    let schedule = text(action, "Schedule");
    if Expression::parse(schedule).is_none() {
        return refuse(format!("Invalid schedule expression: {schedule}"));
    }
    if let Some(zone) = action["Timezone"].as_str()
        && TimeZone::get(zone).is_err()
    {
        return refuse(format!("Invalid time zone: {zone}"));
    }
    let capacity = &action["ScalableTargetAction"];
    let (min, max) = (
        capacity["MinCapacity"].as_i64(),
        capacity["MaxCapacity"].as_i64(),
    );
    match (min, max) {
        (None, None) => {
            refuse("At least one of MinCapacity and MaxCapacity is required".to_owned())
        }
        (Some(min), Some(max)) if max < min => refuse(format!(
            "Maximum capacity cannot be less than minimum capacity: {min}, {max}"
        )),
        _ => Ok(()),
    }
}

fn describe(body: &Value, own: &mut Registry) -> Said {
    let names = array(&body["ScheduledActionNames"]);
    let id = body["ResourceId"].as_str();
    let targets = own.targets.iter();
    let targets = targets.filter(|(target, _)| id.is_none_or(|id| id == *target));
    let actions = targets
        .flat_map(|(_, target)| target.scheduled.iter())
        .filter(|(name, _)| names.is_empty() || names.iter().any(|one| one == name.as_str()))
        .map(|(_, action)| action.clone());
    page(body, "ScheduledActions", actions.collect(), 50)
}

fn delete(body: &Value, own: &mut Registry) -> Said {
    let (id, name) = (text(body, "ResourceId"), text(body, "ScheduledActionName"));
    let target = own.targets.get_mut(id);
    match target.and_then(|target| target.scheduled.remove(name)) {
        Some(_) => Ok(json!({})),
        None => {
            let message = format!(
                "No scheduled action found for service namespace: ecs, resource ID: {id}, scalable dimension: {DIMENSION}, scheduled action name: {name}"
            );
            Err(("ObjectNotFoundException", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::fits;

    #[test]
    fn an_action_has_a_schedule_and_a_capacity() {
        let capacity = json!({"MinCapacity": 0, "MaxCapacity": 0});
        let cron = "cron(0 20 * * ? *)";
        let cases = [
            (
                json!({"Schedule": cron, "ScalableTargetAction": capacity}),
                true,
            ),
            (
                json!({"Schedule": "cron(x)", "ScalableTargetAction": capacity}),
                false,
            ),
            (
                json!({"Schedule": cron, "Timezone": "Mars/Base", "ScalableTargetAction": capacity}),
                false,
            ),
            (
                json!({"Schedule": cron, "ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 1}}),
                false,
            ),
            (json!({"Schedule": cron}), false),
        ];
        for (action, taken) in cases {
            assert_eq!(fits(&action).is_ok(), taken, "{action}");
        }
    }
}
