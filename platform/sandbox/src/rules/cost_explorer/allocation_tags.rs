use std::collections::{BTreeMap, BTreeSet};

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{SERVICE, lines};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: AllocationTags = AllocationTags;

pub(crate) struct AllocationTags;

/// Status by tag key.
type Statuses = BTreeMap<String, String>;

impl Rule for AllocationTags {
    fn name(&self) -> &'static str {
        "cost-allocation-tags"
    }

    fn about(&self) -> About {
        About::fills(
            "Cost-allocation tags: every key of a bill that was given is listed, inactive until it is activated; a key \
             that no bill has cannot be.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &["ListCostAllocationTags", "UpdateCostAllocationTagsStatus"],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(self.name(), &turn) })
    }
}

fn carry_out(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let body = turn.json();
    let billed = lines::all(turn.store);
    let keys: BTreeSet<&String> = billed.iter().flat_map(|line| line.tags.keys()).collect();
    if turn.call.operation == "ListCostAllocationTags" {
        let statuses: Statuses = turn.store.read(rule);
        let wanted = array(&body["TagKeys"]);
        let listed = keys.into_iter().filter_map(|key| {
            let status = statuses.get(key).map_or("Inactive", String::as_str);
            let is_wanted = (wanted.is_empty() || wanted.iter().any(|one| one == key))
                && body["Status"].as_str().is_none_or(|one| one == status);
            is_wanted.then(|| json!({"TagKey": key, "Type": "UserDefined", "Status": status}))
        });
        let listed: Vec<Value> = listed.collect();
        return Ok(Answer::json(
            StatusCode::OK,
            &json!({ "CostAllocationTags": listed }),
        ));
    }
    let mut errors = Vec::new();
    let changed = turn.store.change(rule, |statuses: &mut Statuses| {
        for one in array(&body["CostAllocationTagsStatus"]) {
            let key = one["TagKey"].as_str().unwrap_or_default();
            let status = one["Status"].as_str().unwrap_or_default();
            if keys.iter().all(|known| *known != key) {
                errors.push(json!({
                    "TagKey": key, "Code": "TagKeysNotFoundException", "Message": "Tag keys not found",
                }));
            } else {
                statuses.insert(key.to_owned(), status.to_owned());
            }
        }
    });
    Ok(match changed {
        Ok(()) => Answer::json(StatusCode::OK, &json!({ "Errors": errors })),
        Err(error) => Answer::error(
            turn.call,
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            &error.to_string(),
        ),
    })
}

/// Whether lines are grouped and filtered by a tag.
pub(super) fn is_active(store: &crate::rules::store::Store, key: &str) -> bool {
    let statuses: Statuses = store.read(RULE.name());
    statuses.get(key).is_some_and(|status| status == "Active")
}
