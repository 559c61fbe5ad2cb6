//! The one connection to Redis.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, RedisResult};
use rustls::CertificateError;
use tokio::time::timeout;

/// How long an answer of Redis, or a connection to it, is waited for.
const ANSWERS_WITHIN: Duration = Duration::from_millis(500);

/// How long after Redis has come back another task may still take it for away.
const STEADY_AFTER: Duration = Duration::from_secs(10);

/// Redis cannot be asked: there is none, it does not answer, or it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Redis is away")]
pub struct Away;

/// Whether Redis is asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisState {
    /// `REDIS_URL` is not set.
    Off,
    /// It answered last.
    Up,
    /// It did not; it is asked again in the background, and nobody waits for it.
    Down,
}

/// One multiplexed connection, opened when it is first needed, and a breaker: after one failure nobody waits for Redis until it
/// has answered again.
pub(super) struct Link {
    client: Option<Client>,
    connection: Mutex<Option<ConnectionManager>>,
    down: AtomicBool,
    /// When it was found to be back.
    back: Mutex<Option<Instant>>,
}

impl Link {
    pub(super) fn new(client: Option<Client>) -> Self {
        Self {
            client,
            connection: Mutex::new(None),
            down: AtomicBool::new(false),
            back: Mutex::new(None),
        }
    }

    pub(super) fn state(&self) -> RedisState {
        match (&self.client, self.down.load(Ordering::Acquire)) {
            (None, _) => RedisState::Off,
            (Some(_), false) => RedisState::Up,
            (Some(_), true) => RedisState::Down,
        }
    }

    /// Asks, unless Redis is known to be away.
    pub(super) async fn ask<T, F>(
        &self,
        command: impl FnOnce(ConnectionManager) -> F,
    ) -> Result<T, Asked>
    where
        F: Future<Output = RedisResult<T>>,
    {
        if self.state() != RedisState::Up {
            return Err(Asked::Not);
        }
        self.try_to(command).await
    }

    /// Asks, whatever is known.
    pub(super) async fn try_to<T, F>(
        &self,
        command: impl FnOnce(ConnectionManager) -> F,
    ) -> Result<T, Asked>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let connection = self.connection().map_err(Asked::failed)?;
        match timeout(ANSWERS_WITHIN, command(connection)).await {
            Ok(answer) => answer.map_err(Asked::failed),
            Err(_) => Err(Asked::Failed("no answer in time".to_owned())),
        }
    }

    /// Whether Redis answers, and every other task has had the time to find that out too.
    pub(super) fn is_steady(&self) -> bool {
        let back = *self.back.lock().unwrap_or_else(PoisonError::into_inner);
        self.state() == RedisState::Up && back.is_none_or(|back| back.elapsed() > STEADY_AFTER)
    }

    /// Opens the breaker; whether it was closed.
    pub(super) fn open(&self) -> bool {
        !self.down.swap(true, Ordering::AcqRel)
    }

    /// Closes the breaker.
    pub(super) fn close(&self) {
        *self.back.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.down.store(false, Ordering::Release);
    }

    /// Forgets the connection: one whose other end has gone silent does not find that out by itself.
    pub(super) fn forget(&self) {
        *self.slot() = None;
    }

    fn connection(&self) -> RedisResult<ConnectionManager> {
        let mut slot = self.slot();
        if let Some(connection) = &*slot {
            return Ok(connection.clone());
        }
        let Some(client) = &self.client else {
            return Err((redis::ErrorKind::InvalidClientConfig, "no REDIS_URL").into());
        };
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(ANSWERS_WITHIN))
            // Every answer is waited for with a limit already.
            .set_response_timeout(None)
            .set_number_of_retries(0);
        let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        *slot = Some(connection.clone());
        Ok(connection)
    }

    fn slot(&self) -> MutexGuard<'_, Option<ConnectionManager>> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why an answer is missing.
pub(super) enum Asked {
    /// Redis is known to be away, or there is none.
    Not,
    /// It was asked and failed; what happened, without keys and values.
    Failed(String),
}

impl Asked {
    fn failed(error: RedisError) -> Self {
        if let Some(why) = refused_certificate(&error) {
            return Self::Failed(format!(
                "its certificate is refused: {why}; trusted are REDIS_CA's roots, without it the public ones"
            ));
        }
        // The category alone: an error's detail can quote what was sent.
        let code = error.code().map(|code| format!(" {code}"));
        Self::Failed(format!("{}{}", error.category(), code.unwrap_or_default()))
    }
}

/// Why the server's certificate was refused, where that is what went wrong; names hosts and nothing that was sent.
fn refused_certificate(error: &RedisError) -> Option<&CertificateError> {
    // The client shares what went wrong, and errors in and out skip what they wrap when they are asked for their source.
    let shared: &Arc<dyn Error + Send + Sync> = error.source()?.downcast_ref()?;
    let io: &std::io::Error = shared.downcast_ref()?;
    match io.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(why) => Some(why),
        _ => None,
    }
}
