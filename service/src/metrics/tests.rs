use serde_json::Value;

use super::*;

fn counted(stack: Option<&str>) -> Metrics {
    let metrics = Metrics::new("staging", stack);
    metrics.call_started();
    metrics.step("name", true, Duration::from_millis(4));
    metrics.step("name", false, Duration::from_millis(2));
    metrics.call_ended(true);
    metrics.booked(Some(85_50));
    metrics.cost("twilio", 17_000);
    metrics.dependency("postgres", true);
    metrics
}

#[test]
fn openmetrics_has_the_seeds_metrics_by_step_and_environment() {
    let text = counted(None).openmetrics();
    for line in [
        r#"bella_call_attempts_total{step="name",environment="staging"} 2"#,
        r#"bella_call_success_total{step="name",environment="staging"} 1"#,
        r#"bella_call_failure_total{step="name",environment="staging"} 1"#,
        r#"bella_call_response_time_seconds_bucket{le="0.005",step="name",success="true",environment="staging"} 1"#,
        r#"bella_cost_usd_total{service="twilio",environment="staging"} 0.017"#,
        "bella_business_appointments_total 1",
        r#"bella_business_revenue_total{environment="staging"} 85.5"#,
        r#"bella_dependency_up{dependency="postgres"} 1"#,
        "# EOF",
    ] {
        assert!(text.lines().any(|have| have == line), "{line} in\n{text}");
    }
}

#[test]
fn what_is_not_known_is_absent() {
    let metrics = Metrics::new("staging", Some("bella-staging"));
    metrics.booked(None);
    let text = metrics.openmetrics();
    assert!(!text.contains("revenue_total{"), "{text}");
    assert!(!text.contains("cost_usd_total{"), "{text}");
    let lines = metrics.emf(Timestamp::UNIX_EPOCH).join("\n");
    assert!(!lines.contains("revenue"), "{lines}");
    assert!(!lines.contains("call."), "{lines}");
}

#[test]
fn embedded_metrics_are_what_cloudwatch_specifies_and_are_sent_once() {
    let metrics = counted(Some("bella-staging"));
    let lines: Vec<Value> = metrics
        .emf(Timestamp::from_second(1_773_000_000).expect("is in range"))
        .iter()
        .map(|line| serde_json::from_str(line).expect("is JSON"))
        .collect();
    assert_eq!(
        lines[0],
        serde_json::json!({
            "_aws": {
                "Timestamp": 1_773_000_000_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "Bella/Voice",
                    "Dimensions": [["Stack"]],
                    "Metrics": [
                        {"Name": "CallsPerMinute", "Unit": "Count"},
                        {"Name": "CallsCompleted", "Unit": "Count"},
                        {"Name": "CallsSucceeded", "Unit": "Count"},
                    ],
                }],
            },
            "Stack": "bella-staging",
            "CallsPerMinute": 1,
            "CallsCompleted": 1,
            "CallsSucceeded": 1,
        })
    );
    assert_eq!(lines[1]["cost.twilio"], 0.017);
    assert_eq!(lines[1]["business.revenue"], 85.5);
    assert_eq!(lines[2]["call.failure"], 1);
    assert_eq!(
        lines[3]["call.response_time"],
        serde_json::json!([4.0, 2.0])
    );
    // A quiet minute has no calls, which is a figure; everything else has no value.
    let quiet = metrics.emf(Timestamp::UNIX_EPOCH);
    assert_eq!(quiet.len(), 1, "{quiet:?}");
    assert!(quiet[0].contains(r#""CallsPerMinute":0"#), "{quiet:?}");
}

#[test]
fn no_line_has_more_values_than_cloudwatch_takes_and_memory_is_bounded() {
    let metrics = Metrics::new("staging", Some("bella-staging"));
    for _ in 0..5_000 {
        metrics.step("name", true, Duration::from_millis(1));
    }
    let lines = metrics.emf(Timestamp::UNIX_EPOCH);
    let values: Vec<usize> = lines
        .iter()
        .filter_map(|line| {
            let line: Value = serde_json::from_str(line).expect("is JSON");
            line["call.response_time"].as_array().map(Vec::len)
        })
        .collect();
    assert_eq!(values, [100; 10]);
    assert!(
        lines
            .iter()
            .any(|line| line.contains(r#""call.attempts":5000"#))
    );
}
