//! Where CloudWatch has each metric: only what AWS itself measures, beside the calls, which the service alone can count.

use super::{CALLS_PER_MINUTE, NAMESPACE, dead_letters as queue, watch::Silence, watch::Span};
use crate::{
    Stack,
    blueprint::cache::{MOST_GB, node_count},
    stack::CacheMode,
    value::{Comparison, Watched},
};
use serde_json::{Map, Value};

/// What a metric is made from.
pub(super) struct Source {
    pub(super) series: Vec<Series>,
    pub(super) formula: Option<String>,
    pub(super) span: Span,
    pub(super) silence: Silence,
    /// The limit of a state, which a stack file does not write.
    pub(super) limit: Option<(Comparison, f64)>,
}

/// A series of numbers in CloudWatch.
pub(super) struct Series {
    /// What a formula calls it.
    pub(super) id: String,
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) dimensions: Vec<(&'static str, String)>,
    /// `Sum`, `Average`, `Minimum`, `Maximum` or a percentile.
    pub(super) statistic: &'static str,
}

impl Series {
    pub(super) fn dimensions(&self) -> Value {
        let all = self.dimensions.iter();
        all.map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
            .collect::<Map<_, _>>()
            .into()
    }

    pub(super) fn is_percentile(&self) -> bool {
        self.statistic.starts_with('p')
    }

    fn called(self, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..self
        }
    }
}

/// A metric of what the stack serves: nothing heard is nothing asked.
fn traffic(series: Series) -> Source {
    Source {
        series: vec![series],
        formula: None,
        span: Span::Whole,
        silence: Silence::Well,
        limit: None,
    }
}

/// A metric of how full something is: nothing heard says nothing.
fn level(series: Series) -> Source {
    Source {
        span: Span::EachMinute,
        silence: Silence::Unknown,
        ..traffic(series)
    }
}

fn formula(series: Vec<Series>, formula: impl Into<String>, of: Source) -> Source {
    Source {
        series,
        formula: Some(formula.into()),
        ..of
    }
}

/// The source of a metric.
///
/// # Panics
/// For a metric of money, which CloudWatch does not have.
pub(super) fn of(stack: &Stack, watched: Watched) -> Source {
    match watched {
        Watched::ErrorRate => share(
            balancer("RequestCount", "Sum").called("requests"),
            balancer("HTTPCode_Target_5XX_Count", "Sum").called("errors"),
            0,
        ),
        Watched::AvgResponseTime => traffic(balancer("TargetResponseTime", "Average")),
        Watched::P95ResponseTime => traffic(balancer("TargetResponseTime", "p95")),
        Watched::P99ResponseTime => traffic(balancer("TargetResponseTime", "p99")),
        Watched::HealthyHosts => Source {
            silence: Silence::Alarm,
            ..level(healthy_tasks())
        },
        Watched::UnhealthyHosts => level(balancer("UnHealthyHostCount", "Maximum")),
        Watched::HealthCheckFailure => Source {
            silence: Silence::Alarm,
            limit: Some((Comparison::Below, 1.0)),
            ..level(healthy_tasks())
        },
        Watched::CallSuccessRate => share(
            calls(stack, "CallsCompleted", "Sum").called("completed"),
            calls(stack, "CallsSucceeded", "Sum").called("succeeded"),
            100,
        ),
        Watched::CallsPerMinute => Source {
            span: Span::EachMinute,
            ..traffic(calls(stack, CALLS_PER_MINUTE, "Sum"))
        },
        Watched::Cpu => level(tasks("CPUUtilization")),
        Watched::Memory => level(tasks("MemoryUtilization")),
        Watched::DbCpu => level(database("CPUUtilization", "Average")),
        Watched::DbFreeStorage => level(database("FreeStorageSpace", "Minimum")),
        Watched::DbConnections => level(database("DatabaseConnections", "Maximum")),
        Watched::CacheMemory => cache_memory(stack),
        Watched::ScheduleFailures => Source {
            silence: Silence::Well,
            ..level(dead_letters())
        },
        Watched::DailyCost | Watched::MonthlyCost => {
            unreachable!("budgets watch money")
        }
    }
}

