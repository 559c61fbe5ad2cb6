use std::collections::BTreeSet;

use bella_aws::clients::{Access, Aws};
use bella_aws::look::Look;
use bella_engine::cloud::{Cloud, CloudError, Fault};
use bella_engine::diff::diff;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{
    Catalog, Disposition, Example, Identity, Kind, Made, Observed, Owner, Pending, Phase, Scope,
};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use serde_json::Value;

/// A kind whose calls go through clients of its own, so that they are known from other kinds'.
///
/// A look shares its reads among kinds; this one takes part in no sharing, and every call that the
/// kind needs is counted as its own. What a create call is said to have made is compared with a
/// look at it, since apply takes it for granted.
pub struct Attributed {
    kind: &'static dyn Kind<Aws>,
    aws: Aws,
}

impl std::fmt::Debug for Attributed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.kind())
    }
}

/// Every kind of `catalog` with clients of its own. They live as long as the process.
pub async fn attribute(catalog: Catalog<Aws>, access: &Access) -> &'static [Attributed] {
    let mut all = Vec::new();
    for kind in catalog {
        let aws = Aws::new(access).await;
        all.push(Attributed { kind: *kind, aws });
    }
    all.leak()
}

impl Attributed {
    /// What it called so far, as `<service id>:<operation>`.
    #[must_use]
    pub fn called(&self) -> BTreeSet<String> {
        self.aws.calls().counts().into_keys().collect()
    }

    async fn see(&self, who: &Identity, id: &str) -> Result<Observed<Value>, CloudError> {
        let look = self.aws.look(&Scope {
            stack: who.stack.clone(),
            focus: Some(Identity {
                id: Some(id.to_owned()),
                ..who.clone()
            }),
        });
        let seen = self.kind.list(&look).await?.into_iter();
        let mut seen = seen.filter(|seen| seen.id == id);
        seen.next()
            .ok_or_else(|| self.wrong(format!("{id} is not listed")))
    }

    fn wrong(&self, why: String) -> CloudError {
        CloudError::new(Fault::Rejected, self.kind.kind(), "compare", why)
    }
}

impl Kind<Aws> for Attributed {
    fn kind(&self) -> &'static str {
        self.kind.kind()
    }
    fn service(&self) -> &'static str {
        self.kind.service()
    }
    fn outputs(&self) -> &'static [&'static str] {
        self.kind.outputs()
    }
    fn immutable(&self) -> &'static [&'static str] {
        self.kind.immutable()
    }
    fn exclusive(&self) -> &'static [&'static str] {
        self.kind.exclusive()
    }
    fn owner(&self) -> Owner {
        self.kind.owner()
    }
    fn disposition(&self) -> Disposition {
        self.kind.disposition()
    }
    fn last_copy(&self) -> Option<&'static str> {
        self.kind.last_copy()
    }
    fn naming(&self) -> Naming {
        self.kind.naming()
    }
    fn actions(&self) -> &'static [&'static str] {
        self.kind.actions()
    }
    fn schema(&self) -> Value {
        self.kind.schema()
    }
    fn normalize(&self, properties: &Value) -> Result<Value, String> {
        self.kind.normalize(properties)
    }
    fn terraform_outputs(&self) -> &'static [(&'static str, &'static str)] {
        self.kind.terraform_outputs()
    }

    fn terraform(&self, properties: &Value, exported: &Exported<'_>) -> Result<Vec<Block>, String> {
        self.kind.terraform(properties, exported)
    }

    fn usage(&self, properties: &Value, assumptions: &Assumptions) -> Result<Usage, String> {
        self.kind.usage(properties, assumptions)
    }
    fn running(
        &self,
        properties: &Value,
        hours: Decimal,
        way: &str,
    ) -> Result<Vec<Quantity>, String> {
        self.kind.running(properties, hours, way)
    }
    fn list<'a>(&'a self, look: &'a Look) -> Pending<'a, Result<Vec<Observed<Value>>, CloudError>> {
        Box::pin(async move {
            let own = self.aws.look(&Scope {
                stack: look.stack().to_owned(),
                focus: look.focus().cloned(),
            });
            self.kind.list(&own).await
        })
    }
    fn create<'a>(
        &'a self,
        _cloud: &'a Aws,
        who: &'a Identity,
        properties: &'a Value,
    ) -> Pending<'a, Result<Made<Value>, CloudError>> {
        Box::pin(async move {
            let made = self.kind.create(&self.aws, who, properties).await?;
            if let Some(now) = &made.now {
                let seen = self.see(who, &made.id).await?;
                let live = seen.props.clone().unwrap_or_default();
                let other = diff(&now.props, &live, &[]);
                let same = other.is_empty() && seen.outputs == now.outputs;
                if !same || seen.phase != Phase::Ready {
                    return Err(self.wrong(format!(
                        "its create says {:?}, a look {:?} with {:?}: {other:?}",
                        now.outputs, seen.phase, seen.outputs
                    )));
                }
            }
            Ok(made)
        })
    }
    fn is_stripped(&self) -> bool {
        self.kind.is_stripped()
    }
    fn strip<'a>(
        &'a self,
        _cloud: &'a Aws,
        who: &'a Identity,
    ) -> Pending<'a, Result<(), CloudError>> {
        self.kind.strip(&self.aws, who)
    }
    fn update<'a>(
        &'a self,
        _cloud: &'a Aws,
        who: &'a Identity,
        from: &'a Value,
        to: &'a Value,
    ) -> Pending<'a, Result<(), CloudError>> {
        Box::pin(async move {
            self.kind.update(&self.aws, who, from, to).await?;
            if !self.kind.settles(from, to) {
                let phase = self.see(who, who.id()?).await?.phase;
                if phase != Phase::Ready {
                    return Err(self.wrong(format!("it settles after an update: {phase:?}")));
                }
            }
            Ok(())
        })
    }
    fn settles(&self, from: &Value, to: &Value) -> bool {
        self.kind.settles(from, to)
    }
    fn delete<'a>(
        &'a self,
        _cloud: &'a Aws,
        who: &'a Identity,
    ) -> Pending<'a, Result<(), CloudError>> {
        self.kind.delete(&self.aws, who)
    }
    fn tag<'a>(
        &'a self,
        _cloud: &'a Aws,
        who: &'a Identity,
        gone: &'a [String],
    ) -> Pending<'a, Result<(), CloudError>> {
        self.kind.tag(&self.aws, who, gone)
    }
    fn example(&self) -> Example {
        self.kind.example()
    }
}
