//! The database and the session cache.

use crate::value::{CacheClass, DatabaseClass, PostgresVersion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Database {
    /// Engine: postgres. Default: postgres.
    pub engine: DatabaseEngine,
    /// Major version of PostgreSQL in quotes, "13" to "18"; AWS keeps the minor one up to date. Default: "16".
    pub version: PostgresVersion,
    /// RDS instance class, such as db.t4g.micro. Default: db.t4g.micro.
    pub instance: DatabaseClass,
    /// Disk in GiB (gp3), 20 to 65536. It can grow and never shrink. Default: 20.
    #[schemars(range(min = 20, max = 65536))]
    pub storage_gb: u32,
    /// Whether a standby runs in a second zone, at double price. Default: false.
    pub multi_az: bool,
    /// Days that automatic backups are kept, 0 (none) to 35. Default: 7.
    #[schemars(range(min = 0, max = 35))]
    pub backup_retention_days: u32,
    /// Whether AWS refuses to delete the database. Default: true.
    pub deletion_protection: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            engine: DatabaseEngine::Postgres,
            version: PostgresVersion::DEFAULT,
            instance: "db.t4g.micro"
                .parse()
                .expect("the default is a valid class"),
            storage_gb: 20,
            multi_az: false,
            backup_retention_days: 7,
            deletion_protection: true,
        }
    }
}

/// Database engine: postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum DatabaseEngine {
    Postgres,
}

/// The store of call sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Cache {
    /// Engine: valkey or redis (a fifth to a third dearer). Default: valkey.
    pub engine: CacheEngine,
    /// serverless: ElastiCache, billed by use. node: ElastiCache nodes, billed by the hour. sidecar: a container beside the service,
    /// for one task only. none: the task's memory, for one task only. Default: serverless.
    pub mode: CacheMode,
    /// Node type when the mode is node, such as cache.t4g.micro. Default: cache.t4g.micro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<CacheClass>,
    /// Number of nodes when the mode is node, 1 to 6. Default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 6))]
    pub nodes: Option<u32>,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            engine: CacheEngine::Valkey,
            mode: CacheMode::Serverless,
            node: None,
            nodes: None,
        }
    }
}

/// Cache engine: valkey or redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum CacheEngine {
    Valkey,
    Redis,
}

/// Where sessions are kept: serverless, node, sidecar or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum CacheMode {
    Serverless,
    Node,
    Sidecar,
    None,
}

impl CacheMode {
    /// Whether two tasks see the same sessions.
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::Serverless | Self::Node)
    }
}
