use serde_json::Value;

use crate::error::SandboxError;
use crate::gateway;
use crate::home::Home;
use crate::status::status;

/// Asks a running sandbox's gateway itself: shows what is at `path` below `/_bella/`, or sets it to `body`.
///
/// # Errors
/// It does not run, or refuses; the refusal's own words are in the error.
pub async fn ask(home: &Home, path: &str, body: Option<&Value>) -> Result<Value, SandboxError> {
    let now = status(home).await;
    let endpoint = now.endpoint.filter(|_| now.running);
    let endpoint = endpoint.ok_or(SandboxError::NotRunning)?;
    let answer = gateway::ask(&endpoint, path, body)
        .await
        .ok_or(SandboxError::NotRunning)?;
    let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status.is_success() {
        return Ok(value);
    }
    let reason = value["message"].as_str().unwrap_or_default().to_owned();
    Err(SandboxError::Refused {
        path: path.to_owned(),
        reason,
    })
}
