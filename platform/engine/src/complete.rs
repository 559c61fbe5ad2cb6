//! From an object that was made to one that is as it is wanted.

use std::time::Duration;

use serde_json::Value;

use crate::cloud::{Cloud, CloudError, Fault};
use crate::diff::diff;
use crate::live::is_echo;
use crate::planner::echoes;
use crate::progress::StepError;
use crate::resource::{Disposition, Identity, Now, Observed, Outputs, Pending};
use crate::step::{Doer, Done, ended};

impl<C: Cloud> Doer<'_, C> {
    /// Goes on with an object that an earlier attempt made: its later calls may not have run.
    pub(crate) async fn adopt_own(
        &self,
        who: &Identity,
        props: &Value,
        found: Observed<Value>,
    ) -> Done {
        let live = found.props.as_ref().unwrap_or(&Value::Null);
        let fields = diff(props, live, self.kind.immutable());
        let unchangeable = fields.iter().any(|field| field.forces_replacement)
            || (self.is_revisioned() && !fields.is_empty());
        if unchangeable {
            return Err(StepError::NotReady {
                what: format!(
                    "{} exists with other properties; run the command again",
                    found.id
                ),
            });
        }
        let who = Identity {
            id: Some(found.id),
            ..who.clone()
        };
        self.strip(&who).await?;
        self.complete(&who, props, None).await
    }

    /// Takes away what a new object came with, where its kind does.
    pub(crate) async fn strip(&self, who: &Identity) -> Result<(), StepError> {
        if !self.kind.is_stripped() {
            return Ok(());
        }
        let call = || self.of_newborn(self.kind.strip(self.cx.cloud, who));
        self.repeat(who, &call).await
    }

    /// A create that waited for others and does not find what it refers to: that was made a moment
    /// ago, and not every part of the cloud knows of it yet.
    pub(crate) fn of_something_new(&self, error: CloudError) -> CloudError {
        if error.fault != Fault::NotFound || self.step.after.is_empty() {
            return error;
        }
        not_heard_of(error, self.cx.lag * 2)
    }

    /// Sets what the create call of an object left, once it is ready; `now` is what the call's
    /// answer says of it.
    pub(crate) async fn complete(
        &self,
        who: &Identity,
        props: &Value,
        now: Option<Now<Value>>,
    ) -> Done {
        let now = match now {
            Some(now) => now,
            None => self.ready(who).await.map(|seen| Now {
                props: seen.props.unwrap_or(Value::Null),
                outputs: seen.outputs,
            })?,
        };
        let fields = diff(props, &now.props, self.kind.immutable());
        if self.is_revisioned() || fields.iter().all(|field| field.forces_replacement) {
            let id = who.id.clone().unwrap_or_default();
            return Ok((id, now.outputs));
        }
        let live = &now.props;
        let call = || self.of_newborn(self.kind.update(self.cx.cloud, who, live, props));
        self.repeat(who, &call).await?;
        self.changed(who, props, live, now.outputs).await
    }

    /// A call that changes what was made a moment ago: that it is not found says that not every
    /// part of the cloud knows of it yet.
    fn of_newborn<'f>(
        &self,
        call: Pending<'f, Result<(), CloudError>>,
    ) -> Pending<'f, Result<(), CloudError>> {
        let patience = self.cx.lag * 2;
        Box::pin(async move {
            call.await.map_err(|error| match error.fault {
                Fault::NotFound => not_heard_of(error, patience),
                _ => error,
            })
        })
    }

    /// How an object is after an update: looked at where the cloud works on, else with the outputs
    /// it had, but for those that repeat a property.
    pub(crate) async fn changed(
        &self,
        who: &Identity,
        to: &Value,
        from: &Value,
        outputs: Outputs,
    ) -> Done {
        if self.kind.settles(from, to) {
            return self.ready(who).await.map(ended);
        }
        let mut outputs = outputs;
        outputs.retain(|name, _| !is_echo(Some(to), name));
        outputs.extend(echoes(self.kind.outputs(), to));
        Ok((who.id.clone().unwrap_or_default(), outputs))
    }

    fn is_revisioned(&self) -> bool {
        matches!(self.kind.disposition(), Disposition::Revisioned { .. })
    }
}

fn not_heard_of(error: CloudError, patience: Duration) -> CloudError {
    CloudError {
        fault: Fault::NotYet,
        patience: Some(patience),
        ..error
    }
}
