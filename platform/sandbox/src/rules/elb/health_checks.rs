use super::SERVICE;
use crate::rules::form::Form;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unfit-target-group-refused",
    about: About::refuses(
        "A target group has a port from 1 to 65535, and its health check a timeout shorter than its interval.",
    ),
    service: SERVICE,
    operations: &["CreateTargetGroup"],
    check,
};

const CODE: &str = "ValidationError";

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move { Ok(unfit(&turn.form())) })
}

fn unfit(form: &Form) -> Option<Refused> {
    let number = |name: &str| form.get(name).and_then(|text| text.parse::<u32>().ok());
    let port = number("Port");
    if let Some(port) = port.filter(|port| !(1..=65535).contains(port)) {
        let limit = if port == 0 {
            "greater than or equal to 1"
        } else {
            "less than or equal to 65535"
        };
        let message = format!(
            "1 validation error detected: Value '{port}' at 'port' failed to satisfy constraint: Member must have value {limit}"
        );
        return Some(Refused::new(CODE, message));
    }
    let (timeout, interval) = (
        number("HealthCheckTimeoutSeconds")?,
        number("HealthCheckIntervalSeconds")?,
    );
    (timeout >= interval).then(|| {
        Refused::new(
            CODE,
            "Health check interval must be greater than the timeout.",
        )
    })
}
