use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::agenda::Attempt;
use super::caller::call;
use super::clockwork::pause;
use super::dead_letter::{Exhausted, letter, with_url};
use super::fired::Outcome;
use super::metrics::{self, Counts};
use super::place::Place;
use super::role::{Role, no_trust};
use super::service;
use super::target::{Failure, Invocation};
use crate::gateway::EmulatorClient;

const NO_POLICIES: &str = "the role has no policies: AWS refuses this";

/// Calls targets in their role's name.
#[derive(Debug)]
pub(super) struct Invoker {
    gateway: EmulatorClient,
    emulator: EmulatorClient,
    roles: Mutex<BTreeMap<String, Option<Role>>>,
    counts: Counts,
}

/// What became of an attempt.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) error: Option<String>,
    pub(super) note: Option<&'static str>,
    /// The next attempt.
    pub(super) repeat: Option<Attempt>,
}

impl Invoker {
    pub(super) fn new(gateway: EmulatorClient, emulator: EmulatorClient) -> Self {
        Self {
            gateway,
            emulator,
            roles: Mutex::default(),
            counts: Counts::default(),
        }
    }

    pub(super) fn gateway(&self) -> &EmulatorClient {
        &self.gateway
    }

    pub(super) fn forget_roles(&self) {
        let mut roles = self.roles.lock().unwrap_or_else(PoisonError::into_inner);
        roles.clear();
    }

    /// Publishes metrics of what was invoked since the last time.
    pub(super) async fn publish(&self) {
        self.counts.publish(&self.emulator).await;
    }

    /// True when the emulator surely has no such schedule any more.
    pub(super) async fn is_gone(&self, group: &str, name: &str, place: &Place) -> bool {
        let Some(request) = super::wire::get_schedule(group, name, place) else {
            return false;
        };
        let answer = self.emulator.ask(&request, true).await;
        answer.is_ok_and(|answer| answer.status == hyper::StatusCode::NOT_FOUND)
    }

    /// Deletes a schedule that is over, as any caller would.
    pub(super) async fn delete_schedule(&self, named: &Value, place: &Place) {
        if let Some(scheduler) = service::find("scheduler") {
            // One that somebody deleted meanwhile is gone as well.
            let _ = call(&self.gateway, scheduler, "DeleteSchedule", named, place).await;
        }
    }

    pub(super) async fn invoke(&self, attempt: &Attempt, now: Timestamp, strict: bool) -> Done {
        let mut counted = vec![metrics::ATTEMPTS];
        let called = match Invocation::of(attempt) {
            Ok(invocation) => self.call_as_role(&invocation, attempt, strict).await,
            Err(failure) => Err(failure),
        };
        let done = match called {
            Ok(note) => Done {
                outcome: Outcome::Done,
                error: None,
                note,
                repeat: None,
            },
            Err(failure) => {
                self.failed(attempt, failure, now, strict, &mut counted)
                    .await
            }
        };
        self.counts.add(&counted, &attempt.group, &attempt.place);
        done
    }

    async fn failed(
        &self,
        attempt: &Attempt,
        failure: Failure,
        now: Timestamp,
        strict: bool,
        counted: &mut Vec<&'static str>,
    ) -> Done {
        counted.push(metrics::ERRORS);
        if failure.code.contains("Throttl") || failure.code == "RequestLimitExceeded" {
            counted.push(metrics::THROTTLED);
        }
        let error = Some(format!("{}: {}", failure.code, failure.message));
        let exhausted = match next_attempt(attempt, now) {
            Ok(repeat) => {
                return Done {
                    outcome: Outcome::Retried,
                    error,
                    note: None,
                    repeat: Some(repeat),
                };
            }
            Err(exhausted) => exhausted,
        };
        counted.push(metrics::DROPPED);
        let outcome = match letter(attempt, &failure, exhausted) {
            None => Outcome::Dropped,
            Some(letter) => match self.call_as_role(&letter, attempt, strict).await {
                Ok(_) => {
                    counted.push(metrics::DEAD_LETTERS);
                    Outcome::DeadLetter
                }
                Err(_) => {
                    counted.push(metrics::LOST_LETTERS);
                    Outcome::Dropped
                }
            },
        };
        Done {
            outcome,
            error,
            note: None,
            repeat: None,
        }
    }

