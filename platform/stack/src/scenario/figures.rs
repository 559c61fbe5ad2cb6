//! The figures of the `usage` section, with the defaults of those it leaves out.

use crate::{Node, Stack};
use bella_engine::cost::{Assumed, Source};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// One figure: what a month has of it unless the stack file says otherwise.
struct Figure {
    name: &'static str,
    /// In hundredths.
    default: u32,
    /// What it counts.
    unit: &'static str,
    /// Whether it adds up over time, so that half a month has half of it.
    flows: bool,
    /// The kind that reads it; a figure is the stack's, so several resources of the kind share it. None: no resource has it.
    kind: Option<&'static str>,
}

const fn figure(
    name: &'static str,
    default: u32,
    unit: &'static str,
    flows: bool,
    kind: Option<&'static str>,
) -> Figure {
    Figure {
        name,
        default,
        unit,
        flows,
        kind,
    }
}

/// Defaults of a stack that answers some thousand calls a month. An idle load balancer is near 0.05 capacity units on average (bills show
/// 0.001); a serverless Valkey cache is metered from 0.1 GB.
const FIGURES: &[Figure] = &[
    figure(
        "load_balancer_capacity_units",
        5,
        "load balancer capacity units in use",
        false,
        None,
    ),
    figure("log_gb", 50, "GB of logs taken in", true, Some("log_group")),
    figure(
        "image_gb",
        20,
        "GB of images in the registry",
        false,
        Some("ecr_repository"),
    ),
    figure(
        "backup_gb",
        0,
        "GB of backups beyond the database's size",
        false,
        Some("db_instance"),
    ),
    figure(
        "nat_gb",
        1000,
        "GB through NAT gateways",
        true,
        Some("nat_gateway"),
    ),
    figure("cross_zone_gb", 1000, "GB between zones", true, None),
    figure("data_out_gb", 2000, "GB out to the internet", true, None),
    figure(
        "dns_million_queries",
        5,
        "million DNS queries beside those for aliases",
        true,
        Some("dns_record"),
    ),
    figure(
        "secret_10k_requests",
        100,
        "times 10,000 requests for secrets",
        true,
        Some("secret"),
    ),
    figure(
        "managed_secrets",
        100,
        "secrets kept by AWS services, such as the database's master password",
        false,
        Some("db_instance"),
    ),
    figure("custom_metrics", 0, "custom metrics", false, None),
    figure(
        "cache_gb",
        10,
        "GB in the serverless cache",
        false,
        Some("serverless_cache"),
    ),
    figure(
        "cache_million_ecpu",
        1000,
        "million processing units of the serverless cache",
        true,
        Some("serverless_cache"),
    ),
    figure("s3_gb", 0, "GB in buckets", false, Some("s3_bucket")),
    figure(
        "cost_explorer_requests",
        3000,
        "requests to Cost Explorer",
        true,
        None,
    ),
];

/// Figures as resources and the estimate read them.
#[derive(Debug)]
pub(super) struct Figures {
    /// What one resource of the reading kind has.
    pub(super) for_kinds: BTreeMap<String, Decimal>,
    /// What the whole stack has, in its month or life.
    totals: BTreeMap<&'static str, Decimal>,
    said: BTreeMap<String, Decimal>,
    pub(super) assumed: Vec<Assumed>,
}

impl Figures {
    pub(super) fn of(stack: &Stack, nodes: &[Node], share_of_month: Decimal) -> Self {
        let said: BTreeMap<String, Decimal> = stack
            .usage
            .figures()
            .into_iter()
            .filter_map(|(name, number)| Some((name, exact(number.as_f64()?))))
            .collect();
        let mut figures = Self {
            for_kinds: said.clone(),
            totals: BTreeMap::new(),
            assumed: Vec::new(),
            said,
        };
        for figure in FIGURES {
            figures.add(figure, nodes, share_of_month);
        }
        figures
    }

    /// The figure as the stack file says it.
    pub(super) fn said(&self, name: &str) -> Option<Decimal> {
        self.said.get(name).copied()
    }

