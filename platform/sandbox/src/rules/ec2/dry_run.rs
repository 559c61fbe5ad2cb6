use hyper::StatusCode;

use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: DryRun = DryRun;

pub(crate) struct DryRun;

impl Rule for DryRun {
    fn name(&self) -> &'static str {
        "dry-run-changes-nothing"
    }

    fn about(&self) -> About {
        About::corrects("A call with `DryRun` changes nothing, and says so by an error.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.service == "ec2" && call.dry_run
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            Ok(Answer::error(
                turn.call,
                StatusCode::PRECONDITION_FAILED,
                "DryRunOperation",
                "Request would have succeeded, but DryRun flag is set.",
            ))
        })
    }
}
