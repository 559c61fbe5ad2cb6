use std::collections::BTreeSet;

use hyper::StatusCode;
use roxmltree::Node;

use super::{SERVICE, instances};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

/// The emulator cannot promote.
pub(crate) static RULE: Promotion = Promotion;

pub(crate) struct Promotion;

/// Resource ids of replicas that were promoted; they are never used again.
type Promoted = BTreeSet<String>;

impl Rule for Promotion {
    fn name(&self) -> &'static str {
        "replica-promoted"
    }

    fn about(&self) -> About {
        About::fills(
            "A promoted replica is a database of its own: neither names the other any more.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &[
                "DescribeDBInstances",
                "ModifyDBInstance",
                "PromoteReadReplica",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(self.name(), &turn).await })
    }
}

async fn carry_out(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    if turn.call.operation == "PromoteReadReplica" {
        return promote(rule, turn).await;
    }
    let answer = turn.pass().await?;
    let promoted: Promoted = turn.store.read(rule);
    if promoted.is_empty() || !answer.status.is_success() {
        return Ok(answer);
    }
    let all = turn.rds("DescribeDBInstances", &[]).await?;
    Ok(told(answer, &all, &promoted))
}

async fn promote(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let id = form.text("DBInstanceIdentifier");
    let promoted: Promoted = turn.store.read(rule);
    let Some(replica) = instances::one(turn, id).await? else {
        return Ok(Answer::error(
            turn.call,
            StatusCode::NOT_FOUND,
            "DBInstanceNotFound",
            &format!("DBInstance {id} not found."),
        ));
    };
    if !replica.is_replica || promoted.contains(&replica.resource_id) {
        return Ok(Answer::error(
            turn.call,
            StatusCode::BAD_REQUEST,
            "InvalidDBInstanceState",
            &format!("DB Instance {id} is not a read replica."),
        ));
    }
    let remember = |promoted: &mut Promoted| promoted.insert(replica.resource_id.clone());
    if let Err(error) = turn.store.change(rule, remember) {
        return Ok(Answer::error(
            turn.call,
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            &error.to_string(),
        ));
    }
    let fields = [("DBInstanceIdentifier", id)];
    let all = turn.rds("DescribeDBInstances", &fields).await?;
    let document = xml::parse(&all);
    let instance = xml::find(document.root(), "DBInstance")
        .map(|node| &all[node.range()])
        .unwrap_or_default();
    let answer = turn.success(format!(
        "<PromoteReadReplicaResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><PromoteReadReplicaResult>{instance}</PromoteReadReplicaResult></PromoteReadReplicaResponse>"
    ));
    Ok(told(answer, &all, &turn.store.read(rule)))
}

/// The answer without what ties promoted replicas to their sources; `all` describes the instances there are.
fn told(answer: Answer, all: &str, promoted: &Promoted) -> Answer {
    let described = xml::parse(all);
    let free: BTreeSet<&str> = described
        .descendants()
        .filter(|node| promoted.contains(xml::text(*node, "DbiResourceId")))
        .map(|node| xml::text(node, "DBInstanceIdentifier"))
        .collect();
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for node in document.descendants() {
        let is_tie = match node.tag_name().name() {
            "ReadReplicaSourceDBInstanceIdentifier" => {
                let own = node.parent().map(|instance| resource_id(instance));
                own.is_some_and(|id| promoted.contains(id))
            }
            "ReadReplicaDBInstanceIdentifier" => free.contains(node.text().unwrap_or_default()),
            _ => false,
        };
        if is_tie {
            edits.remove(node);
        }
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}

fn resource_id<'a>(instance: Node<'a, '_>) -> &'a str {
    xml::text(instance, "DbiResourceId")
}
