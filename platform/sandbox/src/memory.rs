//! Memory limits of tasks: a container that holds more than it may is killed, as the kernel does on AWS.
//!
//! A control group would need rights that a sandbox need not have, and `setrlimit` knows addresses and not memory: a
//! program that only reserves would fail, and one that fails an allocation ends in another way than one that is killed.
//! So what a task's processes hold is read four times a second, as long as any task runs, which costs about 0.01 % of a
//! core a task.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::containers::{Engine, Limited};
use crate::gateway::EmulatorClient;
use crate::place::Place;
use crate::rules::Store;

/// Between two looks at what a container holds.
const EVERY: Duration = Duration::from_millis(250);
/// The document in the store: names of the containers that were killed, by task.
const DOCUMENT: &str = "tasks-out-of-memory";
/// What AWS says of such a container.
pub(crate) const REASON: &str = "OutOfMemoryError: Container killed due to memory usage";

type Killed = BTreeMap<String, BTreeSet<String>>;

/// Holds tasks to their limits for as long as the process lives; returns where servers are records.
pub(crate) async fn watch(
    emulator: EmulatorClient,
    store: Arc<Store>,
    engine: Option<Arc<Engine>>,
) {
    let Some(engine) = engine else { return };
    let mut starts = engine.starts();
    let mut watched = BTreeSet::new();
    loop {
        let running = engine.limited();
        watched.retain(|id| running.iter().any(|container| container.id() == *id));
        for container in running {
            if watched.insert(container.id().to_owned()) {
                let (emulator, store) = (emulator.clone(), Arc::clone(&store));
                tokio::spawn(async move { hold(&emulator, &store, &container).await });
            }
        }
        if starts.changed().await.is_err() {
            return;
        }
    }
}

/// Watches one container until it ends.
async fn hold(emulator: &EmulatorClient, store: &Store, container: &Limited) {
    let Some(limit) = limit(emulator, container).await else {
        return;
    };
    while container.runs() {
        if container.holds().is_some_and(|held| held > limit) {
            let note = |killed: &mut Killed| {
                let names = killed.entry(container.task().to_owned()).or_default();
                names.insert(container.name().to_owned());
            };
            // Not saved, the exit code still tells.
            let _unsaved = store.change(DOCUMENT, note);
            container.kill().await;
            return;
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// The bytes that a container may hold: its own hard limit, else its task's.
async fn limit(emulator: &EmulatorClient, container: &Limited) -> Option<u64> {
    let place = Place::of(container.task())?;
    let asked = json!({"taskDefinition": container.definition()});
    let told = place.ecs(emulator, "DescribeTaskDefinition", &asked).await;
    let mebibytes = mebibytes(&told["taskDefinition"], container.name())?;
    Some(mebibytes * 1024 * 1024)
}

fn mebibytes(definition: &Value, name: &str) -> Option<u64> {
    let containers = definition["containerDefinitions"].as_array()?;
    let own = containers.iter().find(|it| it["name"] == name)?;
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64(),
    };
    number(&own["memory"]).or_else(|| number(&definition["memory"]))
}

/// Says of a task's containers which of them were killed for what they held.
pub(crate) fn explain(store: &Store, task: &mut Value) -> bool {
    let killed: Killed = store.read(DOCUMENT);
    let Some(names) = killed.get(task["taskArn"].as_str().unwrap_or_default()) else {
        return false;
    };
    for container in task["containers"].as_array_mut().into_iter().flatten() {
        if names.contains(container["name"].as_str().unwrap_or_default()) {
            container["reason"] = REASON.into();
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::mebibytes;

    #[test]
    fn a_containers_own_limit_goes_before_its_tasks() {
        let definition = json!({"memory": "512", "containerDefinitions": [
            {"name": "app", "memory": 128}, {"name": "side"},
        ]});
        assert_eq!(mebibytes(&definition, "app"), Some(128));
        assert_eq!(mebibytes(&definition, "side"), Some(512));
        assert_eq!(mebibytes(&definition, "other"), None);
        let unlimited = json!({"containerDefinitions": [{"name": "app"}]});
        assert_eq!(mebibytes(&unlimited, "app"), None);
    }
}
