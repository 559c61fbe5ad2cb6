use hyper::StatusCode;

use crate::gateway::{Answer, Call};
use crate::rules::elb::routing::texts;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, body_text};

/// Row 4 of AWS's behaviours.
pub(crate) static RULE: ServiceLinkedRoleTaken = ServiceLinkedRoleTaken;

pub(crate) struct ServiceLinkedRoleTaken;

impl Rule for ServiceLinkedRoleTaken {
    fn name(&self) -> &'static str {
        "service-linked-role-taken"
    }

    fn about(&self) -> About {
        About::corrects(
            "A service-linked role that is there already is an invalid input, not an entity that exists.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("iam", &["CreateServiceLinkedRole"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let answer = turn.pass().await?;
            let source = body_text(&answer);
            if !texts(&source, "Code").contains(&"EntityAlreadyExists".to_owned()) {
                return Ok(answer);
            }
            let form = turn.form();
            let role = role_of(form.text("AWSServiceName"));
            let message = format!(
                "Service role name {role} has been taken in this account, please try a different suffix."
            );
            let status = StatusCode::BAD_REQUEST;
            Ok(Answer::error(turn.call, status, "InvalidInput", &message))
        })
    }
}

/// The role's name as AWS gives it to the services that a stack uses.
fn role_of(service: &str) -> String {
    let suffix = match service.trim_end_matches(".amazonaws.com") {
        "ecs" => "ECS",
        "ecs.application-autoscaling" => "ApplicationAutoScaling_ECSService",
        "elasticache" => "ElastiCache",
        "elasticloadbalancing" => "ElasticLoadBalancing",
        "rds" => "RDS",
        other => other,
    };
    format!("AWSServiceRoleFor{suffix}")
}
