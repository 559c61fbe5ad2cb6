//! The check, step by step.

use std::time::{Duration, Instant};

use jiff::{Timestamp, Zoned};
use reqwest::Method;
use serde_json::{Value, json};

use crate::call::{CALLER, book};
use crate::door::{Door, short};

/// A step that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// What was done, such as `GET /healthz`.
    pub step: &'static str,
    /// How long it took.
    pub took: Duration,
}

/// The first step that did not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {said}")]
pub struct Failure {
    /// What was done.
    pub step: &'static str,
    /// What came of it.
    pub said: String,
}

/// Checks an instance from liveness to a booked and cancelled appointment, telling each step that went well.
///
/// `id` tells this check from others; it is part of the call's id. Leaves nothing behind but a cancelled, anonymous test
/// appointment.
///
/// # Errors
/// The first step that failed.
pub async fn check(door: &Door, id: &str, on: &mut dyn FnMut(Passed)) -> Result<(), Failure> {
    let mut began = Instant::now();
    let mut passed = |step: &'static str| {
        on(Passed {
            step,
            took: began.elapsed(),
        });
        began = Instant::now();
    };
    for step in ["GET /healthz", "GET /readyz"] {
        let path = step.trim_start_matches("GET ");
        let answered = door.look(path).await.map_err(failure(step))?;
        if answered.0 != 200 {
            let said = format!("it answered {}: {}", answered.0, short(&answered.1));
            return Err(Failure { step, said });
        }
        passed(step);
    }
    let step = "a free time";
    let start = free(door).await.map_err(failure(step))?;
    passed(step);
    let call = format!("check-{id}");
    let step = "a signed call that books";
    book(door, &call, &start).await.map_err(failure(step))?;
    let made = made(door, start.timestamp()).await.map_err(failure(step))?;
    passed(step);
    let step = "cancelling it";
    let path = format!("appointments/{made}");
    let gone = door.api(Method::DELETE, &path, None).await;
    gone.map_err(failure(step))?;
    passed(step);
    let step = "forgetting the caller";
    let path = format!("privacy/{}", CALLER.replace('+', "%2B"));
    let gone = door.api(Method::DELETE, &path, None).await;
    gone.map_err(failure(step))?;
    passed(step);
    Ok(())
}

fn failure(step: &'static str) -> impl Fn(String) -> Failure {
    move |said| Failure { step, said }
}

/// The last free time of the coming week, in the zone of the business: the one that a caller is least likely to want meanwhile.
async fn free(door: &Door) -> Result<Zoned, String> {
    let answer = door.api(Method::GET, "availability", None).await?;
    let zone = answer["time_zone"].as_str().unwrap_or("UTC");
    let slots = answer["slots"].as_array().map_or(&[][..], Vec::as_slice);
    let last = slots.last().and_then(|slot| slot["start"].as_str());
    let Some(last) = last else {
        return Err("the service offers no time within the next week".to_owned());
    };
    let start: Timestamp = last
        .parse()
        .map_err(|err| format!("{last} is no moment: {err}"))?;
    start
        .in_tz(zone)
        .map_err(|err| format!("{zone} is no time zone: {err}"))
}

/// The id of the test appointment that the call has booked.
async fn made(door: &Door, start: Timestamp) -> Result<String, String> {
    let wanted = json!({ "mobile": CALLER, "status": "booked" });
    let found = door
        .api(Method::POST, "appointments/search", Some(&wanted))
        .await?;
    let items = found["items"].as_array().map_or(&[][..], Vec::as_slice);
    let of_start = |item: &&Value| {
        let at = item["start"].as_str().and_then(|at| at.parse().ok());
        at == Some(start)
    };
    let Some(item) = items.iter().find(of_start) else {
        return Err("the call ended, and there is no appointment of it".to_owned());
    };
    if item["test"] != true {
        return Err(
            "the appointment is not marked as test data: the service is older than the check"
                .to_owned(),
        );
    }
    let id = item["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| "the appointment has no id".to_owned())
}
