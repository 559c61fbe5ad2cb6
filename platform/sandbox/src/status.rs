use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::gateway::probe;
use crate::home::Home;
use crate::install::EMULATOR;
use crate::record::{self, Record};

/// What runs on this machine; serialises to the document of `sandbox status --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Base URL for every AWS client, with any credentials; `None` while nothing runs.
    pub endpoint: Option<String>,
    /// Image registry (host:port), when one is served.
    pub registry: Option<String>,
    /// PostgreSQL connection URL, when one is served.
    pub postgres: Option<String>,
    /// Redis-protocol connection URL, when one is served.
    pub redis: Option<String>,
    /// Certificate that the TLS of these two is verified by, when servers run.
    pub certificate_authority: Option<PathBuf>,
    /// Where the deployed booking service answers, when one runs.
    pub service_url: Option<String>,
    pub pids: Pids,
    /// True when both gateway and emulator answer.
    pub running: bool,
    pub home: PathBuf,
    pub log: PathBuf,
    pub emulator: &'static str,
    /// Set when this run began from an earlier save because the run before did not stop cleanly.
    pub restored: Option<Restored>,
}

/// The processes of one instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Pids {
    pub daemon: Option<u32>,
    pub emulator: Option<u32>,
}

/// Which saved state a run began from after one that did not stop cleanly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// When that state was saved; `None` when nothing had been saved yet.
    pub saved_at: Option<Timestamp>,
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the last run did not stop cleanly: ")?;
        match self.saved_at {
            Some(at) => write!(
                f,
                "restored the state saved at {}; changes after that time are gone",
                at.strftime("%Y-%m-%d %H:%M:%SZ")
            ),
            None => f.write_str("nothing had been saved, so the sandbox is empty"),
        }
    }
}

/// What runs in `home` now; absence is a status, not an error.
pub async fn status(home: &Home) -> Status {
    let record: Option<Record> = record::read(&home.record());
    let record = record.filter(|r| r.daemon.is_alive());
    let health = match &record {
        Some(record) => probe(&record.endpoint, Duration::from_secs(5)).await,
        None => None,
    };
    let service_url = health.as_ref().and_then(|health| health.balancer.clone());
    let servers = health.as_ref().and_then(|health| health.servers.clone());
    Status {
        endpoint: record.as_ref().map(|r| r.endpoint.clone()),
        registry: registry(record.as_ref()),
        postgres: servers.as_ref().and_then(|s| s.postgres.clone()),
        redis: servers.as_ref().and_then(|s| s.redis.clone()),
        certificate_authority: servers.map(|s| s.authority),
        service_url,
        pids: Pids {
            daemon: record.as_ref().map(|r| r.daemon.pid),
            emulator: record
                .as_ref()
                .and_then(|r| r.emulator.as_ref())
                .filter(|emulator| emulator.is_alive())
                .map(|emulator| emulator.pid),
        },
        running: health.is_some_and(|health| health.ready()),
        home: home.root().to_owned(),
        log: home.log(),
        emulator: EMULATOR,
        restored: record.and_then(|r| r.restored),
    }
}

/// Amazon's registry is served on the endpoint itself.
fn registry(record: Option<&Record>) -> Option<String> {
    let endpoint = &record?.endpoint;
    endpoint.strip_prefix("http://").map(str::to_owned)
}
