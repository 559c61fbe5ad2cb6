use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::reply::{self, Reply};
use super::server::Asked;
use crate::containers::Engine;

/// `/volumes…`: folders that outlive containers.
pub(super) fn answer(engine: &Engine, path: &[&str], asked: &Asked) -> Reply {
    let volumes = &engine.volumes;
    match (&asked.method, path) {
        (&Method::GET, []) => {
            let names = volumes.names();
            let all: Vec<Value> = names.iter().map(|name| described(engine, name)).collect();
            reply::ok(&json!({"Volumes": all, "Warnings": []}))
        }
        (&Method::POST, ["create"]) => {
            let wish = asked.json();
            let name = wish["Name"].as_str().unwrap_or_default();
            let name = if name.is_empty() {
                engine.new_id()
            } else {
                name.to_owned()
            };
            match volumes.ensure(&name) {
                Ok(_) => reply::json(StatusCode::CREATED, &described(engine, &name)),
                Err(problem) => reply::error(StatusCode::BAD_REQUEST, problem),
            }
        }
        (&Method::POST, ["prune"]) => {
            reply::ok(&json!({"VolumesDeleted": [], "SpaceReclaimed": 0}))
        }
        (&Method::GET, [name]) if volumes.find(name).is_some() => {
            reply::ok(&described(engine, name))
        }
        (&Method::DELETE, [name]) if volumes.find(name).is_some() => {
            if in_use(engine, name) {
                let message = format!("remove {name}: volume is in use");
                return reply::error(StatusCode::CONFLICT, message);
            }
            match volumes.remove(name) {
                Ok(()) => reply::done(),
                Err(problem) => reply::failed(&problem),
            }
        }
        (_, [name]) => reply::not_found(format!("get {name}: no such volume")),
        _ => reply::not_found("page not found"),
    }
}

fn in_use(engine: &Engine, name: &str) -> bool {
    let all = engine.all();
    all.iter().any(|container| {
        container
            .spec
            .volumes()
            .iter()
            .any(|(volume, _)| volume == name)
    })
}

fn described(engine: &Engine, name: &str) -> Value {
    let path = engine.volumes.path(name).unwrap_or_default();
    json!({
        "Name": name,
        "Driver": "local",
        "Mountpoint": path.to_string_lossy(),
        "Scope": "local",
        "Labels": {},
        "Options": {},
        "CreatedAt": "1970-01-01T00:00:00Z",
    })
}
