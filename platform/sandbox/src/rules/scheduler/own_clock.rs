use hyper::header::DATE;
use hyper::{Method, Uri};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::gateway::{Answer, Call, NoAnswer, Request};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;
use crate::schedules::{Agenda, Place};

/// The emulator carries out schedules that are enabled, in UTC and by real time. It is told of another state, so that
/// it carries out none, and callers are told the true one.
pub(crate) static RULE: OwnClock = OwnClock;

pub(crate) struct OwnClock;

/// What the emulator has for an enabled schedule.
const KEPT: &str = "ENABLED_HERE";
const ENABLED: &str = "ENABLED";

impl Rule for OwnClock {
    fn name(&self) -> &'static str {
        "schedules-on-the-sandbox-clock"
    }

    fn about(&self) -> About {
        About::fills(
            "Schedules come due in their time zone, on the sandbox's clock, and call any operation in their role's \
             name, with retries and dead-letter queue.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "CreateSchedule",
            "UpdateSchedule",
            "GetSchedule",
            "ListSchedules",
            "DeleteSchedule",
            "DeleteScheduleGroup",
        ];
        call.is("scheduler", &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(&turn).await })
    }
}

async fn carry_out(turn: &Turn<'_>) -> Outcome {
    let request = told_to_emulator(turn);
    let answer = turn.pass_with(request).await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let kept = if turn.request.method == Method::GET {
        return Ok(dated(told_to_caller(answer), turn.clock.now()));
    } else {
        keep(turn).await?
    };
    Ok(match kept {
        Ok(()) => answer,
        Err(error) => Answer::error(
            turn.call,
            hyper::StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerException",
            &error.to_string(),
        ),
    })
}

/// Puts the change on the agenda.
async fn keep(turn: &Turn<'_>) -> Result<Result<(), SandboxError>, NoAnswer> {
    let place = Place {
        account: turn.account().await?,
        region: turn.region().to_owned(),
    };
    let name = turn.request.uri.path().rsplit('/').next();
    let name = name.unwrap_or_default();
    Ok(match turn.call.operation.as_str() {
        "DeleteScheduleGroup" => Agenda::remove_group(turn.store, &place, name),
        "DeleteSchedule" => {
            let query = turn.request.uri.query().unwrap_or_default();
            let group = form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == "groupName")
                .map(|(_, group)| group.into_owned());
            let group = group.as_deref().unwrap_or("default");
            Agenda::remove(turn.store, &place, group, name)
        }
        _ => {
            let body = turn.json();
            let group = body["GroupName"].as_str().unwrap_or("default");
            let now = turn.clock.now();
            Agenda::put(turn.store, place, (group, name), &body, now)
        }
    })
}

fn told_to_emulator(turn: &Turn<'_>) -> Request {
    let mut request = turn.request.clone();
    match turn.call.operation.as_str() {
        "CreateSchedule" | "UpdateSchedule" => {
            let mut body = turn.json();
            if body["State"].is_null() || body["State"] == ENABLED {
                body["State"] = json!(KEPT);
            }
            request.with_body(body.to_string())
        }
        "ListSchedules" => {
            let query = request.uri.query().unwrap_or_default();
            let pairs = form_urlencoded::parse(query.as_bytes()).map(|(name, value)| {
                let is_enabled = name == "State" && value == ENABLED;
                let value = if is_enabled { KEPT.into() } else { value };
                (name, value)
            });
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish();
            let target = format!("{}?{query}", request.uri.path());
            if let Ok(uri) = target.parse::<Uri>() {
                request.uri = uri;
            }
            request
        }
        _ => request,
    }
}

/// With the time by which its schedules come due: whoever shows what is on asks for it.
fn dated(mut answer: Answer, now: Timestamp) -> Answer {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = date.parse() {
        answer.headers.insert(DATE, date);
    }
    answer
}

fn told_to_caller(answer: Answer) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
        return answer;
    };
    let true_state = |schedule: &mut Value| {
        if schedule["State"] == KEPT {
            schedule["State"] = json!(ENABLED);
        }
    };
    true_state(&mut body);
    let listed = body.get_mut("Schedules").and_then(Value::as_array_mut);
    listed.into_iter().flatten().for_each(true_state);
    answer.with_body(body.to_string())
}
