use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::UnixListener;

use super::reply::{self, Reply};
use super::{archive, containers, exec, images, inspect, lists, logs, networks, volumes};
use crate::containers::Engine;

/// Archives of certificates and configuration, all that is copied in, come nowhere near.
const LARGEST: usize = 256 * 1024 * 1024;

/// One request, taken apart.
pub(super) struct Asked {
    pub(super) method: Method,
    /// The path without the version, in parts, percent signs undone.
    pub(super) path: Vec<String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: Bytes,
    pub(super) registry_login: Option<String>,
    /// Taken by who speaks another protocol on the connection from here on.
    pub(super) upgrade: Option<hyper::upgrade::OnUpgrade>,
}

impl Asked {
    pub(super) fn text(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), "1" | "true" | "True")
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Engine {
    /// Serves the API on a socket until the daemon ends.
    pub(crate) async fn serve(self: Arc<Self>, listener: UnixListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let engine = Arc::clone(&self);
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let engine = Arc::clone(&engine);
                    // What was asked for is done to its end, also when the client goes away.
                    let handled = tokio::spawn(async move { handle(engine, request).await });
                    async move {
                        let internal = StatusCode::INTERNAL_SERVER_ERROR;
                        let failed = |error| reply::error(internal, error);
                        Ok::<_, Infallible>(handled.await.unwrap_or_else(failed))
                    }
                });
                // An error here is a client that went away.
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .with_upgrades()
                    .await;
            });
        }
    }
}

async fn handle(engine: Arc<Engine>, mut request: Request<Incoming>) -> Reply {
    let upgrade = request
        .headers()
        .contains_key(hyper::header::UPGRADE)
        .then(|| hyper::upgrade::on(&mut request));
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST).collect().await else {
        return reply::error(StatusCode::BAD_REQUEST, "the request's body was cut off");
    };
    let mut path: Vec<String> = parts
        .uri
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .map(decoded)
        .collect();
    let versioned = path.first().is_some_and(|first| {
        let number = first.strip_prefix('v').unwrap_or_default();
        !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.')
    });
    if versioned {
        path.remove(0);
    }
    let query = parts.uri.query().unwrap_or_default();
    let login = parts.headers.get("X-Registry-Auth");
    let asked = Asked {
        method: parts.method,
        path,
        query: form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect(),
        body: body.to_bytes(),
        registry_login: login.and_then(|v| v.to_str().ok()).map(str::to_owned),
        upgrade,
    };
    route(&engine, asked).await
}

fn decoded(part: &str) -> String {
    // A plus sign stands for itself in a path.
    let escaped = part.replace('+', "%2B");
    form_urlencoded::parse(format!("x={}", escaped.replace('&', "%26")).as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

async fn route(engine: &Arc<Engine>, mut asked: Asked) -> Reply {
    let upgrade = asked.upgrade.take();
    let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    let get = asked.method == Method::GET || asked.method == Method::HEAD;
    let post = asked.method == Method::POST;
    let delete = asked.method == Method::DELETE;
    match path.as_slice() {
        ["_ping"] if get => reply::bytes(StatusCode::OK, "text/plain", "OK"),
        ["version"] if get => reply::ok(&version()),
        ["info"] if get => reply::ok(&lists::info(engine)),
        ["containers", "json"] if get => lists::containers(engine, &asked),
        ["containers", "create"] if post => containers::create(engine, &asked),
        ["containers", name, "json"] if get => inspect::answer(engine, name).await,
        ["containers", name, "logs"] if get => logs::answer(engine, name, &asked),
        ["containers", name, "archive"] => archive::answer(engine, name, &asked),
        ["containers", name, "exec"] if post => exec::create(engine, name, &asked),
        ["containers", name, "stats"] if get => lists::stats(engine, name),
        ["containers", name, verb] if post => containers::act(engine, name, verb, &asked).await,
        ["containers", name] if delete => containers::remove(engine, name, &asked).await,
        ["exec", id, "start"] if post => exec::start(engine, id, &asked, upgrade).await,
        ["exec", id, "json"] if get => exec::inspect(engine, id),
        ["images", "json"] if get => images::list(engine),
        ["images", "create"] if post => images::pull(engine, &asked).await,
        ["images", name @ .., "json"] if get => images::inspect(engine, &name.join("/")),
        ["images", name @ .., "tag"] if post => images::tag(engine, &name.join("/"), &asked),
        ["images", name @ ..] if delete => images::remove(engine, &name.join("/")),
        ["distribution", name @ .., "json"] if get => {
            images::distribution(engine, &name.join("/"), &asked).await
        }
        ["networks", rest @ ..] => networks::answer(engine, rest, &asked),
        ["volumes", rest @ ..] => volumes::answer(engine, rest, &asked),
        _ => reply::error(
            StatusCode::NOT_IMPLEMENTED,
            format!(
                "the sandbox's containers have no {} /{}",
                asked.method,
                path.join("/")
            ),
        ),
    }
}

fn version() -> Value {
    json!({
        "Version": "28.0.0-bella",
        "ApiVersion": "1.47",
        "MinAPIVersion": "1.24",
        "Os": "linux",
        "Arch": if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" },
        "KernelVersion": "",
        "GitCommit": "",
        "GoVersion": "",
    })
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn names_in_paths_are_undone() {
        assert_eq!(decoded("a%3Ab"), "a:b");
        assert_eq!(decoded("a+b&c"), "a+b&c");
        assert_eq!(decoded("sha256:00"), "sha256:00");
    }
}
