use hyper::StatusCode;

use super::SERVICE;
use crate::gateway::{Answer, Call};
use crate::rules::form::Form;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml;

/// The emulator's snapshots hold settings and no data, so the copy is taken of the same database; one of a database
/// that is gone is brought back for it and removed again.
pub(crate) static RULE: SnapshotCopies = SnapshotCopies;

pub(crate) struct SnapshotCopies;

impl Rule for SnapshotCopies {
    fn name(&self) -> &'static str {
        "snapshot-copied"
    }

    fn about(&self) -> About {
        About::fills("A snapshot is copied under another name.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["CopyDBSnapshot"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { copy(&turn).await })
    }
}

async fn copy(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    // By name or by ARN.
    let source = form.text("SourceDBSnapshotIdentifier");
    let source = source.rsplit(":snapshot:").next().unwrap_or(source);
    let answer = turn.rds("DescribeDBSnapshots", &[]).await?;
    let document = xml::parse(&answer);
    let snapshots = xml::items(document.root(), "DBSnapshots");
    let found = snapshots
        .iter()
        .find(|node| xml::text(**node, "DBSnapshotIdentifier") == source);
    let Some(database) = found.map(|node| xml::text(*node, "DBInstanceIdentifier")) else {
        return Ok(Answer::error(
            turn.call,
            StatusCode::NOT_FOUND,
            "DBSnapshotNotFound",
            &format!("DBSnapshot {source} not found."),
        ));
    };
    let fields = [("DBInstanceIdentifier", database)];
    let described = turn.rds("DescribeDBInstances", &fields).await?;
    let is_there = xml::find(xml::parse(&described).root(), "DBInstance").is_some();
    if !is_there {
        let fields = [fields[0], ("DBSnapshotIdentifier", source)];
        turn.rds("RestoreDBInstanceFromDBSnapshot", &fields).await?;
    }
    let request = turn
        .request
        .clone()
        .with_body(taken_of(form, database).encode());
    let answer = turn.pass_with(request).await;
    if !is_there {
        let fields = [fields[0], ("SkipFinalSnapshot", "true")];
        turn.rds("DeleteDBInstance", &fields).await?;
    }
    let answer = answer?;
    let body = body_text(&answer).replace("CreateDBSnapshot", "CopyDBSnapshot");
    Ok(answer.with_body(body))
}

/// The request as one that takes a snapshot of the database.
fn taken_of(form: Form, database: &str) -> Form {
    let target = form.text("TargetDBSnapshotIdentifier").to_owned();
    form.without("SourceDBSnapshotIdentifier")
        .without("TargetDBSnapshotIdentifier")
        .with("Action", "CreateDBSnapshot")
        .with("DBInstanceIdentifier", database)
        .with("DBSnapshotIdentifier", &target)
}
