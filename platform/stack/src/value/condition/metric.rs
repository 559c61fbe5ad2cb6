//! The quantities that alarms can watch.

use super::Unit;

/// A quantity that alarms can watch.
#[derive(Debug, PartialEq)]
pub struct Metric {
    /// The name in a stack file.
    pub name: &'static str,
    /// What the number means.
    pub meaning: &'static str,
    /// What the number is counted in.
    pub unit: Unit,
    /// Which of the quantities it is.
    pub watched: Watched,
}

/// Which quantity a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    ErrorRate,
    AvgResponseTime,
    P95ResponseTime,
    P99ResponseTime,
    HealthyHosts,
    UnhealthyHosts,
    HealthCheckFailure,
    CallSuccessRate,
    CallsPerMinute,
    DailyCost,
    MonthlyCost,
    Cpu,
    Memory,
    DbCpu,
    DbFreeStorage,
    DbConnections,
    CacheMemory,
    ScheduleFailures,
}

const fn metric(name: &'static str, unit: Unit, watched: Watched, meaning: &'static str) -> Metric {
    Metric {
        name,
        meaning,
        unit,
        watched,
    }
}

/// Every metric an alarm can name.
pub const METRICS: &[Metric] = &[
    metric(
        "error_rate",
        Unit::Percent,
        Watched::ErrorRate,
        "requests that the service answered with a 5xx status",
    ),
    metric(
        "avg_response_time",
        Unit::Seconds,
        Watched::AvgResponseTime,
        "mean time the service takes to answer",
    ),
    metric(
        "p95_response_time",
        Unit::Seconds,
        Watched::P95ResponseTime,
        "95th percentile of the time the service takes to answer",
    ),
    metric(
        "p99_response_time",
        Unit::Seconds,
        Watched::P99ResponseTime,
        "99th percentile of the time the service takes to answer",
    ),
    metric(
        "healthy_hosts",
        Unit::Count,
        Watched::HealthyHosts,
        "tasks that pass the load balancer's health check",
    ),
    metric(
        "unhealthy_hosts",
        Unit::Count,
        Watched::UnhealthyHosts,
        "tasks that fail the load balancer's health check",
    ),
    metric(
        "health_check_failure",
        Unit::State,
        Watched::HealthCheckFailure,
        "no task passes the load balancer's health check",
    ),
    metric(
        "call_success_rate",
        Unit::Percent,
        Watched::CallSuccessRate,
        "calls that end in a booking or an answer",
    ),
    metric(
        "calls_per_minute",
        Unit::Count,
        Watched::CallsPerMinute,
        "calls that start in a minute",
    ),
    metric(
        "daily_cost",
        Unit::Dollars,
        Watched::DailyCost,
        "money the stack costs in a day",
    ),
    metric(
        "monthly_cost",
        Unit::Dollars,
        Watched::MonthlyCost,
        "money the stack has cost since the month began",
    ),
    metric(
        "cpu",
        Unit::Percent,
        Watched::Cpu,
        "processor use of the tasks",
    ),
    metric(
        "memory",
        Unit::Percent,
        Watched::Memory,
        "memory use of the tasks",
    ),
    metric(
        "db_cpu",
        Unit::Percent,
        Watched::DbCpu,
        "processor use of the database",
    ),
    metric(
        "db_free_storage",
        Unit::Bytes,
        Watched::DbFreeStorage,
        "space left on the database's disk",
    ),
    metric(
        "db_connections",
        Unit::Count,
        Watched::DbConnections,
        "connections open to the database",
    ),
    metric(
        "cache_memory",
        Unit::Percent,
        Watched::CacheMemory,
        "memory use of the cache",
    ),
    metric(
        "schedule_failures",
        Unit::Count,
        Watched::ScheduleFailures,
        "scheduled stops and starts that AWS could not carry out",
    ),
];
