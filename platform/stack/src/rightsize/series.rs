//! Which metrics tell what a part uses.

use crate::{Stack, stack::CacheMode};
use serde::Serialize;
use std::fmt;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Percent of what all tasks together have.
    TaskCpu,
    /// Percent of what a task has, of the fullest.
    TaskMemory,
    /// Percent of the instance's processors.
    DatabaseCpu,
    /// Connections that are open.
    DatabaseConnections,
    /// Bytes of memory that are free or can be freed.
    DatabaseFreeMemory,
    /// Bytes of disk that are free.
    DatabaseFreeStorage,
    /// Percent of a node's processors.
    CacheCpu,
    /// Percent of a node's memory for data, of the fullest.
    CacheMemory,
    /// Bytes that a serverless cache holds.
    CacheBytes,
    /// Units that a serverless cache was asked for in five minutes.
    CacheUnits,
}

/// A CloudWatch metric that measures something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    pub signal: Signal,
    pub namespace: &'static str,
    pub metric: &'static str,
    /// Of the values in a period.
    pub statistic: &'static str,
    /// Names with values, in which references to outputs of the stack's objects stand.
    pub dimensions: Vec<(&'static str, String)>,
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TaskCpu => "CPU of the tasks",
            Self::TaskMemory => "memory of the tasks",
            Self::DatabaseCpu => "CPU of the database",
            Self::DatabaseConnections => "connections to the database",
            Self::DatabaseFreeMemory => "free memory of the database",
            Self::DatabaseFreeStorage => "free storage of the database",
            Self::CacheCpu => "CPU of the cache",
            Self::CacheMemory => "memory of the cache",
            Self::CacheBytes => "data in the cache",
            Self::CacheUnits => "units of the cache",
        })
    }
}

/// Every metric by which a stack is judged. Several may have one signal: the nodes of a cache.
#[must_use]
pub fn watched(stack: &Stack) -> Vec<Watched> {
    use Signal::{
        CacheBytes, CacheCpu, CacheMemory, CacheUnits, DatabaseConnections, DatabaseCpu,
        DatabaseFreeMemory, DatabaseFreeStorage, TaskCpu, TaskMemory,
    };
    let mut all = vec![
        tasks(TaskCpu, "CPUUtilization", "Average"),
        tasks(TaskMemory, "MemoryUtilization", "Maximum"),
    ];
    if stack.database.is_some() {
        all.extend([
            database(DatabaseCpu, "CPUUtilization", "Average"),
            database(DatabaseConnections, "DatabaseConnections", "Maximum"),
            database(DatabaseFreeMemory, "FreeableMemory", "Minimum"),
            database(DatabaseFreeStorage, "FreeStorageSpace", "Minimum"),
        ]);
    }
    let Some(cache) = &stack.cache else {
        return all;
    };
    match cache.mode {
        CacheMode::Node => {
            for number in 1..=cache.nodes.unwrap_or(1) {
                let id = format!("${{replication_group.main.id}}-{number:03}");
                let of = |signal, metric, statistic| {
                    let dimensions = vec![("CacheClusterId", id.clone())];
                    one(signal, "AWS/ElastiCache", metric, statistic, dimensions)
                };
                all.push(of(CacheMemory, "DatabaseMemoryUsagePercentage", "Maximum"));
                all.push(of(CacheCpu, "CPUUtilization", "Average"));
            }
        }
        CacheMode::Serverless => {
            let of = |signal, metric, statistic| {
                let dimensions = vec![("clusterId", "${serverless_cache.main.name}".to_owned())];
                one(signal, "AWS/ElastiCache", metric, statistic, dimensions)
            };
            all.push(of(CacheBytes, "BytesUsedForCache", "Maximum"));
            all.push(of(CacheUnits, "ElastiCacheProcessingUnits", "Sum"));
        }
        CacheMode::Sidecar | CacheMode::None => {}
    }
    all
}

fn one(
    signal: Signal,
    namespace: &'static str,
    metric: &'static str,
    statistic: &'static str,
    dimensions: Vec<(&'static str, String)>,
) -> Watched {
    Watched {
        signal,
        namespace,
        metric,
        statistic,
        dimensions,
    }
}

fn tasks(signal: Signal, metric: &'static str, statistic: &'static str) -> Watched {
    let dimensions = vec![
        ("ClusterName", "${ecs_cluster.main.name}".to_owned()),
        ("ServiceName", "${ecs_service.service.name}".to_owned()),
    ];
    one(signal, "AWS/ECS", metric, statistic, dimensions)
}

fn database(signal: Signal, metric: &'static str, statistic: &'static str) -> Watched {
    let dimensions = vec![(
        "DBInstanceIdentifier",
        "${db_instance.main.identifier}".to_owned(),
    )];
    one(signal, "AWS/RDS", metric, statistic, dimensions)
}
