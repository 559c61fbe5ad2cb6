//! The pool, and the limits of every call.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use bella_domain::phone::Mobile;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::{Connection, PgPool, Postgres};
use tokio::time::timeout;

use super::connect::for_callers;
use super::look_ups::LookUps;
use super::{DbError, Trouble};
use crate::clock::Clock;
use crate::config::DatabaseConfig;
use crate::privacy::Vault;

/// How long a call waits for a connection.
const ACQUIRE: Duration = Duration::from_millis(500);

/// Longest call of a caller's step, from asking for a connection to the answer.
pub(super) const CALL: Duration = Duration::from_millis(800);

/// Longest call of a page, the API, or work in the background.
pub(crate) const WORK: Duration = Duration::from_secs(5);

/// Connections of one process: a step needs one for a few milliseconds, and a small instance has fewer than a hundred for all.
const CONNECTIONS: u32 = 8;

/// PostgreSQL; a clone is the same pool. Connects when it is first asked.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
    vault: Vault,
    clock: Clock,
    zone: TimeZone,
    look_ups: LookUps,
}

impl Database {
    /// Prepares a pool; connects to nothing yet. `zone` is the zone that appointments are told in.
    pub fn new(config: &DatabaseConfig, vault: Vault, clock: Clock, zone: TimeZone) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .idle_timeout(Duration::from_mins(10))
            // A failover changes what the host's name stands for.
            .max_lifetime(Duration::from_mins(30))
            .after_release(|connection, _| {
                // The pool itself would wait for a frozen server for ever.
                Box::pin(async {
                    let answered = timeout(ACQUIRE, connection.ping()).await;
                    Ok(matches!(answered, Ok(Ok(()))))
                })
            })
            .connect_lazy_with(for_callers(config.options().clone()));
        Self {
            pool,
            vault,
            clock,
            zone,
            look_ups: LookUps::default(),
        }
    }

    /// What personal data is sealed with.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Connections that are open, busy or not.
    pub fn connections(&self) -> u32 {
        self.pool.size()
    }

    /// Closes every connection; waits for those that are busy.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A stable, unguessable name of a number: for feature flags, and for keys in Redis.
    pub fn blind(&self, mobile: &Mobile) -> Vec<u8> {
        self.vault.index(mobile)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub(super) fn look_ups(&self) -> &LookUps {
        &self.look_ups
    }

    /// A connection; see [`Held`].
    pub(crate) async fn hold(&self) -> Result<Held, Trouble> {
        Ok(Held(Some(self.pool.acquire().await?)))
    }

    /// Carries `work` out within `limit`, and says what was tried when it fails.
    pub(crate) async fn bounded<T>(
        &self,
        doing: &'static str,
        limit: Duration,
        work: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, DbError> {
        match timeout(limit, work).await {
            Ok(done) => done.map_err(|trouble| trouble.while_doing(doing)),
            Err(_) => Err(DbError::Away {
                doing,
                said: format!("no answer within {} ms", limit.as_millis()),
            }),
        }
    }
}

/// Shows nothing of what it is connected with.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

/// A connection that goes back to the pool by [`Held::release`] only.
///
/// Dropped otherwise, after an error or when its call ran out of time, it is cut: nobody knows what its server is still about to
/// say, and asking could take for ever.
pub(crate) struct Held(Option<PoolConnection<Postgres>>);

impl Held {
    pub(crate) fn release(mut self) {
        drop(self.0.take());
    }
}

impl Deref for Held {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.0.as_deref().expect("is there until it is released")
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.0
            .as_deref_mut()
            .expect("is there until it is released")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(connection.detach());
        }
    }
}
