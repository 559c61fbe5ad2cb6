use serde_json::{Value, json};

use crate::gateway::NoAnswer;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "daily-forecasts-refused",
    about: About::refuses(
        "AWS forecasts no single day, so a daily budget has no notification of a forecast.",
    ),
    service: "budgets",
    operations: &["CreateBudget", "UpdateBudget", "CreateNotification"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let request = turn.json();
        let is_daily = |budget: &Value| budget["TimeUnit"] == "DAILY";
        let is_forecast = |one: &Value| one["NotificationType"] == "FORECASTED";
        let told = |list: &Value| array(list).iter().any(is_forecast);
        let refused = match turn.call.operation.as_str() {
            "CreateBudget" => {
                let all = array(&request["NotificationsWithSubscribers"]);
                let mut notifications = all.iter().map(|one| &one["Notification"]);
                is_daily(&request["Budget"]) && notifications.any(is_forecast)
            }
            "UpdateBudget" => {
                let name = &request["NewBudget"]["BudgetName"];
                let asked = json!({"AccountId": request["AccountId"], "BudgetName": name});
                is_daily(&request["NewBudget"])
                    && told(
                        &ask(turn, "DescribeNotificationsForBudget", &asked).await?["Notifications"],
                    )
            }
            _ => {
                let asked =
                    json!({"AccountId": request["AccountId"], "BudgetName": request["BudgetName"]});
                is_forecast(&request["Notification"])
                    && is_daily(&ask(turn, "DescribeBudget", &asked).await?["Budget"])
            }
        };
        Ok(refused.then(|| {
            let message = "Forecasted notifications are not supported for daily budgets";
            Refused::new("InvalidParameterException", message)
        }))
    })
}

async fn ask(turn: &Turn<'_>, operation: &str, body: &Value) -> Result<Value, NoAnswer> {
    let target = format!("AWSBudgetServiceGateway.{operation}");
    turn.ask_json("budgets", &target, body).await
}
