//! Kinds that have a second shape: properties of which each takes another's place. Each shape is an
//! example of its own, with what is mutable in it alone.

use bella_aws::clients::Aws;
use bella_engine::resource::Kind;
use serde_json::{Value, json};

use crate::setting::Setting;

/// The further shapes of a kind, each with a name for its stack.
pub(crate) fn of(kind: &dyn Kind<Aws>) -> Vec<(&'static str, Setting)> {
    let shape = |name, properties: Value, changes| {
        let mut setting = Setting::of(kind);
        for (property, value) in properties.as_object().into_iter().flatten() {
            setting.example.properties[property] = value.clone();
        }
        setting.example.changes = changes;
        (name, setting)
    };
    match kind.kind() {
        "scaling_policy" => vec![shape("s-custom", custom_metric(), custom_metric_changes())],
        "metric_alarm" => vec![
            shape(
                "s-percentile",
                json!({"statistic": null, "extended_statistic": "p95"}),
                vec![("extended_statistic", json!("p99.9"))],
            ),
            shape("s-formula", formula(), formula_changes()),
        ],
        _ => Vec::new(),
    }
}

fn custom_metric() -> Value {
    json!({
        "predefined_metric": null,
        "custom_metric": {
            "namespace": "Bella/Voice",
            "metric_name": "CallsPerMinute",
            "dimensions": {"Stack": "one"},
        },
        "target_value": 10.5,
    })
}

fn custom_metric_changes() -> Vec<(&'static str, Value)> {
    vec![
        ("custom_metric.namespace", json!("Bella/Other")),
        ("custom_metric.metric_name", json!("CallsAtOnce")),
        (
            "custom_metric.dimensions",
            json!({"Stack": "two", "Way": "in"}),
        ),
        ("custom_metric.statistic", json!("Maximum")),
    ]
}

/// Errors in percent of requests, 0 where there are none; CloudWatch has the metrics of a load
/// balancer only for minutes with traffic.
fn formula() -> Value {
    json!({
        "namespace": null,
        "metric_name": null,
        "dimensions": {},
        "statistic": null,
        "period_seconds": null,
        "unit": null,
        "metrics": parts("100 * FILL(errors, 0) / requests"),
    })
}

fn formula_changes() -> Vec<(&'static str, Value)> {
    let mut other = parts("IF(requests > 10, 100 * errors / requests, 0)");
    other[1]["metric"]["period_seconds"] = json!(300);
    vec![("metrics", other), ("threshold", json!(4))]
}

fn parts(expression: &str) -> Value {
    let metric = |id: &str, name: &str| {
        json!({"id": id, "metric": {
            "namespace": "AWS/ApplicationELB",
            "metric_name": name,
            "dimensions": {"LoadBalancer": "app/one/50dc6c49"},
            "statistic": "Sum",
            "period_seconds": 60,
        }})
    };
    json!([
        {"id": "rate", "expression": expression, "label": "Errors in percent", "return_data": true},
        metric("errors", "HTTPCode_Target_5XX_Count"),
        metric("requests", "RequestCount"),
    ])
}
