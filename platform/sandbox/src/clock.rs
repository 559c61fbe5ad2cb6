use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::error::SandboxError;
use crate::record;

/// What time it is in the sandbox: real time plus an offset that only grows, or a moment at which it is held.
///
/// It is kept in the instance's home and outlives the daemon; real time passes on it also while no daemon runs, unless
/// it is held.
#[derive(Debug)]
pub(crate) struct Clock {
    file: PathBuf,
    setting: Mutex<Setting>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Setting {
    /// Milliseconds ahead of real time.
    #[serde(default)]
    ahead_ms: i64,
    /// The moment at which the clock stands still.
    #[serde(default)]
    held: Option<Timestamp>,
    /// The latest time that was shown: real time may be set back, this clock is not.
    #[serde(default)]
    shown: Option<Timestamp>,
}

impl Clock {
    pub(crate) fn open(file: PathBuf) -> Self {
        let setting = record::read(&file).unwrap_or_default();
        Self {
            file,
            setting: Mutex::new(setting),
            changed: watch::Sender::new(()),
        }
    }

    /// The time, never earlier than it was before.
    pub(crate) fn now(&self) -> Timestamp {
        shown(&mut self.setting())
    }

    pub(crate) fn is_held(&self) -> bool {
        self.setting().held.is_some()
    }

    /// Sets the clock; to an earlier time than it shows does nothing.
    pub(crate) fn set(&self, to: Timestamp) -> Result<(), SandboxError> {
        self.change(|setting| {
            if to <= shown(setting) {
                return;
            }
            match &mut setting.held {
                Some(held) => *held = to,
                None => setting.ahead_ms = ahead_of_real(to),
            }
        })
    }

    /// Stops real time, so that only advances move the clock, or lets it go on from where it stands.
    pub(crate) fn hold(&self, held: bool) -> Result<(), SandboxError> {
        self.change(|setting| {
            let now = shown(setting);
            setting.held = held.then_some(now);
            setting.ahead_ms = ahead_of_real(now);
        })
    }

    /// Told whenever the clock is advanced, set, held or let go.
    pub(crate) fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Returns when the clock shows at least that time.
    pub(crate) async fn sleep_until(&self, time: Timestamp) {
        let mut changed = self.changed();
        loop {
            changed.mark_unchanged();
            let left = time.duration_since(self.now());
            let Ok(left) = Duration::try_from(left) else {
                return;
            };
            if left.is_zero() {
                return;
            }
            let woken = if self.is_held() {
                changed.changed().await
            } else {
                tokio::select! {
                    () = tokio::time::sleep(left) => Ok(()),
                    woken = changed.changed() => woken,
                }
            };
            // The sender lives as long as the clock.
            debug_assert!(woken.is_ok());
        }
    }

    fn change(&self, change: impl FnOnce(&mut Setting)) -> Result<(), SandboxError> {
        let mut setting = self.setting();
        change(&mut setting);
        shown(&mut setting);
        record::replace(&self.file, &*setting)?;
        drop(setting);
        self.changed.send_replace(());
        Ok(())
    }

    fn setting(&self) -> MutexGuard<'_, Setting> {
        self.setting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(setting: &mut Setting) -> Timestamp {
    let now = setting.held.unwrap_or_else(|| {
        Timestamp::now()
            .saturating_add(SignedDuration::from_millis(setting.ahead_ms))
            .unwrap_or(Timestamp::MAX)
    });
    let now = setting.shown.map_or(now, |shown| shown.max(now));
    setting.shown = Some(now);
    now
}

fn ahead_of_real(time: Timestamp) -> i64 {
    let ahead = time.duration_since(Timestamp::now()).as_millis();
    i64::try_from(ahead).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp, ToSpan as _};

    use super::Clock;

    fn file(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("bella-clock-{name}-{}.json", std::process::id()))
    }

    #[test]
    fn it_is_kept_and_never_goes_back() {
        let file = file("kept");
        let clock = Clock::open(file.clone());
        assert!(clock.now().duration_since(Timestamp::now()) < SignedDuration::from_secs(5));
        clock.set(clock.now() + 8.hours()).expect("saved");
        let ahead = clock.now().duration_since(Timestamp::now());
        assert!(ahead > SignedDuration::from_hours(7), "{ahead:?}");
        clock.set(Timestamp::now()).expect("saved");
        clock.hold(true).expect("saved");
        let held = clock.now();
        assert!(held.duration_since(Timestamp::now()) > SignedDuration::from_hours(7));
        let again = Clock::open(file.clone());
        assert_eq!((again.now(), again.is_held()), (held, true));
        let noon: Timestamp = "2099-01-01T12:00:00Z".parse().expect("a time");
        again.set(noon).expect("saved");
        assert_eq!(again.now(), noon);
        again.hold(false).expect("saved");
        assert!(again.now() >= noon);
        std::fs::remove_file(file).expect("removed");
    }

    #[tokio::test]
    async fn an_advance_wakes_who_sleeps() {
        let file = file("wakes");
        let clock = Arc::new(Clock::open(file.clone()));
        clock.hold(true).expect("saved");
        let until = clock.now() + 30.minutes();
        let sleeper = Arc::clone(&clock);
        let asleep = tokio::spawn(async move {
            sleeper.sleep_until(until).await;
            sleeper.now()
        });
        clock.set(until - 1.minute()).expect("saved");
        tokio::task::yield_now().await;
        assert!(!asleep.is_finished());
        clock.set(until + 1.minute()).expect("saved");
        let woken = tokio::time::timeout(Duration::from_secs(10), asleep).await;
        assert_eq!(woken.expect("in time").expect("ended"), until + 1.minute());
        std::fs::remove_file(file).expect("removed");
    }
}
