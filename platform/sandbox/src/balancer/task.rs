use std::time::Duration;

use serde_json::{Value, json};

use crate::containers::Task;
use crate::gateway::EmulatorClient;
use crate::place::Place;

/// What ECS gives a container to end by itself where its definition says nothing (`stopTimeout`), in seconds.
const STOP_TIMEOUT: u64 = 30;

/// The task of a container, with its service and revision; nothing when the emulator knows of none.
pub(super) async fn read(
    emulator: &EmulatorClient,
    place: &Place,
    cluster: String,
    arn: String,
) -> Option<Task> {
    let asked = json!({"cluster": cluster, "tasks": [arn]});
    let told = place.ecs(emulator, "DescribeTasks", &asked).await;
    let task = told["tasks"].get(0)?;
    let group = task["group"].as_str().unwrap_or_default();
    let definition = task["taskDefinitionArn"].as_str().unwrap_or_default();
    let asked = json!({"taskDefinition": definition});
    let told = place.ecs(emulator, "DescribeTaskDefinition", &asked).await;
    Some(Task {
        cluster,
        arn,
        service: group
            .strip_prefix("service:")
            .unwrap_or_default()
            .to_owned(),
        definition: definition.to_owned(),
        stop_timeout: stop_timeout(&told["taskDefinition"]),
    })
}

/// The longest that a container of the definition has to end by itself.
fn stop_timeout(definition: &Value) -> Duration {
    let containers = definition["containerDefinitions"].as_array();
    let seconds = containers
        .into_iter()
        .flatten()
        .map(|container| container["stopTimeout"].as_u64().unwrap_or(STOP_TIMEOUT));
    Duration::from_secs(seconds.max().unwrap_or(STOP_TIMEOUT))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::stop_timeout;

    #[test]
    fn the_most_patient_container_counts() {
        for (containers, seconds) in [
            (json!([{"stopTimeout": 5}, {"stopTimeout": 60}]), 60),
            (json!([{"stopTimeout": 5}, {"name": "says nothing"}]), 30),
            (json!([{"stopTimeout": 5}]), 5),
            (Value::Null, 30),
        ] {
            let told = stop_timeout(&json!({"containerDefinitions": containers}));
            assert_eq!(told, Duration::from_secs(seconds), "{containers}");
        }
    }
}
