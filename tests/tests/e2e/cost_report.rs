//! What stacks cost: metered, billed, expected.

use bella_finance::synthetic::year;
use serde_json::{Value, json};

use crate::bed::{Bed, FILE};
use crate::cloud::Cloud;

/// Bills a stack every day of the month so far, and the account a tax.
fn bill(cloud: &Cloud) {
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let mut lines = vec![json!({
        "day": today.first_of_month(), "service": "Tax", "usage_type": "", "record_type": "Tax", "unblended": "3.1",
    })];
    let mut day = today.first_of_month();
    while day <= today {
        for (usage_type, stack, usd) in [
            ("CAN1-LoadBalancerUsage", Some("bella-dev"), "0.6"),
            ("CAN1-NatGateway-Hours", Some("bella-other"), "1.0"),
            ("CAN1-TimedStorage-ByteHrs", None, "0.4"),
        ] {
            let tags = stack.map_or(json!({}), |stack| json!({"bella:stack": stack}));
            lines.push(json!({
                "day": day, "service": format!("Service of {usage_type}"), "usage_type": usage_type, "tags": tags, "unblended": usd, "quantity": "24",
                "unit": "Hrs",
            }));
        }
        day = day.tomorrow().expect("within the calendar");
    }
    cloud.bill(&Value::from(lines));
}

#[test]
fn a_month_is_metered_billed_and_held_to_its_budget() {
    let bed = Bed::new().provisioned();
    let cloud = bed.cloud();
    bill(&cloud);
    let report = || -> Value {
        let ran = bed.bella(&format!("cost report {FILE} --sandbox --format json"));
        ran.succeeds().document()
    };
    // The tag is not active: only the account's figures are known, and the report says what to do.
    let first = report();
    let line = &first["stacks"][0];
    assert_eq!(line["stack"], "bella-dev");
    assert_eq!(line["billed_usd"], Value::Null);
    let findings = first["findings"].to_string();
    assert!(
        findings.contains("update-cost-allocation-tags-status"),
        "{findings}"
    );
    // What exists costs from its first second on, and has no unknowns.
    let accrued = usd(&line["accrued_usd"]);
    assert!(accrued > 0.0, "{line}");
    assert!(!findings.contains("is not known"), "{findings}");
    let days = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .day();
    let all = f64::from(days) * 2.0;
    let run_rate = |report: &Value| -> f64 {
        let text = report["account"]["sums"]["run_rate"]
            .as_str()
            .expect("an amount");
        text.parse().expect("a number")
    };
    assert!((run_rate(&first) - all).abs() < 0.001, "{first}");
    assert_eq!(first["account"]["sums"]["tax"], "3.1");
    assert_eq!(first["asking"]["requests"], 4);

    // A second report asks nobody, as the first paid for the day.
    assert_eq!(report()["asking"]["requests"], 0);
    assert_eq!(report()["asking"]["in_a_day"], 4);

    let other = Bed::new().provisioned();
    let cloud = other.cloud();
    bill(&cloud);
    let active =
        json!({"CostAllocationTagsStatus": [{"TagKey": "bella:stack", "Status": "Active"}]});
    cloud.json("ce", "UpdateCostAllocationTagsStatus", &active);
    let ran = other
        .bella(&format!("cost report {FILE} --sandbox --json"))
        .succeeds();
    let report = ran.document();
    let line = &report["stacks"][0];
    let billed = usd(&line["billed_usd"]);
    assert!((billed - f64::from(days) * 0.6).abs() < 0.006, "{line}");
    assert_eq!(report["estate"]["billed_usd"], line["billed_usd"]);
    assert_eq!(report["account"]["untagged_percent"], "20.0");
    let printed = |format: &str| {
        let said = format!("cost report {FILE} --sandbox --format {format} --output report.out");
        other.bella(&said).succeeds();
        std::fs::read_to_string(other.path("report.out")).expect("it was written")
    };
    let table = printed("table");
    for said in [
        "bella-dev  development  $50.00",
        "load_balancer.public",
        "four chances of five",
        "From budget to forecast",
        "Meter and bill",
    ] {
        assert!(table.contains(said), "{said:?} is not in:\n{table}");
    }
    let page = printed("md");
    assert!(
        page.starts_with("### Cost of ") && page.contains("| **together** |"),
        "{page}"
    );
    assert!(printed("html").contains("<title>Burn-up of all stacks</title>"));
    assert!(printed("csv").contains("\ntotal,"));
    let focus = printed("focus");
    assert_eq!(
        focus.lines().filter(|line| line.contains(",Tax,")).count(),
        1,
        "{focus}"
    );
    // The service of a usage type is as Cost Explorer says, and it was asked once for all of these reports.
    let load_balancer = focus
        .lines()
        .find(|line| line.contains("LoadBalancerUsage"));
    let load_balancer = load_balancer.expect("a line");
    assert!(
        load_balancer.contains(",Service of CAN1-LoadBalancerUsage,"),
        "{load_balancer}"
    );
    assert!(
        table.contains("; 4 requests in 24 hours, $0.04."),
        "{table}"
    );
    // By its name alone it is told from tags and ledger, and with --all it is found.
    for stacks in ["bella-dev", "--all"] {
        let ran = other.bella(&format!("cost report {stacks} --sandbox --json"));
        let report = ran.succeeds().document();
        let line = &report["stacks"][0];
        assert_eq!(line["stack"], "bella-dev");
        assert_eq!(line["budget_usd"], "50");
        assert_eq!(line["owner"], "platform@bella.example");
        assert!((billed - usd(&line["billed_usd"])).abs() < 0.006, "{line}");
        assert!(usd(&line["accrued_usd"]) > 0.0, "{line}");
    }
    let status = other
        .bella("status bella-dev --sandbox --json")
        .succeeds()
        .document();
    let cost = &status["cost"];
    assert!(cost["hourly_usd"].as_f64() > Some(0.0), "{cost}");
    assert!(cost["month_to_date_usd"].as_f64() > Some(0.0), "{cost}");
    assert!(
        cost["forecast_usd"].as_f64() >= cost["month_to_date_usd"].as_f64(),
        "{cost}"
    );
}

