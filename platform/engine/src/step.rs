//! One step of apply: announce it, make the call, look again where the answer is lost, wait
//! until the cloud shows the result.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::Semaphore;

use crate::apply::Context;
use crate::cloud::{Cloud, CloudError, Fault};
use crate::diff::{diff, select};
use crate::ledger::Event;
use crate::live::LONGEST_CALL;
use crate::name::{fingerprint, name};
use crate::plan::{Step, Work};
use crate::progress::{Progress, StepError};
use crate::resource::{Identity, Kind, Observed, Outputs, Owner, Phase};
use crate::retry::Backoff;

pub(crate) type Done = Result<(String, Outputs), StepError>;

pub(crate) struct Doer<'a, C: Cloud> {
    pub(crate) cx: &'a Context<'a, C>,
    pub(crate) kind: &'static dyn Kind<C>,
    pub(crate) step: &'a Step,
    pub(crate) limit: Option<&'a Semaphore>,
    pub(crate) listen: &'a (dyn Fn(Progress) + Sync),
}

impl<C: Cloud> Doer<'_, C> {
    pub(crate) async fn run(&self, props: &Value) -> Done {
        match &self.step.work {
            Work::Create { besides, .. } => self.create(props, besides).await,
            Work::Update {
                id,
                live,
                retag,
                gone,
                ..
            } => {
                let retag = retag.then_some(gone.as_slice());
                self.update(id, props, live, retag).await
            }
            Work::Await { id } => self
                .ready(&self.who(Some(id), String::new()))
                .await
                .map(ended),
            Work::Delete { id, .. } => self.delete(id).await,
        }
    }

    fn who(&self, id: Option<&str>, name: String) -> Identity {
        let address = self.step.address.to_string();
        Identity {
            stack: self.cx.stack.to_owned(),
            address: self.step.address.clone(),
            token: fingerprint(&[self.cx.run, &address, &name])[..32].to_owned(),
            name,
            id: id.map(str::to_owned),
            tags: self.step.tags.clone(),
            keep_copy: matches!(
                &self.step.work,
                Work::Delete {
                    keep_copy: true,
                    ..
                }
            ),
        }
    }

    fn name_of(&self, props: &Value) -> String {
        name(
            self.kind.naming(),
            self.cx.stack,
            self.cx.cloud.region(),
            &self.step.address,
            &select(props, self.kind.immutable()),
        )
    }

    async fn announce(&self, action: &str, who: &Identity) -> Result<(), StepError> {
        let event = Event::Intent {
            address: self.step.address.clone(),
            action: action.to_owned(),
            id: who.id.clone(),
            name: who.name.clone(),
        };
        Ok(self.cx.ledger.append(event).await?)
    }

    /// Waits before the next try; false when patience is used up.
    pub(crate) async fn pause(&self, backoff: &mut Backoff, error: &CloudError) -> bool {
        let Some(wait) = backoff.after(error, self.cx.clock.chance()) else {
            return false;
        };
        self.say(error.to_string(), backoff.waited());
        self.cx.clock.sleep(wait).await;
        true
    }

    pub(crate) fn say(&self, what: String, waited: Duration) {
        (self.listen)(Progress::Waiting {
            address: self.step.address.clone(),
            what,
            waited,
        });
    }

    async fn permit(&self) -> Result<Option<tokio::sync::SemaphorePermit<'_>>, StepError> {
        let permit = match self.limit {
            // A semaphore that is never closed always gives its permit.
            Some(limit) => limit.acquire().await.ok(),
            None => None,
        };
        self.cx.ledger.hold()?;
        Ok(permit)
    }

    async fn create(&self, props: &Value, besides: &[String]) -> Done {
        let who = self.who(None, self.name_of(props));
        let cut_off = self.cx.unfinished.get(&self.step.address).copied();
        self.announce("create", &who).await?;
        if let Some(at) = cut_off {
            // The call may have been made long after it was announced, so the whole lag counts.
            let age = Duration::try_from(self.cx.clock.now() - at).unwrap_or_default();
            let unseen = if age < LONGEST_CALL {
                self.cx.lag
            } else {
                Duration::ZERO
            };
            if let Some(found) = self.look_for(&who, props, besides, unseen).await? {
                return self.adopt_own(&who, props, found).await;
            }
        }
        let mut backoff = Backoff::default();
        let mut tried = cut_off.is_some();
        loop {
            let permit = self.permit().await?;
            let answer = self.kind.create(self.cx.cloud, &who, props).await;
            drop(permit);
            let error = match answer {
                Ok(made) => {
                    let who = Identity {
                        id: Some(made.id),
                        ..who
                    };
                    self.strip(&who).await?;
                    return self.complete(&who, props, made.now).await;
                }
                Err(error) => self.of_something_new(error),
            };
            let unseen = match error.fault {
                Fault::Ambiguous => self.cx.lag,
                Fault::Exists if tried => self.cx.lag,
                _ => Duration::ZERO,
            };
            // Also after a plain refusal: it may have hit a later call than the one that makes.
            if error.fault == Fault::Exists || error.patience().is_some() {
                if error.fault == Fault::Ambiguous {
                    self.say(
                        format!("{error}; looking whether it was made"),
                        backoff.waited(),
                    );
                }
                if let Some(found) = self.look_for(&who, props, besides, unseen).await? {
                    return self.adopt_own(&who, props, found).await;
                }
            }
            tried = true;
            if error.fault == Fault::Exists {
                if let Some(same) = self.in_its_place(&who, props, besides).await? {
                    let who = Identity {
                        id: Some(same.id),
                        ..who
                    };
                    return self.complete(&who, props, None).await;
                }
                if self.outlive(&who, besides).await? {
                    continue;
                }
                return Err(self.clash(&who, error).into());
            }
            if !self.pause(&mut backoff, &error).await {
                return Err(error.into());
            }
        }
    }

    /// The object that this step was to replace, if it is in the very place the new one is for: a
    /// value that the plan did not know turned out to be what it was. Apply then leaves out its
    /// delete.
    async fn in_its_place(
        &self,
        who: &Identity,
        props: &Value,
        besides: &[String],
    ) -> Result<Option<Observed<Value>>, StepError> {
        if besides.is_empty() {
            return Ok(None);
        }
        let identity = select(props, self.kind.immutable());
        let is_it = |seen: &Observed<Value>| {
            besides.contains(&seen.id)
                && seen.address.as_ref() == Some(&self.step.address)
                && matches!(seen.phase, Phase::Ready | Phase::Pending(_))
                && seen
                    .props
                    .as_ref()
                    .is_some_and(|live| select(live, self.kind.immutable()) == identity)
        };
        Ok(self.list(who).await?.into_iter().find(is_it))
    }

    /// Waits for an object of this address that is on its way out and still has the name; false
    /// when there is none.
    async fn outlive(&self, who: &Identity, besides: &[String]) -> Result<bool, StepError> {
        let leaving = |seen: &Observed<Value>| {
            seen.phase == Phase::Deleting
                && seen.address.as_ref() == Some(&self.step.address)
                && !besides.contains(&seen.id)
        };
        let Some(old) = self.list(who).await?.into_iter().find(leaving) else {
            return Ok(false);
        };
        let old = Identity {
            id: Some(old.id),
            ..who.clone()
        };
        self.gone(&old).await?;
        Ok(true)
    }

    fn clash(&self, who: &Identity, error: CloudError) -> CloudError {
        let address = &self.step.address;
        let hint = match (self.kind.owner(), who.name.as_str()) {
            (Owner::Tags, name) if !name.is_empty() => format!(
                "{name} exists and does not carry this stack's tags. To bring it in: bella adopt STACK {address} {name}; otherwise rename one of the two"
            ),
            _ => format!(
                "what is there is not known to be this stack's, and is left alone: remove it by hand if it is not needed, or declare {address} in another place"
            ),
        };
        CloudError {
            hint: Some(hint),
            ..error
        }
    }

    /// Looks for the object of this step by tags and name, again and again up to `lag`.
    async fn look_for(
        &self,
        who: &Identity,
        props: &Value,
        besides: &[String],
        lag: Duration,
    ) -> Result<Option<Observed<Value>>, StepError> {
        let identity = select(props, self.kind.immutable());
        let is_it = |seen: &Observed<Value>| {
            seen.phase != Phase::Deleting
                && !besides.contains(&seen.id)
                && match (&seen.address, &seen.props) {
                    (Some(address), Some(_)) => *address == self.step.address,
                    (None, Some(live)) => select(live, self.kind.immutable()) == identity,
                    (_, None) => false,
                }
        };
        let mut backoff = Backoff::polling();
        loop {
            let seen = self.list(who).await?;
            if let Some(found) = seen.into_iter().find(is_it) {
                return Ok(Some(found));
            }
            match backoff.within(lag, self.cx.clock.chance()) {
                Some(wait) => self.cx.clock.sleep(wait).await,
                None => return Ok(None),
            }
        }
    }

    async fn update(
        &self,
        id: &str,
        props: &Value,
        live: &Value,
        retag: Option<&[String]>,
    ) -> Done {
        let who = self.who(Some(id), self.name_of(live));
        self.announce("update", &who).await?;
        if let Some(gone) = retag {
            self.repeat(&who, &|| self.kind.tag(self.cx.cloud, &who, gone))
                .await?;
        }
        // A value that was unknown in the plan may have turned out to be what is there.
        if !diff(props, live, self.kind.immutable()).is_empty() {
            self.change(&who, props, live).await?;
        }
        if retag.is_some() {
            // A listing with the old address would be taken for an object that nobody wants.
            return self.ready(&who).await.map(ended);
        }
        // The plan knows the outputs that stay.
        self.changed(&who, props, live, Outputs::new()).await
    }

    pub(crate) async fn change(
        &self,
        who: &Identity,
        props: &Value,
        live: &Value,
    ) -> Result<(), StepError> {
        self.repeat(who, &|| self.kind.update(self.cx.cloud, who, live, props))
            .await
    }

    async fn delete(&self, id: &str) -> Done {
        let who = self.who(Some(id), String::new());
        self.announce("delete", &who).await?;
        match self
            .repeat(&who, &|| self.kind.delete(self.cx.cloud, &who))
            .await
        {
            Err(StepError::Cloud(error)) if error.fault == Fault::NotFound => {}
            other => other?,
        }
        self.gone(&who).await?;
        Ok((id.to_owned(), Outputs::new()))
    }

    /// Repeats a call that may be repeated, also after a lost answer.
    pub(crate) async fn repeat<'f>(
        &self,
        who: &Identity,
        call: &(dyn Fn() -> crate::resource::Pending<'f, Result<(), CloudError>> + Sync),
    ) -> Result<(), StepError> {
        let mut backoff = Backoff::default();
        loop {
            let permit = self.permit().await?;
            let answer = call().await;
            drop(permit);
            match answer {
                Ok(()) => return Ok(()),
                Err(error) => {
                    if error.fault == Fault::NotYet {
                        self.settle(who).await?;
                    }
                    if !self.pause(&mut backoff, &error).await {
                        return Err(error.into());
                    }
                }
            }
        }
    }
}

pub(crate) fn ended(seen: Observed<Value>) -> (String, Outputs) {
    (seen.id, seen.outputs)
}
