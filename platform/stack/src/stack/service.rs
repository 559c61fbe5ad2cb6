//! The booking service's tasks.

use crate::value::{Duration, EnvironmentVariable, MigrationName, SecretName, UrlPath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The booking service: size of a task, health check, scaling, environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Service {
    /// Processor of a task in ECS units (1024 is one vCPU): 256, 512, 1024, 2048, 4096, 8192 or 16384. Default: 256.
    #[schemars(range(min = 1, max = 16384))]
    pub cpu: u32,
    /// Memory of a task in MiB; which values there are depends on cpu. Default: 512.
    #[schemars(range(min = 1, max = 122880))]
    pub memory: u32,
    /// Processor architecture of a task: arm64 (a fifth cheaper) or x86_64. Default: arm64.
    pub architecture: Architecture,
    /// How tasks are bought: fargate, or fargate-spot (about 70 % cheaper, AWS may stop a task with two minutes' notice). Default: fargate.
    pub capacity: Capacity,
    /// TCP port the service listens on, 1 to 65535. Default: 8000.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// How the load balancer finds out whether a task is well.
    pub health_check: HealthCheck,
    /// How many tasks run, and when there are more.
    pub scaling: Scaling,
    /// Environment variables of the service. Values are text: quote numbers and true or false. Secrets do not belong here.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = { "format": "bella-environment-variable", "pattern": "^[A-Z_][A-Z0-9_]*$" }))]
    pub environment: BTreeMap<EnvironmentVariable, String>,
    /// Secrets Manager secrets of the stack that the service reads; values are set with `bella secret set`. `app` is a JSON object whose
    /// keys become variables of their names (TWILIO_AUTH_TOKEN and others); any other secret becomes one variable, its name in
    /// capitals. Default: none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretName>,
    /// Migrations of the database that are let through though the version before may not survive them, by their files' names without
    /// .sql. Default: none; such a migration is refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow_migrations: Vec<MigrationName>,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            cpu: 256,
            memory: 512,
            architecture: Architecture::Arm64,
            capacity: Capacity::Fargate,
            port: 8000,
            health_check: HealthCheck::default(),
            scaling: Scaling::default(),
            environment: BTreeMap::new(),
            secrets: Vec::new(),
            allow_migrations: Vec::new(),
        }
    }
}

/// Processor architecture: arm64 or x86_64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Architecture {
    #[serde(rename = "arm64")]
    Arm64,
    #[serde(rename = "x86_64")]
    X86_64,
}

/// How tasks are bought: fargate or fargate-spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Capacity {
    Fargate,
    FargateSpot,
}

/// How the load balancer finds out whether a task is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct HealthCheck {
    /// Path that must answer with status 200. Default: /healthz.
    pub path: UrlPath,
    /// Time between two checks, 5s to 300s. Default: 30s.
    pub interval: Duration,
    /// Time after which a check has failed, 2s to 120s and shorter than the interval. Default: 5s.
    pub timeout: Duration,
    /// Passed checks in a row after which a task is well, 2 to 10. Default: 2.
    #[schemars(range(min = 2, max = 10))]
    pub healthy_threshold: u32,
    /// Failed checks in a row after which a task is replaced, 2 to 10. Default: 3.
    #[schemars(range(min = 2, max = 10))]
    pub unhealthy_threshold: u32,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            path: "/healthz".parse().expect("the default is a valid path"),
            interval: Duration::from_seconds(30),
            timeout: Duration::from_seconds(5),
            healthy_threshold: 2,
            unhealthy_threshold: 3,
        }
    }
}

/// How many tasks run, and when there are more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Scaling {
    /// Tasks that always run, 1 to 100. Default: 1.
    #[schemars(range(min = 1, max = 100))]
    pub min: u32,
    /// Tasks that run at most, 1 to 100; more than one needs a shared cache for call sessions. Default: 1.
    #[schemars(range(min = 1, max = 100))]
    pub max: u32,
    /// Processor use in percent that scaling aims for, 1 to 100. Default: 70.
    #[schemars(range(min = 1, max = 100))]
    pub target_cpu: u32,
    /// Memory use in percent that scaling aims for, 1 to 100. Default: 80.
    #[schemars(range(min = 1, max = 100))]
    pub target_memory: u32,
    /// Pause after adding tasks, at most 1h. Default: 300s.
    pub scale_out_cooldown: Duration,
    /// Pause after removing tasks, at most 1h. Default: 900s.
    pub scale_in_cooldown: Duration,
    /// Calls that start per minute and task that scaling aims for, 1 to 1000. Default: calls do not scale the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub calls_per_minute_per_task: Option<u32>,
}

impl Default for Scaling {
    fn default() -> Self {
        Self {
            min: 1,
            max: 1,
            target_cpu: 70,
            target_memory: 80,
            scale_out_cooldown: Duration::from_seconds(300),
            scale_in_cooldown: Duration::from_seconds(900),
            calls_per_minute_per_task: None,
        }
    }
}