/// An amount of the document.
fn usd(amount: &Value) -> f64 {
    let text = amount.as_str().expect("an amount");
    text.parse().expect("a number")
}

/// A year of made-up bills that ends yesterday, on a day that is known to be wrong.
#[test]
fn a_wrong_day_of_a_year_of_bills_is_found() {
    let bed = Bed::new().provisioned();
    let cloud = bed.cloud();
    let yesterday = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .yesterday()
        .expect("a day");
    let start = yesterday.saturating_sub(jiff::Span::new().days(340));
    let mut year = year(start, 7);
    year.lines.retain(|line| line.day <= yesterday);
    cloud.bill(&year.json()["lines"]);
    let active =
        json!({"CostAllocationTagsStatus": [{"TagKey": "bella:stack", "Status": "Active"}]});
    cloud.json("ce", "UpdateCostAllocationTagsStatus", &active);
    let month = yesterday.strftime("%Y-%m").to_string();
    let asked = format!("cost report --all --sandbox --json --month {month}");
    let report = bed.bella(&asked).succeeds().document();
    let of_month = |day: jiff::civil::Date| day.first_of_month() == yesterday.first_of_month();
    let known = year
        .known
        .iter()
        .filter(|one| one.day <= yesterday && of_month(one.day));
    let known: Vec<Value> = known
        .map(|one| json!([one.day, one.stack, one.usage_type]))
        .collect();
    assert_eq!(known.len(), 1, "the year has one on its day 340");
    let found = report["anomalies"].as_array().expect("a list").iter();
    let found: Vec<Value> = found
        .map(|one| json!([one["day"], one["stack"], one["usage_type"]]))
        .collect();
    assert_eq!(found, known);
    // What is billed of the stack is the year's, and so is the account's.
    let own = year.lines.iter().filter(|line| of_month(line.day));
    let billed: rust_decimal::Decimal = own
        .clone()
        .filter(|line| line.stack.as_deref() == Some("bella-dev"))
        .map(|line| line.unblended)
        .sum();
    let billed: f64 = billed.to_string().parse().expect("a number");
    assert!(
        (usd(&report["stacks"][0]["billed_usd"]) - billed).abs() < 0.006,
        "{billed}"
    );
    assert_eq!(report["account"]["sums"]["tax"], "9");
    assert_eq!(report["account"]["sums"]["credits"], "-20");
}
