use serde_json::{Map, Value, json};

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Amendment = Amendment {
    name: "task-definition-defaults",
    about: About::corrects(
        "A task definition comes back with the fields AWS fills in, and without those that were never given.",
    ),
    service: "ecs",
    operations: &[
        "RegisterTaskDefinition",
        "DescribeTaskDefinition",
        "DeregisterTaskDefinition",
    ],
    amend,
};

fn amend<'a>(_: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
            return Ok(answer);
        };
        if let Some(definition) = body["taskDefinition"].as_object_mut() {
            complete(definition);
        }
        Ok(answer.with_body(body.to_string()))
    })
}

fn complete(definition: &mut Map<String, Value>) {
    for name in ["taskRoleArn", "executionRoleArn", "pidMode", "ipcMode"] {
        if definition.get(name).is_some_and(|value| value == "") {
            definition.remove(name);
        }
    }
    let own_interface = definition.get("networkMode").is_some_and(|m| m == "awsvpc");
    let containers = definition
        .get_mut("containerDefinitions")
        .and_then(Value::as_array_mut);
    for container in containers.into_iter().flatten() {
        let Some(container) = container.as_object_mut() else {
            continue;
        };
        for list in ["environment", "mountPoints", "portMappings", "volumesFrom"] {
            container.entry(list).or_insert_with(|| json!([]));
        }
        let ports = container
            .get_mut("portMappings")
            .and_then(Value::as_array_mut);
        for port in ports.into_iter().flatten() {
            if port["protocol"].is_null() {
                port["protocol"] = json!("tcp");
            }
            if own_interface && port["hostPort"].is_null() {
                port["hostPort"] = port["containerPort"].clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::complete;

    #[test]
    fn completes() {
        let mut given = json!({
            "networkMode": "awsvpc", "taskRoleArn": "", "pidMode": "",
            "containerDefinitions": [{"name": "app", "portMappings": [{"containerPort": 8000}]}],
        });
        complete(given.as_object_mut().expect("an object"));
        assert_eq!(
            given,
            json!({
                "networkMode": "awsvpc",
                "containerDefinitions": [{
                    "name": "app", "environment": [], "mountPoints": [], "volumesFrom": [],
                    "portMappings": [{"containerPort": 8000, "hostPort": 8000, "protocol": "tcp"}],
                }],
            })
        );
    }
}
