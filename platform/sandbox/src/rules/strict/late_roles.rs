use hyper::StatusCode;
use serde_json::json;

use super::newborns::unseen;
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;
use crate::temper::What;

/// Rows 1, 3 and 53 of AWS's behaviours.
pub(super) static RULE: LateRoles = LateRoles;

pub(super) struct LateRoles;

impl Rule for LateRoles {
    fn name(&self) -> &'static str {
        "new-roles-not-assumable"
    }

    fn about(&self) -> About {
        About::refuses("A new role cannot be assumed by services for some seconds.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("ecs", &["CreateService", "UpdateService"])
            || call.is("scheduler", &["CreateSchedule", "UpdateSchedule"])
            || call.is("rds", &["CreateDBInstance", "ModifyDBInstance"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let mut named = String::from_utf8_lossy(&turn.request.body).into_owned();
            if turn.call.service == "ecs" {
                let asked = json!({"taskDefinition": turn.json()["taskDefinition"]});
                let described = turn.ecs("DescribeTaskDefinition", &asked).await?;
                named.push_str(&described.to_string());
            }
            let named = named.replace("%3A", ":").replace("%2F", "/");
            let unseen = unseen(&turn);
            let is_late = unseen
                .keys()
                .any(|name| name.contains(":role/") && named.contains(name.as_str()));
            if !is_late {
                return turn.pass().await;
            }
            let (code, message) = match turn.call.service.as_str() {
                "ecs" => (
                    "InvalidParameterException",
                    "Unable to assume role. Please verify that the ECS service role being passed has the proper permissions.",
                ),
                "rds" => (
                    "InvalidParameterValue",
                    "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
                ),
                _ => (
                    "ValidationException",
                    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
                ),
            };
            turn.temper.note(turn.call, What::Late, code);
            Ok(Answer::error(
                turn.call,
                StatusCode::BAD_REQUEST,
                code,
                message,
            ))
        })
    }
}
