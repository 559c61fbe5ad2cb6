use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::gateway::{Gateway, Saved};
use crate::journal::Journal;

/// From a change to the save of it.
const SOON: Duration = Duration::from_secs(1);
/// Looks at what the emulator may have done by itself after the last call, each counted from the one before.
const LATER: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(60)];
/// How long a save waits for calls at work, and how often it tries before it takes the state as it is.
const STILL_LIMIT: Duration = Duration::from_millis(200);
const STILL_TRIES: u32 = 5;
const STILL_PAUSE: Duration = Duration::from_millis(500);
/// A save that answers nothing for so long is given up; the emulator's own log says more.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// Has one run of the emulator saved a second after each change, and never while nothing changes.
pub(super) struct Saver {
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    gateway: Arc<Gateway>,
    journal: Arc<Journal>,
}

/// How far a save is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Held in memory: calls may go on.
    Taken,
    Saved,
    Unchanged,
    Failed,
}

/// A line of the launcher's.
#[derive(Debug, Deserialize)]
struct Line {
    state: State,
    #[serde(default)]
    bytes: u64,
    #[serde(default)]
    reason: String,
}

impl Saver {
    /// `None` when the child's pipes were taken already.
    pub(super) fn of(
        child: &mut Child,
        gateway: &Arc<Gateway>,
        journal: &Arc<Journal>,
    ) -> Option<Self> {
        Some(Self {
            requests: child.stdin.take()?,
            answers: BufReader::new(child.stdout.take()?).lines(),
            gateway: Arc::clone(gateway),
            journal: Arc::clone(journal),
        })
    }

    /// Saves whenever there is something to save; never returns.
    pub(super) async fn run(mut self) {
        if let Err(error) = self.watch().await {
            self.journal.note(format_args!(
                "the state is saved only at the end from now on: {error}"
            ));
        }
        pending::<()>().await;
    }

    async fn watch(&mut self) -> io::Result<()> {
        let mut changes = self.gateway.quiet.changes();
        let gone = |_| io::Error::other("the gateway is gone");
        // What changed before this run of the emulator is in the state that it loaded.
        changes.mark_unchanged();
        loop {
            changes.changed().await.map_err(gone)?;
            loop {
                sleep(SOON).await;
                self.save(seen(&mut changes)).await?;
                let mut again = false;
                for wait in LATER {
                    if let Ok(changed) = timeout(wait, changes.changed()).await {
                        changed.map_err(gone)?;
                        again = true;
                        break;
                    }
                    self.save(seen(&mut changes)).await?;
                }
                if !again {
                    break;
                }
            }
        }
    }

    async fn save(&mut self, through: u64) -> io::Result<()> {
        let gateway = Arc::clone(&self.gateway);
        let mut still = None;
        for attempt in 0..STILL_TRIES {
            if attempt > 0 {
                sleep(STILL_PAUSE).await;
            }
            still = gateway.quiet.still(STILL_LIMIT).await;
            if still.is_some() {
                break;
            }
        }
        let began = Instant::now();
        self.requests.write_all(b"save\n").await?;
        self.requests.flush().await?;
        let first = self.answer().await?;
        drop(still);
        let held = began.elapsed();
        let last = match first.state {
            State::Taken => self.answer().await?,
            _ => first,
        };
        match last.state {
            State::Failed => {
                let reason = last.reason;
                self.journal
                    .note(format_args!("the state was not saved: {reason}"));
            }
            State::Unchanged => gateway.quiet.saved(through, None),
            State::Saved | State::Taken => {
                let saved = Saved {
                    at: Timestamp::now(),
                    held_ms: milliseconds(held),
                    took_ms: milliseconds(began.elapsed()),
                    bytes: last.bytes,
                };
                gateway.quiet.saved(through, Some(saved));
            }
        }
        Ok(())
    }

    async fn answer(&mut self) -> io::Result<Line> {
        let line = timeout(ANSWER_LIMIT, self.answers.next_line())
            .await
            .map_err(|_| io::Error::other("the emulator does not answer"))??
            .ok_or_else(|| io::Error::other("the emulator ended"))?;
        serde_json::from_str(&line).map_err(io::Error::other)
    }
}

/// The count of changes, in a statement of its own: while it is borrowed nobody can count.
fn seen(changes: &mut watch::Receiver<u64>) -> u64 {
    *changes.borrow_and_update()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Line, State};

    #[test]
    fn lines_of_the_launcher() {
        let read = |text: &str| serde_json::from_str::<Line>(text).expect("a line");
        assert_eq!(read(r#"{"state": "taken"}"#).state, State::Taken);
        let saved = read(r#"{"state": "saved", "bytes": 12}"#);
        assert_eq!((saved.state, saved.bytes), (State::Saved, 12));
        assert_eq!(read(r#"{"state": "unchanged"}"#).state, State::Unchanged);
        let failed = read(r#"{"state": "failed", "reason": "no room"}"#);
        assert_eq!(
            (failed.state, failed.reason.as_str()),
            (State::Failed, "no room")
        );
    }
}
