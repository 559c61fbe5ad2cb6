use serde_json::{Map, Value};

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Amendment = Amendment {
    name: "cost-type-defaults",
    about: About::corrects(
        "A budget comes back with every kind of cost, those that were never given at AWS's defaults (API reference \
         of `CostTypes`).",
    ),
    service: "budgets",
    operations: &["DescribeBudget", "DescribeBudgets"],
    amend,
};

const DEFAULTS: [(&str, bool); 11] = [
    ("IncludeCredit", true),
    ("IncludeDiscount", true),
    ("IncludeOtherSubscription", true),
    ("IncludeRecurring", true),
    ("IncludeRefund", true),
    ("IncludeSubscription", true),
    ("IncludeSupport", true),
    ("IncludeTax", true),
    ("IncludeUpfront", true),
    ("UseAmortized", false),
    ("UseBlended", false),
];

fn amend<'a>(_: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
            return Ok(answer);
        };
        if let Some(budget) = body.get_mut("Budget") {
            complete(budget);
        }
        let all = body.get_mut("Budgets").and_then(Value::as_array_mut);
        all.into_iter().flatten().for_each(complete);
        Ok(answer.with_body(body.to_string()))
    })
}

fn complete(budget: &mut Value) {
    let Some(budget) = budget.as_object_mut() else {
        return;
    };
    let types = budget
        .entry("CostTypes")
        .or_insert_with(|| Map::new().into());
    let Some(types) = types.as_object_mut() else {
        return;
    };
    for (name, default) in DEFAULTS {
        types.entry(name).or_insert_with(|| default.into());
    }
}