    /// The figure of the whole stack, in its month or life.
    pub(super) fn total(&self, name: &str) -> Decimal {
        self.totals.get(name).copied().unwrap_or_default()
    }

    fn add(&mut self, figure: &Figure, nodes: &[Node], share_of_month: Decimal) {
        let said = self.said(figure.name);
        let readers = figure
            .kind
            .map(|kind| nodes.iter().filter(|node| reads(kind, node)).count());
        let monthly = said.unwrap_or_else(|| Decimal::new(figure.default.into(), 2));
        let total = match figure.flows {
            true => monthly * share_of_month,
            false => monthly,
        };
        self.totals.insert(figure.name, total);
        let shared = total / Decimal::from(readers.unwrap_or(1).max(1));
        self.for_kinds.insert(figure.name.to_owned(), shared);
        if readers != Some(0) {
            self.assumed.push(Assumed {
                name: figure.name.to_owned(),
                value: format!("{} {}", monthly.normalize(), figure.unit),
                source: match said {
                    Some(_) => Source::StackFile,
                    None => Source::Default,
                },
            });
        }
    }
}

/// Whether a node is of the kind that reads a figure; queries for an alias cost nothing.
fn reads(kind: &str, node: &Node) -> bool {
    let own = node.address.split('.').next();
    own == Some(kind) && node.properties.get("alias").is_none_or(Value::is_null)
}

/// A number as it is written; the limits of the stack file keep it in range.
pub(super) fn exact(number: f64) -> Decimal {
    number.to_string().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{FIGURES, Figures, exact};
    use crate::{Node, Stack, stack::Usage};
    use rust_decimal::Decimal;
    use serde_json::{Value, json};

    fn stack(usage: Value) -> Stack {
        serde_json::from_value(json!({
            "stack": "bella-test", "environment": "staging", "region": "ca-central-1", "owner": "a@b.example",
            "budget": { "monthly_usd": 10 }, "usage": usage,
        }))
        .expect("a stack")
    }

    #[test]
    fn a_figure_is_shared_by_those_that_read_it() {
        let nodes = [
            ("nat_gateway.a", json!({})),
            ("nat_gateway.b", json!({})),
            ("dns_record.alias", json!({"alias": {"target": "x"}})),
            ("dns_record.plain", json!({"alias": null})),
        ]
        .map(|(address, properties)| Node {
            address: address.to_owned(),
            properties,
        });
        let usage = json!({"nat_gb": 3, "dns_million_queries": 0.2});
        let figures = Figures::of(&stack(usage), &nodes, exact(0.5));
        let seen = ["nat_gb", "dns_million_queries", "cache_gb", "log_gb"]
            .map(|name| (figures.total(name), figures.for_kinds[name]));
        assert_eq!(
            seen,
            [
                ("1.5", "0.75"),
                ("0.1", "0.1"),
                ("0.1", "0.1"),
                ("0.25", "0.25")
            ]
            .map(|(total, shared)| (
                total.parse().expect("a decimal"),
                shared.parse().expect("a decimal")
            ))
        );
        let printed: Vec<&str> = figures
            .assumed
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert!(
            printed.contains(&"nat_gb") && !printed.contains(&"cache_gb"),
            "{printed:?}"
        );
    }

    /// Every figure of the stack file but those that have a meaning of their own is in the list, and the other way round.
    #[test]
    fn the_list_has_the_figures_of_the_stack_file() {
        let schema = schemars::schema_for!(Usage).to_value();
        let mut named: Vec<&str> = schema["properties"]
            .as_object()
            .expect("properties")
            .keys()
            .map(String::as_str)
            .filter(|name| !["free_tier", "calls_per_month", "average_tasks"].contains(name))
            .collect();
        let mut listed: Vec<&str> = FIGURES.iter().map(|figure| figure.name).collect();
        named.sort_unstable();
        listed.sort_unstable();
        assert_eq!(named, listed);
        assert_eq!(exact(0.1), Decimal::new(1, 1));
    }
}
