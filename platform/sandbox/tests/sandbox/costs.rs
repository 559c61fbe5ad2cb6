//! Cost Explorer, the Price List and budgets, which the bare emulator has not or takes anything for.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::scene::started;

async fn costs(aws: &Aws, operation: &str, body: &Value) -> (StatusCode, Value) {
    let target = format!("AWSInsightsIndexService.{operation}");
    aws.json("ce", &target, body).await
}

#[tokio::test]
async fn costs_are_what_a_test_says_else_nothing() {
    let (_instance, aws) = started("costs").await;
    let asked = json!({
        "TimePeriod": {"Start": "2025-01-01", "End": "2025-01-03"},
        "Granularity": "DAILY", "Metrics": ["UnblendedCost"],
    });
    let (status, answer) = costs(&aws, "GetCostAndUsage", &asked).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let days = answer["ResultsByTime"].as_array().expect("days");
    assert_eq!(days.len(), 2);
    assert_eq!(days[0]["Total"]["UnblendedCost"]["Amount"], "0");

    let page = |token: Option<&str>| json!({"ResultsByTime": [], "NextPageToken": token});
    let injected = json!({
        "results": [page(Some("2")), page(None)],
        "tags": [{"Tags": ["a"], "ReturnSize": 1, "TotalSize": 1}],
    });
    let path = "/moto-api/static/ce/cost-and-usage-results";
    let put = async |body: &str| aws.plain(Method::POST, path, body).await.status;
    assert_eq!(put("{}").await, StatusCode::BAD_REQUEST);
    assert_eq!(put(r#"{"results": 1}"#).await, StatusCode::BAD_REQUEST);
    assert_eq!(put(&injected.to_string()).await, StatusCode::CREATED);
    let (_, first) = costs(&aws, "GetCostAndUsage", &asked).await;
    let (_, second) = costs(&aws, "GetCostAndUsage", &asked).await;
    let (_, own) = costs(&aws, "GetCostAndUsage", &asked).await;
    assert_eq!((first, second), (page(Some("2")), page(None)));
    assert_eq!(own, answer, "each is given once");
    let (_, tags) = costs(&aws, "GetTags", &asked).await;
    assert_eq!(tags["Tags"], json!(["a"]));

    let period = |start: &str, end: &str| json!({"Start": start, "End": end});
    let (_, forecast) = costs(
        &aws,
        "GetCostForecast",
        &json!({"TimePeriod": period("2030-01-01", "2030-03-01"), "Granularity": "MONTHLY", "Metric": "UNBLENDED_COST"}),
    )
    .await;
    assert_eq!(forecast["Total"], json!({"Amount": "0", "Unit": "USD"}));
    for (field, value) in [
        ("TimePeriod", period("2025-01-03", "2025-01-03")),
        ("TimePeriod", period("2025-01-01", "2099-01-01")),
        ("Metrics", json!(["Cost"])),
    ] {
        let mut asked = asked.clone();
        asked[field] = value;
        let (_, refused) = costs(&aws, "GetCostAndUsage", &asked).await;
        assert_eq!(refused["__type"], "ValidationException", "{asked}");
    }
    monitors(&aws).await;
}

async fn monitors(aws: &Aws) {
    let monitor = |kind: &str| json!({"AnomalyMonitor": {"MonitorName": "m", "MonitorType": kind, "MonitorDimension": "SERVICE"}});
    let (_, refused) = costs(aws, "CreateAnomalyMonitor", &monitor("OTHER")).await;
    assert_eq!(refused["__type"], "ValidationException");
    let (_, made) = costs(aws, "CreateAnomalyMonitor", &monitor("DIMENSIONAL")).await;
    let (_, found) = costs(aws, "GetAnomalyMonitors", &json!({})).await;
    assert_eq!(
        found["AnomalyMonitors"][0]["MonitorArn"],
        made["MonitorArn"]
    );
    let (status, _) = costs(aws, "DeleteAnomalyMonitor", &made).await;
    assert_eq!(status, StatusCode::OK);
    let (_, refused) = costs(aws, "DeleteAnomalyMonitor", &made).await;
    assert_eq!(refused["__type"], "UnknownMonitorException");
}

#[tokio::test]
async fn prices_are_those_of_estimates_and_budgets_have_an_amount() {
    let (_instance, aws) = started("prices").await;
    let ask = async |operation: &str, body: Value| {
        let target = format!("AWSPriceListService.{operation}");
        aws.json("pricing", &target, &body).await.1
    };
    let services = ask("DescribeServices", json!({"ServiceCode": "AmazonECS"})).await;
    assert_eq!(services["Services"][0]["ServiceCode"], "AmazonECS");
    let class = json!({"Type": "TERM_MATCH", "Field": "instanceType", "Value": "db.t4g.micro"});
    let asked = json!({"ServiceCode": "AmazonRDS", "Filters": [class], "MaxResults": 1});
    let found = ask("GetProducts", asked).await;
    assert!(
        found["PriceList"][0].is_string() && found["NextToken"].is_string(),
        "{found}"
    );
    let values = json!({"ServiceCode": "AmazonRDS", "AttributeName": "databaseEngine"});
    let values = ask("GetAttributeValues", values).await;
    assert_eq!(values["AttributeValues"], json!([{"Value": "PostgreSQL"}]));
    let refused = ask("GetProducts", json!({"ServiceCode": "None"})).await;
    assert_eq!(refused["__type"], "NotFoundException");

    let budget = json!({"AccountId": "000000000000", "Budget": {
        "BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "-1", "Unit": "USD"}}});
    let target = "AWSBudgetServiceGateway.CreateBudget";
    let (_, refused) = aws.json("budgets", target, &budget).await;
    assert_eq!(refused["__type"], "InvalidParameterException");
}
