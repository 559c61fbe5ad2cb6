use std::collections::BTreeMap;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::inspect;
use super::reply::{self, Reply};
use super::server::Asked;
use crate::containers::Engine;
use crate::containers::container::Container;

/// `GET /info`.
pub(super) fn info(engine: &Engine) -> Value {
    let all = engine.all();
    json!({
        "ID": "bella",
        "Name": "bella-sandbox",
        "Containers": all.len(),
        "ContainersRunning": all.iter().filter(|c| c.is_running()).count(),
        "Images": engine.images.all().len(),
        "Driver": "folders",
        "OSType": "linux",
        "OperatingSystem": "processes of this machine",
        "ServerVersion": "28.0.0-bella",
        "Runtimes": {},
        "Swarm": {"LocalNodeState": "inactive"},
    })
}

/// `GET /containers/json`: those that run, or all, by label, name, id and state.
pub(super) fn containers(engine: &Engine, asked: &Asked) -> Reply {
    let filters = match Filters::of(asked.text("filters")) {
        Ok(filters) => filters,
        Err(problem) => return reply::error(StatusCode::BAD_REQUEST, problem),
    };
    let all = asked.flag("all") || filters.0.contains_key("status");
    let found: Vec<Value> = engine
        .all()
        .iter()
        .filter(|container| (all || container.is_running()) && filters.match_container(container))
        .map(|container| inspect::summary(container))
        .collect();
    reply::ok(&Value::Array(found))
}

/// `GET /containers/{id}/stats`: what is known without asking the system.
pub(super) fn stats(engine: &Engine, name: &str) -> Reply {
    match engine.find(name) {
        Some(container) => reply::ok(&json!({
            "id": container.id,
            "name": format!("/{}", container.name),
            "pids_stats": {"current": u32::from(container.is_running())},
            "cpu_stats": {}, "precpu_stats": {}, "memory_stats": {}, "networks": {},
        })),
        None => reply::not_found(format!("No such container: {name}")),
    }
}

/// Docker's filters: by name of the filter, the values of which any matches (labels: all).
struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    fn of(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self(BTreeMap::new()));
        }
        let value: Value = serde_json::from_str(text).map_err(|e| format!("filters: {e}"))?;
        let mut filters = BTreeMap::new();
        for (name, values) in value.as_object().into_iter().flatten() {
            let values = match values {
                Value::Array(list) => list
                    .iter()
                    .filter_map(|v| v.as_str().map(str::to_owned))
                    .collect(),
                // An older form: the values are the keys.
                Value::Object(set) => set.keys().cloned().collect(),
                _ => return Err(format!("filters: {name} is no list")),
            };
            filters.insert(name.clone(), values);
        }
        Ok(Self(filters))
    }

    fn match_container(&self, container: &Container) -> bool {
        self.0.iter().all(|(name, values)| match name.as_str() {
            "label" => values.iter().all(|wanted| has_label(container, wanted)),
            "name" => values
                .iter()
                .any(|v| container.name.contains(v.trim_start_matches('/'))),
            "id" => values.iter().any(|v| container.id.starts_with(v.as_str())),
            "status" => values.iter().any(|v| v == container.state().phase.word()),
            _ => true,
        })
    }
}

fn has_label(container: &Container, wanted: &str) -> bool {
    match wanted.split_once('=') {
        Some((name, value)) => container.spec.label(name) == Some(value),
        None => container.spec.label(wanted).is_some(),
    }
}
