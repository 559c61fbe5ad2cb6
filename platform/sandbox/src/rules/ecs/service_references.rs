use serde_json::{Value, json};

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "service-with-missing-parts-refused",
    about: About::refuses(
        "A service runs in an active cluster, from an active task definition that has the balanced container.",
    ),
    service: "ecs",
    operations: &["CreateService", "UpdateService"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let cluster = body["cluster"].as_str().unwrap_or("default");
        let described = turn
            .ecs("DescribeClusters", &json!({"clusters": [cluster]}))
            .await?;
        if !array(&described["clusters"])
            .iter()
            .any(|c| c["status"] == "ACTIVE")
        {
            return Ok(Some(Refused::new(
                "ClusterNotFoundException",
                "Cluster not found.",
            )));
        }
        if body["taskDefinition"].is_null() {
            return Ok(None);
        }
        let asked = json!({"taskDefinition": body["taskDefinition"]});
        let described = turn.ecs("DescribeTaskDefinition", &asked).await?;
        let definition = &described["taskDefinition"];
        if definition["status"] != "ACTIVE" {
            let message = if definition.is_null() {
                "TaskDefinition not found."
            } else {
                "TaskDefinition is inactive"
            };
            return Ok(Some(Refused::new("ClientException", message)));
        }
        let lost = array(&body["loadBalancers"])
            .iter()
            .filter_map(|balancer| balancer["containerName"].as_str())
            .find(|name| !has_container(definition, name));
        Ok(lost.map(|name| {
            Refused::new(
                "InvalidParameterException",
                format!("The container {name} does not exist in the task definition."),
            )
        }))
    })
}

fn has_container(definition: &Value, name: &str) -> bool {
    array(&definition["containerDefinitions"])
        .iter()
        .any(|container| container["name"] == name)
}
