use serde_json::Value;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "budget-without-amount-refused",
    about: About::refuses("A budget's limit is an amount above zero."),
    service: "budgets",
    operations: &["CreateBudget", "UpdateBudget"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let budget = ["Budget", "NewBudget"]
            .iter()
            .find_map(|name| body.get(name));
        let limit = budget.map_or(&Value::Null, |budget| &budget["BudgetLimit"]);
        // Planned limits and auto-adjusting budgets have none.
        let amount = limit["Amount"].as_str().map(str::parse::<f64>);
        let unfit = amount.is_some_and(|amount| !amount.is_ok_and(|usd| usd > 0.0));
        Ok(unfit.then(|| {
            Refused::new(
                "InvalidParameterException",
                "Budget limit must be greater than zero.",
            )
        }))
    })
}
