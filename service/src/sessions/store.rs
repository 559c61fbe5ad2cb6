//! Sessions: loaded, saved, and one webhook of a call at a time.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use redis::aio::ConnectionManager;
use redis::{Client, RedisResult, Script};
use secrecy::{ExposeSecret, SecretString};

use super::kept::{Kept, Saved};
use super::link::{Away, Link, RedisState};
use super::locks::{Held, Locks};
use super::memory::Memory;
use super::recovery::note;

/// Sets the key unless what is there has the same turn or a later one, which is answered instead.
static KEEP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
local there = redis.call('GET', KEYS[1])
if there then
  local turn = tonumber(string.match(there, '^{"turn":(%d+)'))
  if turn and turn >= tonumber(ARGV[1]) then return there end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return false
"#,
    )
});

/// What is kept of calls between their webhooks; a clone is the same.
///
/// Nothing here waits longer than half a second, and after one failure nothing waits for Redis at all until it has answered in
/// the background.
#[derive(Clone)]
pub struct Sessions(Arc<Shared>);

pub(super) struct Shared {
    pub(super) link: Link,
    pub(super) memory: Memory,
    pub(super) life: Duration,
    locks: Locks,
}

/// `REDIS_URL` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("REDIS_URL cannot be used: {0}")]
pub struct SessionsError(String);

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions")
            .field("redis", &self.redis())
            .finish_non_exhaustive()
    }
}

impl Sessions {
    /// Connects to nothing yet; without a URL this process's memory is all there is.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn new(url: Option<&SecretString>, life: Duration) -> Result<Self, SessionsError> {
        // Two providers may be compiled in, then TLS needs to be told which. Fails only when somebody has chosen before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = url.map(|url| Client::open(url.expose_secret()));
        let client = client
            .transpose()
            .map_err(|err| SessionsError(err.category().to_owned()))?;
        Ok(Self(Arc::new(Shared {
            link: Link::new(client),
            memory: Memory::new(life),
            life,
            locks: Locks::default(),
        })))
    }

    /// Whether Redis answers, without asking it.
    pub fn redis(&self) -> RedisState {
        self.0.link.state()
    }

    /// Whether every task sees what is saved: Redis answers, and has not come back only a moment ago.
    pub fn are_shared(&self) -> bool {
        self.0.link.is_steady()
    }

    /// Waits until no other webhook of the call is under way in this process.
    pub async fn lock(&self, call: &str) -> Held {
        self.0.locks.lock(call).await
    }

    /// The newest session of a call that Redis or this process knows.
    pub async fn load(&self, call: &str) -> Option<Kept> {
        let key = session_key(call);
        let shared = self.get(&key).await.ok().flatten().and_then(Kept::parse);
        let here = self.0.memory.get(&key, Instant::now());
        match (shared, here) {
            (Some(shared), Some(here)) if here.turn > shared.turn => Some(here),
            (Some(shared), _) => Some(shared),
            (None, here) => here,
        }
    }

    /// Keeps a session for its life, unless another task has answered the same turn.
    pub async fn save(&self, call: &str, kept: &Kept) -> Saved {
        let key = session_key(call);
        let life = self.0.life;
        let asked = self
            .0
            .link
            .ask(|connection| keep(connection, &key, kept, life))
            .await;
        let there = match asked {
            Ok(there) => there,
            Err(asked) => {
                note(&self.0, asked);
                self.remember(&key, kept, self.redis() != RedisState::Off);
                return Saved::Here;
            }
        };
        match there.and_then(Kept::parse) {
            Some(there) if there.json() != kept.json() => {
                self.remember(&key, &there, false);
                Saved::Overtaken(there)
            }
            _ => {
                self.remember(&key, kept, false);
                Saved::Shared
            }
        }
    }

    /// The call is over: Redis alone keeps it, as soon as it has it.
    pub fn forget_here(&self, call: &str) {
        self.0.memory.forget(&session_key(call));
    }

    /// The latest call from a number, by the number's index; nothing when it cannot be known.
    pub async fn latest_call(&self, caller: &str) -> Option<String> {
        let key = caller_key(caller);
        match self.get(&key).await {
            Ok(there) => there.and_then(|call| String::from_utf8(call).ok()),
            Err(Away) => {
                let here = self.0.memory.get(&key, Instant::now())?;
                Some(here.sealed().to_owned())
            }
        }
    }

    /// Notes the latest call from a number, for a session's life.
    pub async fn note_call(&self, caller: &str, call: &str) {
        let key = caller_key(caller);
        // What is away is not caught up with: a newer call may have been noted meanwhile.
        if self.set(&key, call, self.0.life).await.is_err() {
            self.remember(&key, &Kept::new(0, call), false);
        }
    }

    /// Whether the end of this call is noted for the first time.
    pub async fn first_end(&self, call: &str) -> bool {
        let key = format!("call_ended:{call}");
        let life = self.0.life;
        let set = self.ask(|mut redis| async move {
            let mut set = redis::cmd("SET");
            set.arg(&key)
                .arg(1)
                .arg("NX")
                .arg("PX")
                .arg(milliseconds(life));
            set.query_async::<Option<()>>(&mut redis).await
        });
        match set.await {
            Ok(set) => set.is_some(),
            Err(Away) => {
                let key = format!("call_ended:{call}");
                let first = self.0.memory.get(&key, Instant::now()).is_none();
                self.remember(&key, &Kept::new(0, ""), false);
                first
            }
        }
    }

    /// Runs a command on the shared connection, bounded, unless Redis is known to be away.
    ///
    /// # Errors
    /// No answer within half a second, or none that is of use.
    pub async fn ask<T, F>(&self, command: impl FnOnce(ConnectionManager) -> F) -> Result<T, Away>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let asked = self.0.link.ask(command).await;
        asked.map_err(|asked| note(&self.0, asked))
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Away> {
        self.ask(|mut connection| async move {
            redis::cmd("GET")
                .arg(key)
                .query_async(&mut connection)
                .await
        })
        .await
    }

    async fn set(&self, key: &str, value: &str, life: Duration) -> Result<(), Away> {
        self.ask(|mut connection| async move {
            let mut set = redis::cmd("SET");
            set.arg(key).arg(value).arg("PX").arg(milliseconds(life));
            set.query_async(&mut connection).await
        })
        .await
    }

    fn remember(&self, key: &str, kept: &Kept, owed: bool) {
        let now = Instant::now();
        self.0.memory.put(key, kept.clone(), now, owed);
    }
}

/// Keeps a session in Redis; answers what is there instead when that is as new.
pub(super) async fn keep(
    mut connection: ConnectionManager,
    key: &str,
    kept: &Kept,
    life: Duration,
) -> RedisResult<Option<Vec<u8>>> {
    let mut invocation = KEEP.key(key);
    invocation
        .arg(kept.turn)
        .arg(&kept.json()[..])
        .arg(milliseconds(life));
    invocation.invoke_async(&mut connection).await
}

fn session_key(call: &str) -> String {
    format!("call_session:{call}")
}

fn caller_key(caller: &str) -> String {
    format!("caller:{caller}")
}

fn milliseconds(life: Duration) -> u64 {
    u64::try_from(life.as_millis()).map_or(u64::MAX, |life| life.max(1))
}
