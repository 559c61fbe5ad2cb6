//! The lease in a bucket: one object, replaced only by who saw it last.
//!
//! It lasts some seconds and is renewed while its run lives. Whether it has run out is judged by
//! the store's clock alone, as the object's age; its holder counts from before its own last write,
//! so that it stops first. An abandoned lease is taken over with the next fencing number, after the
//! run that left it was sealed: its next event is refused.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bella_engine::cloud::CloudError;
use bella_engine::ledger::LedgerError;
use serde::{Deserialize, Serialize};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::Holder;
use crate::ledger::bucket::{Bucket, Seen};

/// Both of S3's times are cut to whole seconds.
const ROUNDING: Duration = Duration::from_secs(2);
/// Renewals in the time that a lease lasts.
const RENEWALS: u32 = 3;
/// How long giving it back may hold up the end of a run; then it runs out by itself.
const FAREWELL: Duration = Duration::from_secs(5);

/// The lease as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Paper {
    /// Counts holders.
    fence: u64,
    /// How long it holds after it was written.
    seconds: u64,
    /// The run that holds it.
    run: String,
    /// Counts writes of one holder, so that no two texts are the same.
    writes: u64,
    /// Who holds it; `None` after it was given back.
    holder: Option<Holder>,
}

/// Where a stack's lease lies.
#[derive(Clone, Debug)]
pub(in crate::ledger) struct Desk {
    pub(in crate::ledger) bucket: Bucket,
    pub(in crate::ledger) key: String,
    pub(in crate::ledger) lasts: Duration,
}

/// What lies there.
#[derive(Debug)]
pub(in crate::ledger) enum Found {
    /// Nobody has it. `fence` is the last number, `etag` what to replace.
    Free { fence: u64, etag: Option<String> },
    /// It is held, or was until it ran out.
    Taken {
        fence: u64,
        etag: String,
        run: String,
        holder: Option<Box<Holder>>,
        ran_out: bool,
    },
}

impl Desk {
    pub(in crate::ledger) async fn look(&self) -> Result<Found, CloudError> {
        let Some(seen) = self.bucket.read(&self.key).await? else {
            return Ok(Found::Free {
                fence: 0,
                etag: None,
            });
        };
        Ok(self.read(seen))
    }

    /// What cannot be read is somebody's until it is old.
    fn read(&self, seen: Seen) -> Found {
        let paper: Option<Paper> = serde_json::from_str(&seen.text).ok();
        let (fence, lasts, run, holder, given_back) = match paper {
            Some(paper) => (
                paper.fence,
                Duration::from_secs(paper.seconds),
                paper.run,
                paper.holder.clone().map(Box::new),
                paper.holder.is_none(),
            ),
            None => (0, self.lasts, String::new(), None, false),
        };
        if given_back {
            return Found::Free {
                fence,
                etag: Some(seen.etag),
            };
        }
        Found::Taken {
            fence,
            etag: seen.etag,
            run,
            holder,
            ran_out: seen.age >= lasts + ROUNDING,
        }
    }

    /// Takes the lease with the number after `fence`, from exactly the state that `etag` names;
    /// `None` when somebody was faster.
    pub(in crate::ledger) async fn take(
        &self,
        fence: u64,
        etag: Option<&str>,
        run: &str,
        holder: &Holder,
    ) -> Result<Option<BucketLease>, CloudError> {
        let paper = Paper {
            fence: fence + 1,
            seconds: self.lasts.as_secs(),
            run: run.to_owned(),
            writes: 0,
            holder: Some(holder.clone()),
        };
        let since = Moment::now();
        let Some(etag) = self.write(&paper, etag).await? else {
            return Ok(None);
        };
        Ok(Some(BucketLease::kept(self.clone(), paper, etag, since)))
    }

    /// Leaves it to nobody, with the number after `fence`; false when it is held by another by now.
    pub(in crate::ledger) async fn clear(
        &self,
        fence: u64,
        etag: &str,
    ) -> Result<bool, CloudError> {
        let paper = Paper {
            fence: fence + 1,
            seconds: 0,
            run: String::new(),
            writes: 0,
            holder: None,
        };
        Ok(self.write(&paper, Some(etag)).await?.is_some())
    }

