use std::path::PathBuf;
use std::time::Duration;

use hyper::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::clock_control::{self, ClockRequest};
use super::message::{Answer, Request};
use super::server::Gateway;
use super::temper_control;
use super::upstream::{Upstream, get, post};

/// Paths under this prefix are the gateway's own; no AWS API has such a path.
pub(crate) const PREFIX: &str = "/_bella/";

/// What `GET /_bella/health` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Health {
    gateway: String,
    emulator: String,
    #[serde(default)]
    pub(crate) servers: Option<Servers>,
    /// Where load balancers answer, once there is one.
    #[serde(default)]
    pub(crate) balancer: Option<String>,
}

/// Where the servers behind the emulator answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Servers {
    pub(crate) postgres: Option<String>,
    pub(crate) redis: Option<String>,
    pub(crate) authority: PathBuf,
}

impl Health {
    /// True when both gateway and emulator answer.
    pub(crate) fn ready(&self) -> bool {
        self.gateway == "ready" && self.emulator == "ready"
    }
}

/// Asks a gateway how it is; `None` when it does not answer in time.
pub(crate) async fn probe(endpoint: &str, limit: Duration) -> Option<Health> {
    let answer = get(&format!("{endpoint}{PREFIX}health"), limit).await?;
    serde_json::from_slice(&answer.body).ok()
}

/// Shows what is at `path` below the prefix, or sets it to `body`; `None` when there is no answer. Moving the clock
/// carries out what comes due on the way, which takes its time.
pub(crate) async fn ask(endpoint: &str, path: &str, body: Option<&Value>) -> Option<Answer> {
    const LIMIT: Duration = Duration::from_secs(600);
    let url = format!("{endpoint}{PREFIX}{path}");
    match body {
        Some(body) => post(&url, body.to_string(), LIMIT).await,
        None => get(&url, LIMIT).await,
    }
}

/// Answers a control request.
pub(crate) async fn answer(gateway: &Gateway, request: &Request) -> Answer {
    let path = request.uri.path().trim_start_matches(PREFIX);
    match (request.method.clone(), path) {
        (Method::GET, "health") => health(gateway),
        (Method::GET, "calls") => calls(gateway, request.uri.query().unwrap_or_default()),
        (Method::GET, "saves") => Answer::json(StatusCode::OK, &json!(gateway.quiet.told())),
        (Method::GET, "faults") => Answer::json(StatusCode::OK, &json!(gateway.faults.current())),
        (Method::POST, "faults") => match serde_json::from_slice(&request.body) {
            Ok(faults) => {
                gateway.faults.set(faults);
                Answer::json(StatusCode::OK, &json!(gateway.faults.current()))
            }
            Err(error) => refusal(
                StatusCode::BAD_REQUEST,
                &format!("not a list of faults: {error}"),
            ),
        },
        (Method::DELETE, "faults") => {
            gateway.faults.set(Vec::new());
            Answer::json(StatusCode::OK, &json!([]))
        }
        (Method::GET | Method::POST | Method::DELETE, "temper") => {
            temper_control::answer(&gateway.temper, request)
        }
        (Method::GET, "fired") => {
            let mut told = gateway.temper.told();
            told["faults"] = json!(gateway.faults.current());
            Answer::json(StatusCode::OK, &told)
        }
        (Method::GET, "clock") => clock_control::shown(&gateway.clock),
        (Method::POST, "clock") => match ClockRequest::parse(&request.body) {
            Ok(asked) => clock_control::moved(gateway, &asked).await,
            Err(error) => refusal(StatusCode::BAD_REQUEST, &error),
        },
        (Method::DELETE, "clock") => {
            gateway.schedules.cancel();
            clock_control::shown(&gateway.clock)
        }
        (Method::GET, "schedules") => Answer::json(StatusCode::OK, &gateway.schedules.told()),
        (Method::GET, "rules") => {
            let names: Vec<_> = crate::rules::RULES.iter().map(|rule| rule.name()).collect();
            Answer::json(StatusCode::OK, &json!(names))
        }
        _ => refusal(
            StatusCode::NOT_FOUND,
            "there are GET health, GET calls?since=N, GET rules, GET saves, GET fired, GET schedules, and GET, POST and DELETE clock, faults and temper",
        ),
    }
}

fn health(gateway: &Gateway) -> Answer {
    let emulator = match gateway.emulator.state() {
        Upstream::Starting => "starting",
        Upstream::Ready { .. } => "ready",
        Upstream::Stopping => "stopping",
    };
    let servers = gateway.emulator.engine().map(|engine| {
        let (postgres, redis) = engine.urls();
        Servers {
            postgres,
            redis,
            authority: engine.authority().to_owned(),
        }
    });
    Answer::json(
        StatusCode::OK,
        &json!(Health {
            gateway: "ready".to_owned(),
            emulator: emulator.to_owned(),
            servers,
            balancer: gateway.balancer.url(),
        }),
    )
}

fn calls(gateway: &Gateway, query: &str) -> Answer {
    let since = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "since")
        .map_or(Ok(0), |(_, value)| value.parse());
    match since {
        Ok(since) => {
            let (last, calls) = gateway.calls.since(since);
            let open = gateway.calls.open();
            Answer::json(
                StatusCode::OK,
                &json!({"last": last, "calls": calls, "open": open}),
            )
        }
        Err(_) => refusal(StatusCode::BAD_REQUEST, "since is a number of a call"),
    }
}

pub(super) fn refusal(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message}))
}
