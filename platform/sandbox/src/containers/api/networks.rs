use std::sync::PoisonError;

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::reply::{self, Reply};
use super::server::Asked;
use crate::containers::Engine;
use crate::containers::engine::NETWORK;

/// `/networks…`: names only, as every container reaches every other at its own address.
pub(super) fn answer(engine: &Engine, path: &[&str], asked: &Asked) -> Reply {
    let mut names = engine
        .networks
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    match (&asked.method, path) {
        (&Method::GET, []) => {
            let all = names.iter().map(|name| described(engine, name));
            reply::ok(&Value::Array(all.collect()))
        }
        (&Method::POST, ["create"]) => {
            let wish = asked.json();
            let name = wish["Name"].as_str().unwrap_or_default().to_owned();
            if name.is_empty() {
                return reply::error(StatusCode::BAD_REQUEST, "a network needs a name");
            }
            names.insert(name.clone());
            reply::json(StatusCode::CREATED, &json!({"Id": name, "Warning": ""}))
        }
        (&Method::POST, ["prune"]) => reply::ok(&json!({"NetworksDeleted": []})),
        (method, [name, rest @ ..]) => {
            let standing = matches!(*name, "bridge" | "host" | "none");
            if !standing && !names.contains(*name) {
                return reply::not_found(format!("network {name} not found"));
            }
            match (method, rest) {
                (&Method::GET, []) => reply::ok(&described(engine, name)),
                (&Method::DELETE, []) => {
                    if *name != NETWORK {
                        names.remove(*name);
                    }
                    reply::done()
                }
                (&Method::POST, ["connect" | "disconnect"]) => {
                    reply::bytes(StatusCode::OK, "application/json", "")
                }
                _ => reply::not_found("page not found"),
            }
        }
        _ => reply::not_found("page not found"),
    }
}

fn described(engine: &Engine, name: &str) -> Value {
    json!({
        "Name": name,
        "Id": name,
        "Driver": "bridge",
        "Scope": "local",
        "Internal": true,
        "Attachable": true,
        "Labels": {},
        "Options": {},
        "Containers": {},
        "IPAM": {"Driver": "default", "Config": [{"Subnet": engine.network.subnet()}]},
    })
}
