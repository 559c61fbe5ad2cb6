use hyper::StatusCode;

use super::passing::{self, Passing};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits, Node};
use crate::temper::Wait;

/// Rows 51 to 59 of AWS's behaviours.
pub(super) static RULE: Databases = Databases;

pub(super) struct Databases;

impl Rule for Databases {
    fn name(&self) -> &'static str {
        "database-states"
    }

    fn about(&self) -> About {
        About::corrects(
            "A database is creating, modifying, stopping, starting or deleting for minutes, and not to be changed \
             meanwhile.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            "rds",
            &[
                "CreateDBInstance",
                "CreateDBInstanceReadReplica",
                "DeleteDBInstance",
                "DescribeDBInstances",
                "ModifyDBInstance",
                "RebootDBInstance",
                "RestoreDBInstanceFromDBSnapshot",
                "RestoreDBInstanceToPointInTime",
                "StartDBInstance",
                "StopDBInstance",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            if turn.call.operation == "DescribeDBInstances" {
                describe(&turn).await
            } else {
                change(&turn).await
            }
        })
    }
}

async fn change(turn: &Turn<'_>) -> Outcome {
    let id = turn.form().text("DBInstanceIdentifier").to_lowercase();
    if let Some(passing) = passing::of(turn, &id)
        && let Some((code, message)) = refusal(turn, &id, &passing)
    {
        return Ok(Answer::error(
            turn.call,
            StatusCode::BAD_REQUEST,
            code,
            &message,
        ));
    }
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let (state, wait) = match turn.call.operation.as_str() {
        "ModifyDBInstance" => ("modifying", Wait::DatabaseChange),
        "RebootDBInstance" => ("rebooting", Wait::DatabaseChange),
        "StartDBInstance" => ("starting", Wait::DatabaseChange),
        "StopDBInstance" => ("stopping", Wait::DatabaseChange),
        "DeleteDBInstance" => ("deleting", Wait::DatabaseDelete),
        _ => ("creating", Wait::DatabaseCreate),
    };
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let Some(instance) = xml::find(document.root(), "DBInstance") else {
        return Ok(answer);
    };
    let mut edits = Edits::default();
    show(&mut edits, instance, state);
    let body = edits.apply(&source);
    let gone = (state == "deleting").then(|| element(&body));
    passing::begin(turn, &id, state, wait, gone);
    Ok(answer.with_body(body))
}

fn refusal(turn: &Turn<'_>, id: &str, passing: &Passing) -> Option<(&'static str, String)> {
    let is_gone = passing.gone.is_some();
    match turn.call.operation.as_str() {
        "DeleteDBInstance" => is_gone.then(|| {
            let message = format!("Instance {id} is already being deleted.");
            ("InvalidDBInstanceState", message)
        }),
        "ModifyDBInstance" | "RebootDBInstance" | "StartDBInstance" | "StopDBInstance" => {
            let message = format!("Instance {id} is not in available state.");
            Some(("InvalidDBInstanceState", message))
        }
        _ => is_gone.then(|| {
            (
                "DBInstanceAlreadyExists",
                "DB instance already exists".to_owned(),
            )
        }),
    }
}

async fn describe(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let id = form.text("DBInstanceIdentifier").to_lowercase();
    let answer = turn.pass().await?;
    if let Some(gone) = passing::of(turn, &id).and_then(|passing| passing.gone) {
        return Ok(turn.success(format!(
            "<DescribeDBInstancesResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\">\
             <DescribeDBInstancesResult><DBInstances>{gone}</DBInstances></DescribeDBInstancesResult>\
             </DescribeDBInstancesResponse>"
        )));
    }
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for instance in xml::items(document.root(), "DBInstances") {
        if let Some(passing) = passing::of(turn, xml::text(instance, "DBInstanceIdentifier")) {
            show(&mut edits, instance, &passing.state);
        }
    }
    let list = xml::find(document.root(), "DBInstances");
    if let Some(list) = list.filter(|_| id.is_empty() && form.filters().is_empty()) {
        for gone in passing::gone(turn, "rds") {
            edits.append(&source, list, &gone);
        }
    }
    let body = edits.apply(&source);
    Ok(answer.with_body(body))
}

/// There is no endpoint before an instance was available.
fn show(edits: &mut Edits, instance: Node<'_, '_>, state: &str) {
    if let Some(status) = xml::child(instance, "DBInstanceStatus") {
        edits.set_content(status, state);
    }
    if let Some(endpoint) = xml::child(instance, "Endpoint").filter(|_| state == "creating") {
        edits.remove(endpoint);
    }
}

fn element(source: &str) -> String {
    let document = xml::parse(source);
    let instance = xml::find(document.root(), "DBInstance");
    instance
        .map(|node| source[node.range()].to_owned())
        .unwrap_or_default()
}
