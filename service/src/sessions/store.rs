//! Sessions: loaded, saved, and one webhook of a call at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::RedisResult;
use redis::aio::ConnectionManager;

use super::commands;
use super::kept::{Kept, Saved};
use super::keys::Keys;
use super::link::{Asked, Away, Link, RedisState};
use super::locks::{Held, Locks};
use super::memory::Memory;
use super::recovery::note;
use crate::config::RedisConfig;

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
    keys: Keys,
    locks: Locks,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions")
            .field("redis", &self.redis())
            .finish_non_exhaustive()
    }
}

impl Sessions {
    /// Connects to nothing yet; without a Redis this process's memory is all there is.
    pub fn new(redis: Option<&RedisConfig>, life: Duration) -> Self {
        // Two providers may be compiled in, then TLS needs to be told which. Fails only when somebody has chosen before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self(Arc::new(Shared {
            link: Link::new(redis.map(RedisConfig::client).cloned()),
            memory: Memory::new(life),
            life,
            keys: redis.map(RedisConfig::keys).cloned().unwrap_or_default(),
            locks: Locks::default(),
        }))
    }

    /// What things are called in Redis.
    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
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
        let key = self.keys().session(call);
        let there = self.ask(|redis| commands::get(redis, &key)).await;
        self.newest(&key, there.ok().flatten())
    }

    /// As [`Sessions::load`]; and the latest call from a number, by the number's index, where that can be known.
    pub async fn load_with_latest(
        &self,
        call: &str,
        caller: &str,
    ) -> (Option<Kept>, Option<String>) {
        let keys = (self.keys().session(call), self.keys().caller(caller));
        let both = self.ask(|redis| commands::get_both(redis, (&keys.0, &keys.1)));
        match both.await {
            Ok((there, latest)) => {
                let latest = latest.and_then(|call| String::from_utf8(call).ok());
                (self.newest(&keys.0, there), latest)
            }
            Err(Away) => {
                let latest = self.0.memory.get(&keys.1, Instant::now());
                let latest = latest.map(|call| call.sealed().to_owned());
                (self.newest(&keys.0, None), latest)
            }
        }
    }

    /// Keeps a session for its life, unless another task has answered the same turn.
    pub async fn save(&self, call: &str, kept: &Kept) -> Saved {
        let (key, life) = (self.keys().session(call), self.0.life);
        let asked = self
            .0
            .link
            .ask(|redis| commands::keep(redis, &key, kept, life));
        self.saved(&key, kept, asked.await)
    }

    /// As [`Sessions::save`]; and notes that it is the latest call from a number, for as long.
    pub async fn save_as_latest(&self, call: &str, kept: &Kept, caller: &str) -> Saved {
        let (keys, life) = (
            (self.keys().session(call), self.keys().caller(caller)),
            self.0.life,
        );
        let asked = self
            .0
            .link
            .ask(|redis| commands::keep_and_set(redis, (&keys.0, kept), (&keys.1, call), life));
        let asked = asked.await;
        if asked.is_err() {
            // What is away is not caught up with: a newer call may have been noted meanwhile.
            self.remember(&keys.1, &Kept::new(0, call), false);
        }
        self.saved(&keys.0, kept, asked)
    }

    /// The call is over: Redis alone keeps it, as soon as it has it.
    pub fn forget_here(&self, call: &str) {
        self.0.memory.forget(&self.keys().session(call));
    }

    /// Whether the end of this call is noted for the first time.
    pub async fn first_end(&self, call: &str) -> bool {
        let (key, life) = (self.keys().ended(call), self.0.life);
        let set = self
            .ask(|redis| commands::set_first(redis, &key, life))
            .await;
        set.unwrap_or_else(|Away| {
            let first = self.0.memory.get(&key, Instant::now()).is_none();
            self.remember(&key, &Kept::new(0, ""), false);
            first
        })
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

    /// Of what Redis has and what this process has, the newer.
    fn newest(&self, key: &str, there: Option<Vec<u8>>) -> Option<Kept> {
        let shared = there.and_then(Kept::parse);
        let here = self.0.memory.get(key, Instant::now());
        match (shared, here) {
            (Some(shared), Some(here)) if here.turn > shared.turn => Some(here),
            (Some(shared), _) => Some(shared),
            (None, here) => here,
        }
    }

    /// Remembers what came of keeping a session.
    fn saved(&self, key: &str, kept: &Kept, asked: Result<Option<Vec<u8>>, Asked>) -> Saved {
        let there = match asked {
            Ok(there) => there,
            Err(asked) => {
                note(&self.0, asked);
                self.remember(key, kept, self.redis() != RedisState::Off);
                return Saved::Here;
            }
        };
        match there.and_then(Kept::parse) {
            Some(there) if there.json() != kept.json() => {
                self.remember(key, &there, false);
                Saved::Overtaken(there)
            }
            _ => {
                self.remember(key, kept, false);
                Saved::Shared
            }
        }
    }

    fn remember(&self, key: &str, kept: &Kept, owed: bool) {
        let now = Instant::now();
        self.0.memory.put(key, kept.clone(), now, owed);
    }
}
