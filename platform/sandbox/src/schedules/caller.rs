use hyper::StatusCode;
use serde_json::Value;

use super::place::Place;
use super::service::Service;
use super::target::Failure;
use super::wire;
use crate::gateway::{Answer, EmulatorClient, error_code};

/// Calls a service, at the gateway or at the bare emulator; the answer's body.
pub(super) async fn call(
    client: &EmulatorClient,
    service: &Service,
    operation: &str,
    input: &Value,
    place: &Place,
) -> Result<String, Failure> {
    let request = wire::request(service, operation, input, place)?;
    let asked = client.ask(&request, false).await;
    let answer = asked.map_err(|reason| {
        Failure::new(
            "ServiceUnavailable",
            format!("no answer to {operation}: {reason:?}"),
        )
    })?;
    if answer.status.is_success() {
        return Ok(text(&answer));
    }
    Err(failure(&answer))
}

fn failure(answer: &Answer) -> Failure {
    let code = error_code(&answer.headers, &answer.body);
    let code = code.unwrap_or_else(|| default_code(answer.status).to_owned());
    let text = text(answer);
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    let message = ["message", "Message"]
        .iter()
        .find_map(|name| json[name].as_str())
        .map(str::to_owned)
        .or_else(|| {
            let (_, rest) = text.split_once("<Message>")?;
            rest.split_once("</Message>").map(|(m, _)| m.to_owned())
        })
        .unwrap_or(text);
    Failure { code, message }
}

fn default_code(status: StatusCode) -> &'static str {
    if status.is_server_error() {
        "InternalServerError"
    } else {
        "ClientError"
    }
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}
