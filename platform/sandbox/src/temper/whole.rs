use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::bucket::Buckets;
use super::credentials::Credentials;
use super::dice::Dice;
use super::fired::{Fired, What};
use super::refusal::Refusal;
use super::settings::Settings;
use super::wait::Wait;
use crate::clock::Clock;
use crate::error::SandboxError;
use crate::gateway::Call;
use crate::record;

/// The temper of one instance: its settings, kept in its home, and what follows from them.
#[derive(Debug)]
pub(crate) struct Temper {
    file: PathBuf,
    clock: Arc<Clock>,
    settings: Mutex<Settings>,
    buckets: Buckets,
    credentials: Credentials,
    fired: Fired,
}

impl Temper {
    pub(crate) fn open(file: PathBuf, clock: Arc<Clock>) -> Self {
        let settings = record::read(&file).unwrap_or_default();
        Self {
            file,
            clock,
            settings: Mutex::new(settings),
            buckets: Buckets::default(),
            credentials: Credentials::default(),
            fired: Fired::default(),
        }
    }

    /// Replaces the settings; buckets are full again, and the log of what fired begins anew.
    pub(crate) fn set(&self, settings: Settings) -> Result<(), SandboxError> {
        record::write(&self.file, &settings)?;
        *self.held() = settings;
        self.buckets.clear();
        self.credentials.clear();
        self.fired.clear();
        Ok(())
    }

    pub(crate) fn settings(&self) -> Settings {
        self.held().clone()
    }

    pub(crate) fn seed(&self) -> u64 {
        self.held().seed
    }

    /// Why a call is refused before anybody looks at it.
    pub(crate) fn refuses(&self, call: &Call) -> Option<Refusal> {
        let settings = self.settings();
        let key = call.access_key.as_deref();
        let expired = settings.credentials_expire_after.zip(key);
        if expired.is_some_and(|(after, key)| self.credentials.expired(key, after)) {
            let refusal = Refusal::expired(call);
            self.note(call, What::Expired, refusal.code);
            return Some(refusal);
        }
        if settings.throttling && !self.buckets.take(call, self.clock.now()) {
            let refusal = Refusal::throttled(call);
            self.note(call, What::Throttled, refusal.code);
            return Some(refusal);
        }
        None
    }

    /// When a state that begins now ends; `None` when states pass at once.
    pub(crate) fn until(&self, wait: Wait, object: &str) -> Option<Timestamp> {
        let settings = self.settings();
        let dice = Dice::of(settings.seed, &["wait", object], 0);
        let seconds = wait.taken(dice) / settings.speed?;
        Some(self.after(seconds))
    }

    /// Until when what is made now may not be seen everywhere; `None` when it is at once.
    pub(crate) fn unseen_until(&self, object: &str) -> Option<Timestamp> {
        let settings = self.settings();
        let dice = Dice::of(settings.seed, &["lag", object], 0);
        Some(self.after(settings.lag_seconds? * (0.5 + 0.5 * dice.number(0))))
    }

    /// Whether states take their time.
    pub(crate) fn takes_time(&self) -> bool {
        self.held().speed.is_some()
    }

    /// Whether new things are seen late.
    pub(crate) fn lags(&self) -> bool {
        self.held().lag_seconds.is_some()
    }

    /// Writes down what was done to a call.
    pub(crate) fn note(&self, call: &Call, what: What, detail: &str) {
        self.fired.add(call, self.clock.now(), what, detail);
    }

    /// What `GET /_bella/fired` says.
    pub(crate) fn told(&self) -> Value {
        json!({"temper": self.settings(), "fired": self.fired.all()})
    }

    fn after(&self, seconds: f64) -> Timestamp {
        let by = SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX);
        self.clock
            .now()
            .saturating_add(by)
            .unwrap_or(Timestamp::MAX)
    }

    fn held(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
