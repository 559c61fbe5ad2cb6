//! The figures of the `usage` section, with the defaults of those it leaves out.

use crate::{Node, Stack};
use bella_engine::cost::{Assumed, Source};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// One figure: what a month has of it unless the stack file says otherwise.
struct Figure {
    name: &'static str,
    /// In hundredths.
    default: u32,
    /// What it counts.
    unit: &'static str,
    over: Over,
    reader: Reader,
}

/// How a figure goes with time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    /// It adds up, so that half a month has half of it.
    Time,
    /// It is as much at any moment.
    Nothing,
}

/// Who reads a figure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Resources of this kind; the figure is the stack's, so several of them share it.
    Kind(&'static str),
    /// Each resource that knows it, in full.
    Each,
    /// No resource: it is billed beside them.
    Stack,
}

/// Defaults of a stack that answers some thousand calls a month. An idle load balancer is near 0.05 capacity units on average (bills show
/// 0.001); a serverless Valkey cache is metered from 0.1 GB. Container Insights makes 37 metrics of one service: ten quantities by cluster,
/// service and family, five more of the service, two of the cluster (CloudWatch user guide, "Amazon ECS Container Insights metrics").
#[rustfmt::skip]
const FIGURES: &[Figure] = &[
    Figure { name: "load_balancer_capacity_units", default: 5, unit: "load balancer capacity units in use", over: Over::Nothing, reader: Reader::Each },
    Figure { name: "log_gb", default: 50, unit: "GB of logs taken in", over: Over::Time, reader: Reader::Kind("log_group") },
    Figure { name: "image_gb", default: 20, unit: "GB of images in the registry", over: Over::Nothing, reader: Reader::Kind("ecr_repository") },
    Figure { name: "backup_gb", default: 0, unit: "GB of backups beyond the database's size", over: Over::Nothing, reader: Reader::Kind("db_instance") },
    Figure { name: "nat_gb", default: 1000, unit: "GB through NAT gateways", over: Over::Time, reader: Reader::Kind("nat_gateway") },
    Figure { name: "cross_zone_gb", default: 1000, unit: "GB between zones", over: Over::Time, reader: Reader::Stack },
    Figure { name: "data_out_gb", default: 2000, unit: "GB out to the internet", over: Over::Time, reader: Reader::Stack },
    Figure { name: "dns_million_queries", default: 5, unit: "million DNS queries", over: Over::Time, reader: Reader::Stack },
    Figure { name: "secret_10k_requests", default: 100, unit: "times 10,000 requests for secrets", over: Over::Time, reader: Reader::Kind("secret") },
    Figure { name: "managed_secrets", default: 100, unit: "secrets kept by AWS services, such as the database's master password", over: Over::Nothing, reader: Reader::Stack },
    Figure { name: "custom_metrics", default: 0, unit: "custom metrics", over: Over::Nothing, reader: Reader::Stack },
    Figure { name: "insights_metrics", default: 3700, unit: "metrics of Container Insights where that is on", over: Over::Nothing, reader: Reader::Kind("ecs_cluster") },
    Figure { name: "cache_gb", default: 10, unit: "GB in the serverless cache", over: Over::Nothing, reader: Reader::Kind("serverless_cache") },
    Figure { name: "cache_million_ecpu", default: 1000, unit: "million processing units of the serverless cache", over: Over::Time, reader: Reader::Kind("serverless_cache") },
    Figure { name: "s3_gb", default: 0, unit: "GB in buckets", over: Over::Nothing, reader: Reader::Kind("s3_bucket") },
    Figure { name: "cost_explorer_requests", default: 3000, unit: "requests to Cost Explorer", over: Over::Time, reader: Reader::Stack },
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
        let readers = match figure.reader {
            Reader::Kind(kind) => Some(nodes.iter().filter(|node| is(kind, node)).count()),
            Reader::Each | Reader::Stack => None,
        };
        let monthly = said.unwrap_or_else(|| Decimal::new(figure.default.into(), 2));
        let total = match figure.over {
            Over::Time => monthly * share_of_month,
            Over::Nothing => monthly,
        };
        self.totals.insert(figure.name, total);
        let each = match figure.reader {
            Reader::Kind(_) => total / Decimal::from(readers.unwrap_or(1).max(1)),
            Reader::Each => total,
            Reader::Stack => Decimal::ZERO,
        };
        self.for_kinds.insert(figure.name.to_owned(), each);
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

/// Whether a node is of the kind; a cluster only where its metrics are on.
fn is(kind: &str, node: &Node) -> bool {
    let off = node
        .properties
        .get("container_insights")
        .is_some_and(|value| value == "disabled");
    node.address.split('.').next() == Some(kind) && !off
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
        let nodes = [("nat_gateway.a", json!({})), ("nat_gateway.b", json!({}))].map(
            |(address, properties)| Node {
                address: address.to_owned(),
                properties,
            },
        );
        let usage = json!({"nat_gb": 3, "dns_million_queries": 0.2});
        let figures = Figures::of(&stack(usage), &nodes, exact(0.5));
        let seen = ["nat_gb", "dns_million_queries", "cache_gb", "log_gb"]
            .map(|name| (figures.total(name), figures.for_kinds[name]));
        assert_eq!(
            seen,
            [
                ("1.5", "0.75"),
                ("0.1", "0"),
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
            .filter(|name| {
                ![
                    "free_tier",
                    "not_counted",
                    "calls_per_month",
                    "average_tasks",
                ]
                .contains(name)
            })
            .collect();
        let mut listed: Vec<&str> = FIGURES.iter().map(|figure| figure.name).collect();
        named.sort_unstable();
        listed.sort_unstable();
        assert_eq!(named, listed);
        assert_eq!(exact(0.1), Decimal::new(1, 1));
    }
}
