use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::schedules::Expression;

pub(crate) static RULE: Refusal = Refusal {
    name: "malformed-schedule-refused",
    about: About::refuses(
        "A schedule's expression is `at`, `rate` or `cron` with fields that can come true: \"Schedule types\" in \
         the user guide of EventBridge Scheduler.",
    ),
    service: "scheduler",
    operations: &["CreateSchedule", "UpdateSchedule"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let unfit = body["ScheduleExpression"]
            .as_str()
            .filter(|text| Expression::parse(text).is_none());
        Ok(unfit.map(|text| {
            Refused::new(
                "ValidationException",
                format!("Invalid Schedule Expression {text}."),
            )
        }))
    })
}
