use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::{Mutex, watch};
use tokio::time::sleep;

use super::agenda::{Agenda, Attempt, Item, Restart};
use super::caller::call;
use super::fired::{Fired, FiredLog, Outcome};
use super::invoke::{Invoker, greatest_age};
use super::service;
use crate::clock::Clock;
use crate::error::SandboxError;
use crate::gateway::{EmulatorClient, Upstream};
use crate::rules::Store;
use crate::temper::Temper;

/// The most invocations that one advance of the clock carries out.
const MOST: usize = 100_000;
/// From a moment that could not be saved, on a full disk, to the next look at it.
const UNSAVED_PAUSE: Duration = Duration::from_secs(1);

/// Carries out what comes due, in order, each at its own moment of the sandbox's clock.
#[derive(Debug)]
pub(crate) struct Clockwork {
    store: Arc<Store>,
    clock: Arc<Clock>,
    temper: Arc<Temper>,
    invoker: Invoker,
    fired: FiredLog,
    /// Held while something is carried out.
    turn: Mutex<()>,
    cancelled: AtomicBool,
}

/// How an advance of the clock ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Advanced {
    pub(crate) fired: usize,
    pub(crate) reached: bool,
}

impl Clockwork {
    /// `port` is the gateway's own: what schedules call goes through it, so that it refuses what it refuses others.
    pub(crate) fn new(
        port: u16,
        emulator: EmulatorClient,
        store: Arc<Store>,
        clock: Arc<Clock>,
        temper: Arc<Temper>,
    ) -> Self {
        let (_, gateway) = watch::channel(Upstream::Ready { port });
        Self {
            invoker: Invoker::new(EmulatorClient::new(gateway, None), emulator),
            store,
            clock,
            temper,
            fired: FiredLog::default(),
            turn: Mutex::new(()),
            cancelled: AtomicBool::new(false),
        }
    }

    /// Carries out what comes due as time passes, without end.
    pub(crate) async fn run(self: Arc<Self>) {
        let mut changed = self.store.changed();
        loop {
            changed.mark_unchanged();
            let wakes = match Agenda::read(&self.store).first() {
                Some((due, _)) => {
                    tokio::select! {
                        () = self.clock.sleep_until(due) => None,
                        woken = changed.changed() => Some(woken),
                    }
                }
                None => Some(changed.changed().await),
            };
            match wakes {
                None => {
                    let _turn = self.turn.lock().await;
                    let first = Agenda::read(&self.store).first();
                    let Some((_, item)) = first.filter(|(due, _)| *due <= self.clock.now()) else {
                        continue;
                    };
                    let carried_out = self.carry_out(item).await;
                    self.invoker.publish().await;
                    if carried_out.is_err() {
                        // It is still due.
                        sleep(UNSAVED_PAUSE).await;
                    }
                }
                Some(Ok(())) => {}
                Some(Err(_)) => return,
            }
        }
    }

    /// Moves the clock to `to`, from one due moment to the next; stops early when cancelled or after very many.
    pub(crate) async fn advance(&self, to: Timestamp) -> Result<Advanced, SandboxError> {
        let _turn = self.turn.lock().await;
        self.cancelled.store(false, Ordering::Relaxed);
        let advanced = self.step_to(to).await;
        self.invoker.publish().await;
        advanced
    }

    async fn step_to(&self, to: Timestamp) -> Result<Advanced, SandboxError> {
        let mut fired = 0;
        while let Some((due, item)) = Agenda::read(&self.store)
            .first()
            .filter(|(due, _)| *due <= to)
        {
            if fired == MOST || self.cancelled.load(Ordering::Relaxed) {
                return Ok(Advanced {
                    fired,
                    reached: false,
                });
            }
            self.clock.set(due)?;
            self.carry_out(item).await?;
            fired += 1;
        }
        self.clock.set(to)?;
        Ok(Advanced {
            fired,
            reached: true,
        })
    }

    /// Has a running advance stop where it is.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// A role or policy changed.
    pub(crate) fn forget_roles(&self) {
        self.invoker.forget_roles();
    }

    /// What there is, when it comes due next, and what was carried out in this run.
    pub(crate) fn told(&self) -> Value {
        let agenda = Agenda::read(&self.store);
        let schedules: Vec<Value> = agenda
            .schedules
            .values()
            .map(|entry| json!({"schedule": entry.arn(), "next": entry.next}))
            .collect();
        let restarts: Vec<Value> = agenda
            .restarts
            .values()
            .map(|restart| json!({"database": restart.instance, "due": restart.due}))
            .collect();
        json!({
            "now": self.clock.now(),
            "schedules": schedules,
            "retries": agenda.repeats.len(),
            "restarts": restarts,
            "fired": self.fired.all(),
        })
    }

