use hyper::StatusCode;
use serde_json::{Value, json};

use crate::gateway::{Answer, Call, NoAnswer};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: NotificationsForAccount = NotificationsForAccount;

pub(crate) struct NotificationsForAccount;

/// Budgets on a page where the request does not say (API reference).
const USUAL: u64 = 50;

impl Rule for NotificationsForAccount {
    fn name(&self) -> &'static str {
        "budget-notifications-of-the-account"
    }

    fn about(&self) -> About {
        About::fills(
            "The notifications of all budgets of an account, which the emulator gives for one budget only.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("budgets", &["DescribeBudgetNotificationsForAccount"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let request = turn.json();
            let account = &request["AccountId"];
            let start = request["NextToken"].as_str().unwrap_or("0");
            let start: usize = start.parse().unwrap_or_default();
            let size = request["MaxResults"].as_u64().unwrap_or(USUAL);
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let names = names(&turn, account).await?;
            let page = names.iter().skip(start).take(size);
            let mut found = Vec::new();
            for name in page {
                let body = json!({"AccountId": account, "BudgetName": name});
                let told = ask(&turn, "DescribeNotificationsForBudget", &body).await?;
                found.push(json!({"BudgetName": name, "Notifications": told["Notifications"]}));
            }
            let mut body = json!({"BudgetNotificationsForAccount": found});
            if start.saturating_add(size) < names.len() {
                body["NextToken"] = json!((start + size).to_string());
            }
            Ok(Answer::new(
                StatusCode::OK,
                "application/x-amz-json-1.1",
                body.to_string(),
            ))
        })
    }
}

async fn names(turn: &Turn<'_>, account: &Value) -> Result<Vec<Value>, NoAnswer> {
    let mut names = Vec::new();
    let mut body = json!({"AccountId": account});
    loop {
        let page = ask(turn, "DescribeBudgets", &body).await?;
        let budgets = array(&page["Budgets"]).iter();
        names.extend(budgets.map(|budget| budget["BudgetName"].clone()));
        match &page["NextToken"] {
            Value::Null => return Ok(names),
            token => body["NextToken"] = token.clone(),
        }
    }
}

async fn ask(turn: &Turn<'_>, operation: &str, body: &Value) -> Result<Value, NoAnswer> {
    let target = format!("AWSBudgetServiceGateway.{operation}");
    turn.ask_json("budgets", &target, body).await
}
