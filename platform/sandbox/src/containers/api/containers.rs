use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use rustix::process::Signal;
use serde_json::json;

use super::reply::{self, Reply};
use super::server::Asked;
use crate::containers::Engine;
use crate::containers::container::{Container, Phase};
use crate::containers::engine::NotMade;
use crate::containers::spec::Spec;

/// What Docker waits before it kills, when the client says nothing.
const GRACE: Duration = Duration::from_secs(10);

/// `POST /containers/create`.
pub(super) fn create(engine: &Engine, asked: &Asked) -> Reply {
    let spec: Spec = match serde_json::from_slice(&asked.body) {
        Ok(spec) => spec,
        Err(problem) => return reply::error(StatusCode::BAD_REQUEST, problem),
    };
    let (name, image) = (asked.text("name").to_owned(), spec.image.clone());
    match engine.create(&name, spec) {
        Ok(container) => reply::json(
            StatusCode::CREATED,
            &json!({"Id": container.id, "Warnings": []}),
        ),
        Err(NotMade::NoImage) => reply::not_found(format!("No such image: {image}")),
        Err(NotMade::NameTaken) => reply::error(
            StatusCode::CONFLICT,
            format!("Conflict. The container name \"/{name}\" is already in use."),
        ),
        Err(NotMade::Failed(problem)) => reply::failed(&problem),
    }
}

/// `POST /containers/{id}/{start,stop,kill,restart,wait,…}`.
pub(super) async fn act(engine: &Arc<Engine>, name: &str, verb: &str, asked: &Asked) -> Reply {
    let Some(container) = engine.find(name) else {
        return reply::not_found(format!("No such container: {name}"));
    };
    match verb {
        "start" => {
            // The emulator takes a database that has its data for available as soon as this is answered.
            let had_data = engine.has_data(&container);
            let began = container.start(engine.surroundings.clone());
            if had_data {
                container.serving().await;
            }
            started(began)
        }
        "stop" => {
            let ran = container.is_running();
            if !engine.drain(&container, grace(asked)) {
                container.stop(grace(asked)).await;
            }
            started(ran)
        }
        "restart" => {
            container.stop(grace(asked)).await;
            container.start(engine.surroundings.clone());
            reply::done()
        }
        "kill" => kill(&container, asked).await,
        "wait" => wait(&container, asked).await,
        "resize" | "update" | "rename" => reply::done(),
        other => reply::error(
            StatusCode::NOT_IMPLEMENTED,
            format!("the sandbox's containers have no {other}"),
        ),
    }
}

/// Done, or nothing to do.
fn started(changed: bool) -> Reply {
    let mut response = reply::done();
    if !changed {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response
}

fn grace(asked: &Asked) -> Duration {
    asked.text("t").parse().map_or(GRACE, Duration::from_secs)
}

async fn kill(container: &Container, asked: &Asked) -> Reply {
    if !container.is_running() {
        let message = format!("Container {} is not running", container.id);
        return reply::error(StatusCode::CONFLICT, message);
    }
    match asked.text("signal").trim_start_matches("SIG") {
        "" | "KILL" | "9" => container.kill().await,
        "TERM" | "15" => container.signal(Signal::TERM),
        "INT" | "2" => container.signal(Signal::INT),
        "HUP" | "1" => container.signal(Signal::HUP),
        "QUIT" | "3" => container.signal(Signal::QUIT),
        "USR1" | "10" => container.signal(Signal::USR1),
        "USR2" | "12" => container.signal(Signal::USR2),
        other => {
            return reply::error(StatusCode::BAD_REQUEST, format!("Invalid signal: {other}"));
        }
    }
    reply::done()
}

async fn wait(container: &Container, asked: &Asked) -> Reply {
    if asked.text("condition") == "next-exit" {
        let mut state = container.state.subscribe();
        // The sender is the container's, which is held here.
        let _ = state.wait_for(|s| s.phase == Phase::Running).await;
    }
    let ended = container.ended().await;
    reply::ok(&json!({"StatusCode": ended.exit_code, "Error": null}))
}

/// `DELETE /containers/{id}`: a running one only with `force`.
pub(super) async fn remove(engine: &Engine, name: &str, asked: &Asked) -> Reply {
    let Some(container) = engine.find(name) else {
        return reply::not_found(format!("No such container: {name}"));
    };
    if container.is_running() && !asked.flag("force") {
        let message = format!(
            "cannot remove container \"/{}\": container is running: stop the container before removing or force remove",
            container.name
        );
        return reply::error(StatusCode::CONFLICT, message);
    }
    match engine.remove(&container).await {
        Ok(()) => reply::done(),
        Err(problem) => reply::failed(&problem),
    }
}
