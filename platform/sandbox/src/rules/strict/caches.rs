use hyper::StatusCode;

use super::{lingering, passing};
use crate::gateway::{Answer, Call, NoAnswer};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};
use crate::temper::Wait;

/// Rows 60 and 61 of AWS's behaviours.
pub(super) static RULE: Caches = Caches;

pub(super) struct Caches;

/// How one sort of cache is named in operations and answers.
struct Sort {
    operation: &'static str,
    id: &'static str,
    busy: &'static str,
}

const SORTS: [Sort; 2] = [
    Sort {
        operation: "ReplicationGroup",
        id: "ReplicationGroupId",
        busy: "InvalidReplicationGroupState",
    },
    Sort {
        operation: "ServerlessCache",
        id: "ServerlessCacheName",
        busy: "InvalidServerlessCacheStateFault",
    },
];

impl Rule for Caches {
    fn name(&self) -> &'static str {
        "cache-states"
    }

    fn about(&self) -> About {
        About::corrects(
            "A cache is creating, modifying or deleting for minutes, and not to be changed meanwhile.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        let operations = [
            "CreateReplicationGroup",
            "CreateServerlessCache",
            "DeleteReplicationGroup",
            "DeleteServerlessCache",
            "DescribeReplicationGroups",
            "DescribeServerlessCaches",
            "ModifyReplicationGroup",
            "ModifyServerlessCache",
        ];
        call.is("elasticache", &operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let operation = turn.call.operation.clone();
            let Some(sort) = SORTS.iter().find(|sort| operation.contains(sort.operation)) else {
                return turn.pass().await;
            };
            if operation.starts_with("Describe") {
                describe(&turn, sort).await
            } else {
                change(&turn, sort).await
            }
        })
    }
}

async fn change(turn: &Turn<'_>, sort: &Sort) -> Outcome {
    let id = turn.form().text(sort.id).to_lowercase();
    if let Some(passing) = passing::of(turn, &id) {
        let message = format!(
            "{} {id} is not in a valid state: {}",
            sort.operation, passing.state
        );
        return Ok(Answer::error(
            turn.call,
            StatusCode::BAD_REQUEST,
            sort.busy,
            &message,
        ));
    }
    let is_delete = turn.call.operation.starts_with("Delete");
    let network = if is_delete {
        network(turn, &id).await?
    } else {
        String::new()
    };
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let (state, wait) = match &turn.call.operation[..3] {
        "Del" => ("deleting", Wait::CacheDelete),
        "Mod" => ("modifying", Wait::CacheChange),
        _ => ("creating", Wait::CacheCreate),
    };
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    let cache = xml::find(document.root(), sort.operation);
    if let Some(status) = cache.and_then(|cache| xml::child(cache, "Status")) {
        edits.set_content(status, state);
    }
    let body = edits.apply(&source);
    let gone = is_delete.then(|| element(&body, sort));
    passing::begin(turn, &id, state, wait, gone);
    if is_delete {
        lingering::leave(turn, &id, &format!("ElastiCache {id}"), &network, false);
    }
    Ok(answer.with_body(body))
}

/// Text with the security groups and subnets of a cache in it.
async fn network(turn: &Turn<'_>, id: &str) -> Result<String, NoAnswer> {
    let serverless = turn.elasticache("DescribeServerlessCaches", &[]).await?;
    let document = xml::parse(&serverless);
    let caches = xml::items(document.root(), "ServerlessCaches");
    let own = caches
        .into_iter()
        .find(|cache| xml::text(*cache, "ServerlessCacheName") == id);
    if let Some(own) = own {
        return Ok(serverless[own.range()].to_owned());
    }
    let clusters = turn.elasticache("DescribeCacheClusters", &[]).await?;
    let document = xml::parse(&clusters);
    let nodes = xml::items(document.root(), "CacheClusters");
    let Some(own) = nodes
        .into_iter()
        .find(|node| xml::text(*node, "ReplicationGroupId") == id)
    else {
        return Ok(String::new());
    };
    let group = xml::text(own, "CacheSubnetGroupName");
    let subnets = turn
        .elasticache(
            "DescribeCacheSubnetGroups",
            &[("CacheSubnetGroupName", group)],
        )
        .await?;
    Ok(format!("{} {subnets}", &clusters[own.range()]))
}

async fn describe(turn: &Turn<'_>, sort: &Sort) -> Outcome {
    let id = turn.form().text(sort.id).to_lowercase();
    let answer = turn.pass().await?;
    let list_name = format!("{}s", sort.operation);
    if let Some(gone) = passing::of(turn, &id).and_then(|passing| passing.gone) {
        let operation = &turn.call.operation;
        return Ok(turn.success(format!(
            "<{operation}Response xmlns=\"http://elasticache.amazonaws.com/doc/2015-02-02/\"><{operation}Result>\
             <{list_name}>{gone}</{list_name}></{operation}Result></{operation}Response>"
        )));
    }
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for cache in xml::items(document.root(), &list_name) {
        let passing = passing::of(turn, xml::text(cache, sort.id));
        if let (Some(passing), Some(status)) = (passing, xml::child(cache, "Status")) {
            edits.set_content(status, &passing.state);
        }
    }
    let list = xml::find(document.root(), &list_name).filter(|_| id.is_empty());
    if let Some(list) = list {
        let gone = passing::gone(turn, "elasticache");
        let own = gone
            .iter()
            .filter(|one| one.contains(&format!("<{}>", sort.id)));
        own.for_each(|one| edits.append(&source, list, one));
    }
    let body = edits.apply(&source);
    Ok(answer.with_body(body))
}

/// The cache of a delete's answer, named as a member of a list is.
fn element(source: &str, sort: &Sort) -> String {
    let document = xml::parse(source);
    let Some(cache) = xml::find(document.root(), sort.operation) else {
        return String::new();
    };
    let member = if sort.operation == "ServerlessCache" {
        "member"
    } else {
        "ReplicationGroup"
    };
    let inner: String = cache
        .children()
        .map(|child| &source[child.range()])
        .collect();
    format!("<{member}>{inner}</{member}>")
}