    /// An error is that it cannot be saved what is carried out now: then it is not, and stays due.
    async fn carry_out(&self, item: Item) -> Result<(), SandboxError> {
        match item {
            Item::Schedule(key) => self.schedule(&key).await?,
            Item::Repeat(execution) => {
                let taken = Agenda::change(&self.store, |agenda| {
                    let at = agenda
                        .repeats
                        .iter()
                        .position(|one| one.execution == execution);
                    at.map(|at| agenda.repeats.remove(at))
                });
                if let Some(attempt) = taken? {
                    self.invoke(attempt).await;
                }
            }
            Item::Restart(key) => {
                let taken = Agenda::change(&self.store, |agenda| agenda.restarts.remove(&key));
                if let Some(restart) = taken? {
                    self.restart(restart).await;
                }
            }
        }
        Ok(())
    }

    async fn schedule(&self, key: &str) -> Result<(), SandboxError> {
        // Taken first: a kill in between loses one invocation and repeats none.
        let taken = Agenda::change(&self.store, |agenda| {
            let entry = agenda.schedules.get_mut(key)?;
            let occurrence = entry.next?;
            entry.pass();
            let attempt = Attempt {
                place: entry.place.clone(),
                group: entry.group.clone(),
                schedule_arn: entry.arn(),
                target: entry.target().clone(),
                execution: execution(&entry.arn(), occurrence.scheduled),
                scheduled: occurrence.scheduled,
                due: occurrence.due,
                retries: 0,
            };
            Some((entry.clone(), attempt))
        });
        let Some((entry, attempt)) = taken? else {
            return Ok(());
        };
        let place = &entry.place;
        let named = json!({"Name": entry.name, "GroupName": entry.group});
        if self.invoker.is_gone(&entry.group, &entry.name, place).await {
            // Should it not be saved, the next moment finds the same.
            let _ = Agenda::remove(&self.store, place, &entry.group, &entry.name);
            return Ok(());
        }
        self.invoke(attempt).await;
        if entry.is_over() {
            self.invoker.delete_schedule(&named, place).await;
        }
        Ok(())
    }

    async fn invoke(&self, attempt: Attempt) {
        let now = self.clock.now();
        let late = now.duration_since(attempt.due);
        let strict = self.temper.settings().refuse_roles_without_policies;
        let (outcome, error, note) = if late > greatest_age(&attempt.target) {
            (Outcome::Missed, None, None)
        } else {
            let done = self.invoker.invoke(&attempt, now, strict).await;
            if let Some(repeat) = done.repeat {
                // Should it not be saved, it is not repeated; the log says that it was to be.
                let _ = Agenda::change(&self.store, |agenda| agenda.repeats.push(repeat));
            }
            (done.outcome, done.error, done.note)
        };
        let target = attempt.target["Arn"].as_str().unwrap_or_default();
        self.fired.add(Fired {
            at: now,
            scheduled: attempt.scheduled,
            schedule: attempt.schedule_arn,
            target: target.to_owned(),
            retries: attempt.retries,
            outcome,
            error,
            note,
        });
    }

    /// Starts a database that has been stopped for as long as AWS lets it be.
    async fn restart(&self, restart: Restart) {
        let Some(rds) = service::find("rds") else {
            return;
        };
        let input = json!({"DbInstanceIdentifier": restart.instance});
        let gateway = self.invoker.gateway();
        let started = call(gateway, rds, "StartDBInstance", &input, &restart.place).await;
        let error = started.err().map(|e| format!("{}: {}", e.code, e.message));
        let (account, region) = (&restart.place.account, &restart.place.region);
        self.fired.add(Fired {
            at: self.clock.now(),
            scheduled: restart.due,
            schedule: format!("arn:aws:rds:{region}:{account}:db:{}", restart.instance),
            target: "StartDBInstance".to_owned(),
            retries: 0,
            outcome: match error {
                None => Outcome::Done,
                Some(_) => Outcome::Dropped,
            },
            error,
            note: None,
        });
    }
}

/// The same for the same schedule and moment.
fn execution(schedule: &str, scheduled: Timestamp) -> String {
    let text = format!("{schedule} {scheduled}");
    let first = crate::home::short_hash(&text);
    let second = crate::home::short_hash(&format!("{text}+"));
    format!("{first}{}", &second[..4])
}

/// How long after a failure the next attempt is made: AWS says "exponential" and no figures; these reach the 185
/// retries of its default within its default day.
pub(super) fn pause(retries: u32) -> SignedDuration {
    SignedDuration::from_secs(2_i64.saturating_pow(retries).min(450))
}
