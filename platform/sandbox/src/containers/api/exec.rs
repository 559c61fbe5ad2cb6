use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::StatusCode;
use hyper::header::{CONNECTION, HeaderValue, UPGRADE};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::reply::{self, Reply};
use super::server::Asked;
use crate::containers::Engine;
use crate::containers::container::{Container, exit_code};
use crate::containers::frame::{Source, frame};
use crate::containers::image::Kind;
use crate::containers::programs;

/// One command to run beside a container's process.
#[derive(Debug)]
pub(in crate::containers) struct Exec {
    id: String,
    container: Arc<Container>,
    command: Vec<String>,
    environment: Vec<String>,
    tty: bool,
    exit_code: Mutex<Option<i32>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Wish {
    cmd: Option<Vec<String>>,
    env: Option<Vec<String>>,
    tty: bool,
}

/// `POST /containers/{id}/exec`.
pub(super) fn create(engine: &Engine, name: &str, asked: &Asked) -> Reply {
    let Some(container) = engine.find(name) else {
        return reply::not_found(format!("No such container: {name}"));
    };
    if !container.is_running() {
        let message = format!("container {name} is not running");
        return reply::error(StatusCode::CONFLICT, message);
    }
    let wish: Wish = match serde_json::from_slice(&asked.body) {
        Ok(wish) => wish,
        Err(problem) => return reply::error(StatusCode::BAD_REQUEST, problem),
    };
    let exec = Exec {
        id: engine.new_id(),
        container,
        command: wish.cmd.unwrap_or_default(),
        environment: wish.env.unwrap_or_default(),
        tty: wish.tty,
        exit_code: Mutex::new(None),
    };
    let answer = json!({"Id": exec.id});
    let mut execs = engine.execs.lock().unwrap_or_else(PoisonError::into_inner);
    // A look at the exit code is all that comes after; older ones have been looked at.
    while execs.len() > 200 {
        execs.pop_first();
    }
    execs.insert(exec.id.clone(), Arc::new(exec));
    reply::json(StatusCode::CREATED, &answer)
}

/// `GET /exec/{id}/json`.
pub(super) fn inspect(engine: &Engine, id: &str) -> Reply {
    match find(engine, id) {
        Some(exec) => {
            let code = *exec
                .exit_code
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            reply::ok(&json!({
                "ID": exec.id,
                "ContainerID": exec.container.id,
                "Running": code.is_none(),
                "ExitCode": code,
                "ProcessConfig": {"entrypoint": exec.command.first(), "arguments": exec.command.get(1..)},
            }))
        }
        None => reply::not_found(format!("No such exec instance: {id}")),
    }
}

fn find(engine: &Engine, id: &str) -> Option<Arc<Exec>> {
    let execs = engine.execs.lock().unwrap_or_else(PoisonError::into_inner);
    execs.get(id).cloned()
}

/// `POST /exec/{id}/start`: the command's output, framed, on the connection itself when the client asks to upgrade it.
pub(super) async fn start(
    engine: &Arc<Engine>,
    id: &str,
    asked: &Asked,
    upgrade: Option<hyper::upgrade::OnUpgrade>,
) -> Reply {
    let Some(exec) = find(engine, id) else {
        return reply::not_found(format!("No such exec instance: {id}"));
    };
    let detached = asked.json()["Detach"].as_bool().unwrap_or(false);
    let engine = Arc::clone(engine);
    if detached {
        tokio::spawn(async move { run(&engine, &exec).await });
        return reply::bytes(StatusCode::OK, "text/plain", "");
    }
    let Some(upgrade) = upgrade else {
        let output = run(&engine, &exec).await;
        return reply::bytes(StatusCode::OK, "application/vnd.docker.raw-stream", output);
    };
    tokio::spawn(async move {
        if let Ok(connection) = upgrade.await {
            let mut connection = TokioIo::new(connection);
            let output = run(&engine, &exec).await;
            // A client that went away has no use for it.
            let _ = connection.write_all(&output).await;
            let _ = connection.shutdown().await;
        }
    });
    let mut response = reply::bytes(
        StatusCode::SWITCHING_PROTOCOLS,
        "application/vnd.docker.raw-stream",
        "",
    );
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("tcp"));
    response
}

/// Runs the command to its end and notes its exit code; the output is kept whole, as it is short.
async fn run(engine: &Engine, exec: &Exec) -> Vec<u8> {
    let (code, output) = match process(engine, exec) {
        Some(mut process) => match process.output().await {
            Ok(output) => {
                let mut framed = Vec::new();
                for (source, bytes) in [
                    (Source::Stdout, output.stdout),
                    (Source::Stderr, output.stderr),
                ] {
                    if exec.tty {
                        framed.extend_from_slice(&bytes);
                    } else if !bytes.is_empty() {
                        framed.extend_from_slice(&frame(source, &bytes));
                    }
                }
                (exit_code(output.status), framed)
            }
            Err(problem) => (126, said(&problem)),
        },
        None => (126, said(&"the command is empty")),
    };
    *exec
        .exit_code
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = Some(code);
    output
}

fn said(problem: &dyn std::fmt::Display) -> Vec<u8> {
    frame(Source::Stderr, format!("{problem}\n").as_bytes()).to_vec()
}

fn process(engine: &Engine, exec: &Exec) -> Option<Command> {
    let (program, arguments) = exec.command.split_first()?;
    let container = &exec.container;
    let client = matches!(program.as_str(), "redis-cli" | "valkey-cli");
    let mut process = match &container.image.kind {
        Kind::Cache if client => {
            let mut process = programs::cache_client(container, &engine.surroundings.servers);
            process.args(without_connection(arguments));
            process
        }
        Kind::Pulled { root, .. } => {
            let inside = root.join(program.trim_start_matches('/'));
            let mut process = Command::new(if inside.is_file() {
                inside.as_os_str()
            } else {
                program.as_ref()
            });
            process.args(arguments).current_dir(root);
            process
        }
        _ => {
            let mut process = Command::new(program);
            process.args(arguments).current_dir(&container.folder);
            process
        }
    };
    for pair in container.spec.env.iter().flatten().chain(&exec.environment) {
        if let Some((name, value)) = pair.split_once('=') {
            process.env(name, value);
        }
    }
    process
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Some(process)
}

/// The client's arguments without those that say where the server is and how to speak to it.
fn without_connection(arguments: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--tls" | "--no-auth-warning" => {}
            "--cacert" | "--cert" | "--key" | "-h" | "-p" | "-a" => drop(words.next()),
            _ => kept.push(word.clone()),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::without_connection;

    #[test]
    fn a_clients_own_way_to_the_server_is_dropped() {
        let words = "--tls --cacert /c -h 127.0.0.1 -p 6379 CLUSTER INFO";
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        assert_eq!(without_connection(&words), ["CLUSTER", "INFO"]);
    }
}
