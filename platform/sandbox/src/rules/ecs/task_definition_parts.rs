use serde_json::Value;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "unfit-task-definition-refused",
    about: About::refuses(
        "A task definition on Fargate has an essential container, one port inside and outside, and an execution role \
         where it writes to CloudWatch Logs or reads secrets.",
    ),
    service: "ecs",
    operations: &["RegisterTaskDefinition"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let refused = unfit(&turn.json());
        Ok(refused.map(|message| Refused::new("ClientException", message)))
    })
}

fn unfit(body: &Value) -> Option<&'static str> {
    let containers = array(&body["containerDefinitions"]);
    let any = |test: fn(&Value) -> bool| containers.iter().any(test);
    let has_role = body["executionRoleArn"].is_string();
    if !any(|container| container["essential"] != false) {
        Some("At least one container of the task definition has to be essential.")
    } else if body["networkMode"] == "awsvpc" && any(maps_ports) {
        Some(
            "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
        )
    } else if has_role {
        None
    } else if any(|container| !array(&container["secrets"]).is_empty()) {
        Some(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
        )
    } else if any(|container| container["logConfiguration"]["logDriver"] == "awslogs") {
        Some(
            "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
        )
    } else {
        None
    }
}

/// Whether a port outside is another than the one inside; 0 and none stand for the same.
fn maps_ports(container: &Value) -> bool {
    array(&container["portMappings"]).iter().any(|mapping| {
        let outside = mapping["hostPort"].as_u64().unwrap_or(0);
        outside != 0 && Some(outside) != mapping["containerPort"].as_u64()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::unfit;

    #[test]
    fn parts_fit() {
        let of = |role: Value, container: Value| {
            unfit(&json!({"networkMode": "awsvpc", "executionRoleArn": role, "containerDefinitions": [container]}))
                .is_none()
        };
        let role = || json!("arn:aws:iam::000000000000:role/x");
        let logs = || json!({"name": "a", "logConfiguration": {"logDriver": "awslogs"}});
        let secrets = || json!({"name": "a", "secrets": [{"name": "A"}]});
        for (role, container, fits) in [
            (Value::Null, json!({"name": "a"}), true),
            (Value::Null, json!({"name": "a", "essential": false}), false),
            (Value::Null, logs(), false),
            (role(), logs(), true),
            (Value::Null, secrets(), false),
            (role(), secrets(), true),
            (
                Value::Null,
                json!({"portMappings": [{"containerPort": 80, "hostPort": 80}]}),
                true,
            ),
            (
                Value::Null,
                json!({"portMappings": [{"containerPort": 80, "hostPort": 0}]}),
                true,
            ),
            (
                Value::Null,
                json!({"portMappings": [{"containerPort": 80, "hostPort": 81}]}),
                false,
            ),
        ] {
            assert_eq!(of(role, container.clone()), fits, "{container}");
        }
    }
}
