use jiff::SignedDuration;

use super::SERVICE;
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};
use crate::schedules::{Agenda, Place};

/// The schedules' clockwork starts it; this rule says when.
pub(crate) static RULE: SevenDays = SevenDays;

pub(crate) struct SevenDays;

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Rule for SevenDays {
    fn name(&self) -> &'static str {
        "stopped-database-started-after-seven-days"
    }

    fn about(&self) -> About {
        About::fills(
            "A database that was stopped seven days ago is started by AWS; until then `AutomaticRestartTime` says when.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "DeleteDBInstance",
            "DescribeDBInstances",
            "StartDBInstance",
            "StopDBInstance",
        ];
        call.is(SERVICE, &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(&turn).await })
    }
}

async fn carry_out(turn: &Turn<'_>) -> Outcome {
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let place = Place {
        account: turn.account().await?,
        region: turn.region().to_owned(),
    };
    let form = turn.form();
    let given = form.text("DBInstanceIdentifier");
    // An ARN is taken as well.
    let id = given.rsplit(':').next().unwrap_or(given);
    let kept = match turn.call.operation.as_str() {
        "StopDBInstance" => {
            let due = turn.clock.now().saturating_add(WEEK);
            let due = due.unwrap_or(jiff::Timestamp::MAX);
            Agenda::restart(turn.store, place.clone(), id, due)
        }
        "DescribeDBInstances" => Ok(()),
        _ => Agenda::no_restart(turn.store, &place, id),
    };
    if let Err(error) = kept {
        return Ok(Answer::error(
            turn.call,
            hyper::StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            &error.to_string(),
        ));
    }
    Ok(told(turn, &place, answer))
}

/// With the time of the restart in every instance that has one.
fn told(turn: &Turn<'_>, place: &Place, answer: Answer) -> Answer {
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for instance in document.descendants() {
        if instance.tag_name().name() != "DBInstance" {
            continue;
        }
        let id = xml::text(instance, "DBInstanceIdentifier");
        if let Some(due) = Agenda::restart_of(turn.store, place, id) {
            let time = due.strftime("%Y-%m-%dT%H:%M:%SZ");
            let text = format!("<AutomaticRestartTime>{time}</AutomaticRestartTime>");
            edits.append(&source, instance, &text);
        }
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}
