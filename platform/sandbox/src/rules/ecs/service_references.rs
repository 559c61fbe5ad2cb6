use serde_json::{Value, json};

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "service-with-missing-parts-refused",
    about: About::refuses(
        "A service runs in an active cluster, from an active task definition that has the balanced container with its port, in a network.",
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
        if definition["networkMode"] == "awsvpc"
            && turn.call.operation == "CreateService"
            && body["networkConfiguration"]["awsvpcConfiguration"].is_null()
        {
            return Ok(Some(Refused::new(
                "InvalidParameterException",
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            )));
        }
        let mut balanced = array(&body["loadBalancers"]).iter();
        let problem = balanced.find_map(|balancer| unbalanced(definition, balancer));
        Ok(problem.map(|message| Refused::new("InvalidParameterException", message)))
    })
}

/// Why a load balancer cannot reach what it is to reach.
fn unbalanced(definition: &Value, balancer: &Value) -> Option<String> {
    let name = balancer["containerName"].as_str()?;
    let containers = array(&definition["containerDefinitions"]);
    let Some(container) = containers.iter().find(|one| one["name"] == name) else {
        return Some(format!(
            "The container {name} does not exist in the task definition."
        ));
    };
    let port = &balancer["containerPort"];
    let mut mapped = array(&container["portMappings"]).iter();
    let is_open = mapped.any(|mapping| mapping["containerPort"] == *port);
    (!port.is_null() && !is_open)
        .then(|| format!("The container {name} did not have a container port {port} defined."))
}