    async fn write(&self, paper: &Paper, etag: Option<&str>) -> Result<Option<String>, CloudError> {
        let text = serde_json::to_string(paper).unwrap_or_default();
        match etag {
            Some(etag) => self.bucket.replace(&self.key, &text, etag).await,
            None => self.bucket.create(&self.key, &text).await,
        }
    }
}

/// A lease that is held, and renewed in the background until it is dropped or lost.
#[derive(Debug)]
pub(in crate::ledger) struct BucketLease {
    term: Arc<Term>,
    keeper: Option<JoinHandle<()>>,
}

/// How long the holder may act.
#[derive(Debug)]
struct Term {
    lasts: Duration,
    state: Mutex<State>,
    over: Notify,
}

#[derive(Debug)]
struct State {
    since: Moment,
    lost: bool,
}

impl Term {
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it still holds. Once lost it stays so: what was stopped for it is not taken up again.
    fn holds(&self) -> bool {
        self.with(|state| {
            state.lost |= state.since.passed() >= self.lasts;
            !state.lost
        })
    }
}

impl BucketLease {
    fn kept(desk: Desk, paper: Paper, etag: String, since: Moment) -> Self {
        let term = Arc::new(Term {
            lasts: desk.lasts,
            state: Mutex::new(State { since, lost: false }),
            over: Notify::new(),
        });
        let keeper = tokio::spawn(keep(desk, paper, etag, term.clone()));
        Self {
            term,
            keeper: Some(keeper),
        }
    }

    pub(in crate::ledger) fn hold(&self) -> Result<(), LedgerError> {
        match self.term.holds() {
            true => Ok(()),
            false => Err(LedgerError::LeaseLost),
        }
    }

    pub(in crate::ledger) fn lose(&self) {
        self.term.with(|state| state.lost = true);
    }
}

impl Drop for BucketLease {
    /// Gives it back, where the runtime lets a drop wait; else the keeper does so while it can.
    fn drop(&mut self) {
        self.term.over.notify_one();
        let Some((keeper, runtime)) = self.keeper.take().zip(Handle::try_current().ok()) else {
            return;
        };
        if runtime.runtime_flavor() == RuntimeFlavor::MultiThread && !std::thread::panicking() {
            tokio::task::block_in_place(|| {
                // A lease that is not given back runs out.
                let _ran_out =
                    runtime.block_on(async { tokio::time::timeout(FAREWELL, keeper).await });
            });
        }
    }
}

/// Renews the lease until its run is over, then gives it back.
async fn keep(desk: Desk, mut paper: Paper, mut etag: String, term: Arc<Term>) {
    let mut pause = desk.lasts / RENEWALS;
    loop {
        let over = tokio::time::timeout(pause, term.over.notified())
            .await
            .is_ok();
        if !term.holds() {
            return;
        }
        paper.writes += 1;
        if over {
            paper.holder = None;
        }
        let since = Moment::now();
        match desk.write(&paper, Some(&etag)).await {
            Ok(Some(written)) => {
                etag = written;
                term.with(|state| state.since = since);
                pause = desk.lasts / RENEWALS;
            }
            Ok(None) => return term.with(|state| state.lost = true),
            // It lasts a while yet, and the store may answer again in that time.
            Err(_unanswered) => pause = desk.lasts / (RENEWALS * 4),
        }
        if over {
            return;
        }
    }
}

/// A moment of this machine. Time passes by whichever of its clocks saw more of it: the monotonic
/// one stands still while a laptop sleeps, the other one can be set back.
#[derive(Clone, Copy, Debug)]
struct Moment {
    monotonic: Instant,
    wall: SystemTime,
}

impl Moment {
    fn now() -> Self {
        Self {
            monotonic: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    fn passed(&self) -> Duration {
        let wall = self.wall.elapsed().unwrap_or_default();
        self.monotonic.elapsed().max(wall)
    }
}