    /// What is to be noted of a call that was done.
    async fn call_as_role(
        &self,
        invocation: &Invocation,
        attempt: &Attempt,
        strict: bool,
    ) -> Result<Option<&'static str>, Failure> {
        let arn = attempt.target["RoleArn"].as_str().unwrap_or_default();
        let place = &attempt.place;
        let role = self.role(arn, place).await?.ok_or_else(|| no_trust(arn))?;
        let group = format!(
            "arn:aws:scheduler:{}:{}:schedule-group/{}",
            place.region, place.account, attempt.group
        );
        let unchecked = role.permit(invocation, &group, &place.account, strict)?;
        let input = with_url(&self.emulator, invocation, attempt).await?;
        let (service, operation) = (invocation.service, &invocation.operation);
        call(&self.gateway, service, operation, &input, place).await?;
        Ok(unchecked.then_some(NO_POLICIES))
    }

    /// Read once until IAM changes.
    async fn role(&self, arn: &str, place: &Place) -> Result<Option<Role>, Failure> {
        let key = format!("{} {arn}", place.account);
        let known = {
            let roles = self.roles.lock().unwrap_or_else(PoisonError::into_inner);
            roles.get(&key).cloned()
        };
        if let Some(role) = known {
            return Ok(role);
        }
        let role = Role::read(&self.emulator, arn, place).await?;
        let mut roles = self.roles.lock().unwrap_or_else(PoisonError::into_inner);
        roles.insert(key, role.clone());
        Ok(role)
    }
}

/// The attempt after one that failed, as far as the retry policy goes.
fn next_attempt(attempt: &Attempt, now: Timestamp) -> Result<Attempt, Exhausted> {
    let most = attempt.target["RetryPolicy"]["MaximumRetryAttempts"]
        .as_u64()
        .unwrap_or(185);
    if u64::from(attempt.retries) >= most {
        return Err(Exhausted::Attempts);
    }
    let due = now.checked_add(pause(attempt.retries)).unwrap_or(now);
    if due.duration_since(attempt.scheduled) > greatest_age(&attempt.target) {
        return Err(Exhausted::Age);
    }
    Ok(Attempt {
        due,
        retries: attempt.retries + 1,
        ..attempt.clone()
    })
}

/// How long after its moment a target may still be invoked.
pub(super) fn greatest_age(target: &Value) -> SignedDuration {
    let seconds = target["RetryPolicy"]["MaximumEventAgeInSeconds"].as_i64();
    SignedDuration::from_secs(seconds.unwrap_or(86_400))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use serde_json::{Value, json};

    use super::{Attempt, Exhausted, Place, next_attempt};

    fn attempts(policy: Value) -> (u32, SignedDuration, Exhausted) {
        let scheduled: Timestamp = "2026-11-22T20:00:00Z".parse().expect("a time");
        let mut attempt = Attempt {
            place: Place {
                account: String::new(),
                region: String::new(),
            },
            group: String::new(),
            schedule_arn: String::new(),
            target: json!({"RetryPolicy": policy}),
            execution: String::new(),
            scheduled,
            due: scheduled,
            retries: 0,
        };
        loop {
            match next_attempt(&attempt, attempt.due) {
                Ok(next) => attempt = next,
                Err(why) => {
                    return (attempt.retries, attempt.due.duration_since(scheduled), why);
                }
            }
        }
    }

    #[test]
    fn attempts_end_by_number_or_age() {
        let seconds = SignedDuration::from_secs;
        assert_eq!(
            attempts(json!({"MaximumRetryAttempts": 3})),
            (3, seconds(1 + 2 + 4), Exhausted::Attempts)
        );
        assert_eq!(
            attempts(json!({"MaximumRetryAttempts": 0})),
            (0, seconds(0), Exhausted::Attempts)
        );
        assert_eq!(
            attempts(json!({"MaximumEventAgeInSeconds": 60})),
            (5, seconds(31), Exhausted::Age)
        );
        let (retries, age, why) = attempts(Value::Null);
        assert_eq!((retries, why), (185, Exhausted::Attempts));
        assert!(age < SignedDuration::from_hours(24), "{age:?}");
    }
}