/// The second series in percent of the first, and `idle` where the first is nothing: no division by zero, and a series without data
/// counts as zeroes.
fn share(whole: Series, part: Series, idle: u32) -> Source {
    let (w, p) = (whole.id.clone(), part.id.clone());
    let text = format!("IF(FILL({w}, 0) > 0, 100 * FILL({p}, 0) / FILL({w}, 1), {idle})");
    let of = traffic(balancer("RequestCount", "Sum"));
    formula(vec![whole, part], text, of)
}

fn series(
    namespace: &'static str,
    name: &'static str,
    statistic: &'static str,
    dimensions: Vec<(&'static str, String)>,
) -> Series {
    Series {
        id: "value".to_owned(),
        namespace,
        name,
        dimensions,
        statistic,
    }
}

fn balancer(name: &'static str, statistic: &'static str) -> Series {
    let dimensions = vec![
        (
            "LoadBalancer",
            "${load_balancer.public.full_name}".to_owned(),
        ),
        (
            "TargetGroup",
            "${target_group.service.full_name}".to_owned(),
        ),
    ];
    series("AWS/ApplicationELB", name, statistic, dimensions)
}

fn calls(stack: &Stack, name: &'static str, statistic: &'static str) -> Series {
    let dimensions = vec![("Stack", stack.stack.to_string())];
    series(NAMESPACE, name, statistic, dimensions)
}

fn tasks(name: &'static str) -> Series {
    let dimensions = vec![
        ("ClusterName", "${ecs_cluster.main.name}".to_owned()),
        ("ServiceName", "${ecs_service.service.name}".to_owned()),
    ];
    series("AWS/ECS", name, "Average", dimensions)
}

fn database(name: &'static str, statistic: &'static str) -> Series {
    let dimensions = vec![(
        "DBInstanceIdentifier",
        "${db_instance.main.identifier}".to_owned(),
    )];
    series("AWS/RDS", name, statistic, dimensions)
}

/// Tasks that the load balancer sends calls to; each of its nodes counts, and the largest count is that of one that sees all.
pub(super) fn healthy_tasks() -> Series {
    balancer("HealthyHostCount", "Maximum")
}

/// Messages that wait in the queue of failed schedules.
pub(super) fn dead_letters() -> Series {
    let dimensions = vec![("QueueName", format!("${{sqs_queue.{}.name}}", queue()))];
    series(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "Maximum",
        dimensions,
    )
}

/// A node says its use in percent; a serverless cache says bytes, of the most it may grow to. Of several nodes the fullest counts; each
/// is called as its group, with a number.
fn cache_memory(stack: &Stack) -> Source {
    let namespace = "AWS/ElastiCache";
    match &stack.cache {
        Some(cache) if cache.mode == CacheMode::Node => {
            let node = |number: u32| {
                let id = format!("${{replication_group.main.id}}-{number:03}");
                let dimensions = vec![("CacheClusterId", id)];
                series(
                    namespace,
                    "DatabaseMemoryUsagePercentage",
                    "Maximum",
                    dimensions,
                )
                .called(format!("node{number}"))
            };
            match node_count(cache) {
                1 => level(node(1)),
                nodes => formula(
                    (1..=nodes).map(node).collect(),
                    "MAX(METRICS())",
                    level(node(1)),
                ),
            }
        }
        _ => {
            let dimensions = vec![("clusterId", "${serverless_cache.main.name}".to_owned())];
            let bytes =
                series(namespace, "BytesUsedForCache", "Maximum", dimensions).called("bytes");
            let whole = u64::from(MOST_GB) * 1_073_741_824;
            let of = level(dead_letters());
            formula(vec![bytes], format!("100 * bytes / {whole}"), of)
        }
    }
}
