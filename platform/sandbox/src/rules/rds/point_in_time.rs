use super::{SERVICE, instances};
use crate::gateway::{Answer, Call};
use crate::home::short_hash;
use crate::rules::form::Form;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use hyper::StatusCode;

/// It has to have backups, and the request one time.
pub(crate) static RULE: PointInTime = PointInTime;

pub(crate) struct PointInTime;

const OPERATION: &str = "RestoreDBInstanceToPointInTime";
const FROM_SNAPSHOT: &str = "RestoreDBInstanceFromDBSnapshot";

impl Rule for PointInTime {
    fn name(&self) -> &'static str {
        "database-restored-to-a-time"
    }

    fn about(&self) -> About {
        About::fills(
            "A database is restored as it was at a time, which the emulator cannot: here from a snapshot of now, \
             taken for this and deleted.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &[OPERATION])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { restore(&turn).await })
    }
}

async fn restore(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let source = form.text("SourceDBInstanceIdentifier");
    let refuse = |status: StatusCode, code: &str, message: &str| {
        Ok(Answer::error(turn.call, status, code, message))
    };
    let is_latest = form.text("UseLatestRestorableTime") == "true";
    if is_latest == form.get("RestoreTime").is_some() {
        return refuse(
            StatusCode::BAD_REQUEST,
            "InvalidParameterCombination",
            "Exactly one of RestoreTime and UseLatestRestorableTime must be specified.",
        );
    }
    let Some(instance) = instances::one(turn, source).await? else {
        let message = format!("DBInstance {source} not found.");
        return refuse(StatusCode::NOT_FOUND, "DBInstanceNotFound", &message);
    };
    if !instance.has_backups {
        return refuse(
            StatusCode::BAD_REQUEST,
            "PointInTimeRestoreNotEnabled",
            &format!("Backups are not enabled for DB instance {source}."),
        );
    }
    let target = form.text("TargetDBInstanceIdentifier");
    let snapshot = format!("restore-{}", short_hash(&format!("{source}/{target}")));
    let fields = [
        ("DBInstanceIdentifier", source),
        ("DBSnapshotIdentifier", &snapshot),
    ];
    turn.rds("CreateDBSnapshot", &fields).await?;
    let asked = as_from_snapshot(form.clone(), target, &snapshot);
    let request = turn.request.clone().with_body(asked.encode());
    let call = Call {
        operation: FROM_SNAPSHOT.to_owned(),
        ..turn.call.clone()
    };
    let answer = turn.pass_as(&call, request).await;
    turn.rds("DeleteDBSnapshot", &[("DBSnapshotIdentifier", &snapshot)])
        .await?;
    let answer = answer?;
    let body = body_text(&answer).replace(FROM_SNAPSHOT, OPERATION);
    Ok(answer.with_body(body))
}

fn as_from_snapshot(form: Form, target: &str, snapshot: &str) -> Form {
    form.without("SourceDBInstanceIdentifier")
        .without("TargetDBInstanceIdentifier")
        .without("UseLatestRestorableTime")
        .without("RestoreTime")
        .with("Action", FROM_SNAPSHOT)
        .with("DBInstanceIdentifier", target)
        .with("DBSnapshotIdentifier", snapshot)
}
