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

#[tokio::test]
async fn a_bill_is_filtered_grouped_and_paged() {
    let (_instance, aws) = started("bill").await;
    let line = |day: &str, usage: &str, stack: Option<&str>, kind: &str, amount: &str| {
        let tags = stack.map_or(json!({}), |stack| json!({ "bella:stack": stack }));
        json!({"day": day, "service": "Amazon RDS", "usage_type": usage, "record_type": kind, "tags": tags,
               "unblended": amount, "quantity": "24", "unit": "Hrs"})
    };
    let mut lines = vec![
        line("2025-01-01", "Db", Some("bella-prod"), "Usage", "0.40"),
        line("2025-01-01", "Db", Some("bella-dev"), "Usage", "0.20"),
        line("2025-01-01", "Disk", None, "Usage", "0.1"),
        line("2025-01-02", "Db", Some("bella-prod"), "Credit", "-5"),
    ];
    // More groups than a page holds.
    lines.extend((0..1500).map(|n| line("2025-01-03", &format!("T{n}"), None, "Usage", "0.01")));
    let path = "/moto-api/static/ce/cost-and-usage-results";
    let bad = aws.plain(Method::POST, path, r#"{"lines": [{"day": "x"}]}"#);
    assert_eq!(bad.await.status, StatusCode::BAD_REQUEST);
    let given = json!({ "lines": lines }).to_string();
    let put = aws.plain(Method::POST, path, &given).await;
    assert_eq!(put.status, StatusCode::CREATED);

    let asked = json!({
        "TimePeriod": {"Start": "2025-01-01", "End": "2025-01-05"},
        "Granularity": "DAILY", "Metrics": ["UnblendedCost", "UsageQuantity"],
        "Filter": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Usage"]}},
        "GroupBy": [{"Type": "TAG", "Key": "bella:stack"}, {"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
    });
    let groups = |answer: &Value, day: usize| {
        let list = answer["ResultsByTime"][day]["Groups"]
            .as_array()
            .expect("groups");
        let of = |one: &Value| {
            let amount = &one["Metrics"]["UnblendedCost"]["Amount"];
            format!("{} {} {}", one["Keys"][0], one["Keys"][1], amount).replace('"', "")
        };
        list.iter().map(of).collect::<Vec<_>>()
    };
    // A tag that is not active is on no line.
    let (_, answer) = costs(&aws, "GetCostAndUsage", &asked).await;
    assert_eq!(
        groups(&answer, 0),
        ["bella:stack$ Db 0.6", "bella:stack$ Disk 0.1"]
    );
    let listed = json!({"TagKeys": ["bella:stack"]});
    let (_, tags) = costs(&aws, "ListCostAllocationTags", &listed).await;
    assert_eq!(tags["CostAllocationTags"][0]["Status"], "Inactive");
    let activate =
        |key: &str| json!({"CostAllocationTagsStatus": [{"TagKey": key, "Status": "Active"}]});
    let (_, unknown) = costs(&aws, "UpdateCostAllocationTagsStatus", &activate("other")).await;
    assert_eq!(unknown["Errors"][0]["TagKey"], "other");
    let (_, done) = costs(
        &aws,
        "UpdateCostAllocationTagsStatus",
        &activate("bella:stack"),
    )
    .await;
    assert_eq!(done["Errors"], json!([]));
    let (_, answer) = costs(&aws, "GetCostAndUsage", &asked).await;
    assert_eq!(
        groups(&answer, 0),
        [
            "bella:stack$ Disk 0.1",
            "bella:stack$bella-dev Db 0.2",
            "bella:stack$bella-prod Db 0.4"
        ]
    );
    assert_eq!(groups(&answer, 1), Vec::<String>::new());
    let token = answer["NextPageToken"]
        .as_str()
        .expect("a second page")
        .to_owned();
    let mut second = asked.clone();
    second["NextPageToken"] = json!(token);
    let (_, rest) = costs(&aws, "GetCostAndUsage", &second).await;
    assert_eq!(
        rest["ResultsByTime"][0]["TimePeriod"]["Start"],
        "2025-01-03"
    );
    assert_eq!(groups(&rest, 0).len(), 1500);
    assert!(rest["NextPageToken"].is_null());

    let mut absent = asked.clone();
    absent["Filter"] = json!({"And": [
        {"Tags": {"Key": "bella:stack", "MatchOptions": ["ABSENT"]}},
        {"Not": {"Dimensions": {"Key": "USAGE_TYPE", "Values": ["T0"]}}},
    ]});
    let (_, answer) = costs(&aws, "GetCostAndUsage", &absent).await;
    assert_eq!(groups(&answer, 0), ["bella:stack$ Disk 0.1"]);
    absent["Filter"] = json!({"And": [{"Tags": {"Key": "bella:stack", "Values": ["x"]}}]});
    let (_, refused) = costs(&aws, "GetCostAndUsage", &absent).await;
    assert_eq!(refused["__type"], "ValidationException");
    // Nothing of the last two weeks: no forecast.
    let forecast = json!({
        "TimePeriod": {"Start": "2099-01-01", "End": "2099-01-11"}, "Granularity": "DAILY", "Metric": "UNBLENDED_COST",
    });
    let (_, refused) = costs(&aws, "GetCostForecast", &forecast).await;
    assert_eq!(refused["__type"], "DataUnavailableException");
    let today = jiff::Timestamp::now().as_second() / 86_400 - 3;
    let day = jiff::Timestamp::from_second(today * 86_400)
        .expect("a day")
        .to_string();
    let given = json!({"lines": [line(&day[..10], "Db", None, "Usage", "28")]}).to_string();
    aws.plain(Method::POST, path, &given).await;
    let (_, answer) = costs(&aws, "GetCostForecast", &forecast).await;
    assert_eq!(answer["Total"]["Amount"], "20");
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
