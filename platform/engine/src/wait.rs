//! Looking at one object until the cloud shows what a step is waiting for.

use std::time::Duration;

use serde_json::Value;

use crate::cloud::{Cloud, Fault};
use crate::progress::StepError;
use crate::resource::{Identity, Observed, Owner, Phase, Scope, Tags};
use crate::retry::Backoff;
use crate::step::Doer;

/// Longest wait for a state (RDS: 40 min, load balancer ENIs: 35 min; `aws-behaviours.md` rows 14,
/// 51, 57).
const STATE_PATIENCE: Duration = Duration::from_secs(60 * 60);

impl<C: Cloud> Doer<'_, C> {
    /// Waits while the object is on its way to ready: until then it takes no change, and that is
    /// no reason to lose patience with the call.
    pub(crate) async fn settle(&self, who: &Identity) -> Result<(), StepError> {
        let mut backoff = Backoff::polling();
        while let Some(Observed {
            phase: Phase::Pending(state),
            ..
        }) = self.see(who).await?
        {
            let Some(wait) = backoff.within(STATE_PATIENCE, self.cx.clock.chance()) else {
                return Ok(());
            };
            self.say(state, backoff.waited());
            self.cx.clock.sleep(wait).await;
        }
        Ok(())
    }

    pub(crate) async fn list(&self, who: &Identity) -> Result<Vec<Observed<Value>>, StepError> {
        let mut backoff = Backoff::default();
        loop {
            let look = self.cx.cloud.look(&Scope {
                stack: self.cx.stack.to_owned(),
                focus: Some(who.clone()),
            });
            match self.kind.list(&look).await {
                Ok(seen) => return Ok(seen),
                Err(error) if error.fault == Fault::NotFound => return Ok(Vec::new()),
                Err(error) => {
                    if !self.pause(&mut backoff, &error).await {
                        return Err(error.into());
                    }
                }
            }
        }
    }

    async fn see(&self, who: &Identity) -> Result<Option<Observed<Value>>, StepError> {
        let seen = self.list(who).await?;
        Ok(seen
            .into_iter()
            .filter(|seen| Some(&seen.id) == who.id.as_ref())
            .min_by_key(|seen| seen.phase == Phase::Deleting))
    }

    /// Reads until the object is ready.
    pub(crate) async fn ready(&self, who: &Identity) -> Result<Observed<Value>, StepError> {
        let mut backoff = Backoff::polling();
        loop {
            let (what, patience) = match self.see(who).await? {
                Some(seen) => match seen.phase.clone() {
                    Phase::Ready if self.is_tagged(&seen.tags) => return Ok(seen),
                    Phase::Ready => ("its tags to become visible".to_owned(), self.cx.lag),
                    Phase::Pending(state) => (state, STATE_PATIENCE),
                    Phase::Failed(why) => return Err(StepError::NotReady { what: why }),
                    // What had the name before may still be listed in its place.
                    Phase::Deleting => ("its deletion by somebody else".to_owned(), self.cx.lag),
                },
                None => (
                    "it to become visible".to_owned(),
                    self.cx.lag.max(Duration::from_secs(120)),
                ),
            };
            let Some(wait) = backoff.within(patience, self.cx.clock.chance()) else {
                let what = format!("gave up waiting for {what} after {:?}", backoff.waited());
                return Err(StepError::NotReady { what });
            };
            self.say(what, backoff.waited());
            self.cx.clock.sleep(wait).await;
        }
    }

    fn is_tagged(&self, seen: &Tags) -> bool {
        self.kind.owner() != Owner::Tags
            || self
                .step
                .tags
                .iter()
                .all(|(key, value)| seen.get(key) == Some(value))
    }

    /// Reads until the object is no longer there.
    pub(crate) async fn gone(&self, who: &Identity) -> Result<(), StepError> {
        let mut backoff = Backoff::polling();
        while let Some(seen) = self.see(who).await? {
            let Some(wait) = backoff.within(STATE_PATIENCE, self.cx.clock.chance()) else {
                let what = format!("it is still there after {:?}", backoff.waited());
                return Err(StepError::NotReady { what });
            };
            let state = match seen.phase {
                Phase::Pending(state) | Phase::Failed(state) => state,
                Phase::Ready => "still listed".to_owned(),
                Phase::Deleting => "deleting".to_owned(),
            };
            self.say(state, backoff.waited());
            self.cx.clock.sleep(wait).await;
        }
        Ok(())
    }
}
