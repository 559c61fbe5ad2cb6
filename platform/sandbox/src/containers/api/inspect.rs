use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout};

use super::reply::{self, Reply};
use crate::containers::Engine;
use crate::containers::container::{Container, Phase};
use crate::containers::engine::{EMULATOR, NETWORK};

/// The time of what has not happened, as Docker writes it.
const NEVER: &str = "0001-01-01T00:00:00Z";
/// Inspections closer together than this are somebody's polling.
const QUICK: Duration = Duration::from_millis(400);
/// So many of them in a row, and the next waits for news.
const PATIENCE: u32 = 20;
/// How long it waits.
const HELD: Duration = Duration::from_secs(8);

/// `GET /containers/{id}/json`.
///
/// The emulator watches each task by inspecting it many times a second, for as long as it runs. Whoever does that is
/// made to wait: until the state changes, somebody else inspects the container, or some seconds are over.
pub(super) async fn answer(engine: &Engine, name: &str) -> Reply {
    if name == EMULATOR {
        return reply::ok(&emulator());
    }
    let Some(container) = engine.find(name) else {
        return reply::not_found(format!("No such container: {name}"));
    };
    if container.is_task() {
        wait_for_news(&container).await;
    }
    reply::ok(&whole(&container))
}

async fn wait_for_news(container: &Arc<Container>) {
    let lock = || {
        container
            .inspections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    };
    {
        let mut seen = lock();
        let now = Instant::now();
        let quick = seen.last.is_some_and(|last| now - last < QUICK);
        seen.last = Some(now);
        seen.quick = if quick { seen.quick + 1 } else { 0 };
        if seen.waiting {
            container.asked.notify_one();
            return;
        }
        if seen.quick < PATIENCE || !container.is_running() {
            return;
        }
        seen.waiting = true;
    }
    let news = async {
        tokio::select! {
            _ = container.ended() => {}
            () = container.asked.notified() => {}
        }
    };
    // No news is as good.
    let _ = timeout(HELD, news).await;
    let mut seen = lock();
    seen.waiting = false;
    // The poller that comes back next waits again.
    seen.last = Some(Instant::now());
}

/// What the emulator sees when it looks for itself: it finds the network that its containers are to join.
fn emulator() -> Value {
    json!({
        "Id": "0".repeat(64),
        "Name": format!("/{EMULATOR}"),
        "State": {"Status": "running", "Running": true},
        "Config": {"Labels": {}},
        "NetworkSettings": {"Networks": {NETWORK: {"IPAddress": "127.0.0.1"}}},
    })
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(|| NEVER.to_owned(), |at| at.to_string())
}

fn networks(container: &Container) -> Value {
    let mut names = container.spec.networks();
    if !names.iter().any(|name| name == NETWORK) {
        names.push(NETWORK.to_owned());
    }
    let end = json!({
        "IPAddress": container.address.to_string(),
        "IPPrefixLen": 20,
        "Gateway": "127.0.0.1",
        "NetworkID": NETWORK,
        "EndpointID": container.id,
    });
    let ends: Map<String, Value> = names.into_iter().map(|n| (n, end.clone())).collect();
    Value::Object(ends)
}

/// Published ports as Docker reports them; nothing listens on them, as each container has an address of its own.
fn ports(container: &Container) -> Value {
    let host = container.spec.host_config.as_ref();
    let bindings = host.and_then(|h| h.port_bindings.as_ref());
    let list = |wanted: &Option<Vec<Value>>| -> Value {
        let wanted = wanted.iter().flatten();
        let ports =
            wanted.map(|binding| json!({"HostIp": "127.0.0.1", "HostPort": binding["HostPort"]}));
        Value::Array(ports.collect())
    };
    let ports = bindings.into_iter().flatten();
    Value::Object(
        ports
            .map(|(port, wanted)| (port.clone(), list(wanted)))
            .collect(),
    )
}

fn whole(container: &Container) -> Value {
    let state = container.state();
    let spec = &container.spec;
    let command = [spec.entry(), spec.command()].concat();
    json!({
        "Id": container.id,
        "Name": format!("/{}", container.name),
        "Created": container.created.to_string(),
        "Path": command.first().cloned().unwrap_or_default(),
        "Args": command.get(1..).unwrap_or_default(),
        "Image": container.image.id,
        "RestartCount": 0,
        "State": {
            "Status": state.phase.word(),
            "Running": state.phase == Phase::Running,
            "Paused": false, "Restarting": false, "OOMKilled": state.out_of_memory, "Dead": false,
            "Pid": container.pid().unwrap_or(0),
            "ExitCode": state.exit_code,
            "Error": state.error,
            "StartedAt": time(state.started),
            "FinishedAt": time(state.finished),
        },
        "Config": {
            "Image": spec.image,
            "Env": spec.env.clone().unwrap_or_default(),
            "Cmd": spec.command(),
            "Entrypoint": spec.entry(),
            "Labels": spec.labels.clone().unwrap_or_default(),
            "WorkingDir": spec.working_dir.clone().unwrap_or_default(),
            "User": spec.user.clone().unwrap_or_default(),
            "Tty": spec.tty.unwrap_or(false),
            "Hostname": &container.id[..12],
        },
        "HostConfig": {
            "NetworkMode": spec.networks().first().cloned().unwrap_or_default(),
            "Binds": spec.host_config.as_ref().and_then(|h| h.binds.clone()),
        },
        "Mounts": spec.volumes().into_iter().map(|(name, target)| json!({
            "Type": "volume", "Name": name, "Destination": target, "RW": true,
        })).collect::<Vec<_>>(),
        "NetworkSettings": {
            "IPAddress": container.address.to_string(),
            "Ports": ports(container),
            "Networks": networks(container),
        },
    })
}

/// One line of a list.
pub(super) fn summary(container: &Container) -> Value {
    let state = container.state();
    json!({
        "Id": container.id,
        "Names": [format!("/{}", container.name)],
        "Image": container.spec.image,
        "ImageID": container.image.id,
        "Command": container.spec.command().join(" "),
        "Created": container.created.as_second(),
        "State": state.phase.word(),
        "Status": state.phase.word(),
        "Labels": container.spec.labels.clone().unwrap_or_default(),
        "Ports": [],
        "NetworkSettings": {"Networks": networks(container)},
    })
}
