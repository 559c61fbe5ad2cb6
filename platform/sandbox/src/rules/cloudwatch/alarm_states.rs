use super::SERVICE;
use crate::gateway::Protocol;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unknown-alarm-state-refused",
    about: About::refuses("An alarm is set to one of its three states."),
    service: SERVICE,
    operations: &["SetAlarmState"],
    check,
};

const STATES: [&str; 3] = ["INSUFFICIENT_DATA", "ALARM", "OK"];

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let state = match turn.call.protocol {
            Protocol::Query => turn.form().text("StateValue").to_owned(),
            _ => {
                let body = turn.json();
                body["StateValue"].as_str().unwrap_or_default().to_owned()
            }
        };
        Ok((!STATES.contains(&state.as_str())).then(|| {
            Refused::new(
                "ValidationError",
                format!(
                    "1 validation error detected: Value '{state}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]"
                ),
            )
        }))
    })
}
