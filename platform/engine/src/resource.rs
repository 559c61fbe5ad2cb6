//! What a kind of object is: typed for its author, erased to JSON once for the engine.

use std::collections::BTreeMap;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::address::Address;
use crate::cloud::{Cloud, CloudError};
use crate::export::{Block, Exported};
pub use crate::made::{Made, Now};
use crate::name::Naming;
use crate::usage::{Assumptions, Quantity, Usage};

/// Named values that other objects may refer to.
pub type Outputs = BTreeMap<String, String>;
/// Tags of an object.
pub type Tags = BTreeMap<String, String>;
/// A boxed future, the price of a `dyn` kind.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How ownership of an object is proven. What is not provably ours is never changed or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// By its own tags, set in the create call.
    Tags,
    /// By the tags of the object of that kind it hangs on (a route by its route table). Such an
    /// object has no address of its own: it is recognised by its immutable properties, and one
    /// that no node declares is a change made behind the tool's back.
    Parent(&'static str),
    /// By a record beside it (DNS: an ownership TXT).
    Record,
}

/// What may be done to an object whose properties have to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// A new one is made, users move, the old one goes.
    Replaceable,
    /// Holds data: replaced or deleted only with explicit consent.
    DataStore,
    /// Every change registers a new revision; the newest is live, `keep` older ones stay for
    /// rollback.
    Revisioned {
        /// Older revisions kept.
        keep: usize,
    },
}

/// Which objects a look is for.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The stack whose objects are wanted.
    pub stack: String,
    /// Only this object, to wait on: `id` when it is known, else its name and address.
    pub focus: Option<Identity>,
}

/// Who an object is: everything its create call writes down about ownership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Stack name.
    pub stack: String,
    /// Address in the stack.
    pub address: Address,
    /// The name generated for it; empty where its kind has none.
    pub name: String,
    /// The cloud's id, once there is one.
    pub id: Option<String>,
    /// Tags, ownership tags among them.
    pub tags: Tags,
    /// Idempotency token for create calls that take one, 32 hexadecimal digits.
    pub token: String,
    /// Whether a data store that goes leaves a last copy of what it holds; of no meaning else.
    pub keep_copy: bool,
}

impl Identity {
    /// The cloud's id of an object that exists.
    ///
    /// # Errors
    /// The object has no id yet: a bug in the caller, said as such.
    pub fn id(&self) -> Result<&str, CloudError> {
        self.id.as_deref().ok_or_else(|| {
            CloudError::new(
                crate::cloud::Fault::Rejected,
                self.address.kind(),
                "identify",
                format!("{} has no id; this is a bug in bella", self.address),
            )
        })
    }
}

/// Where an object is in its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Usable; its outputs are final.
    Ready,
    /// On its way to `Ready`; the cloud's word for the state.
    Pending(String),
    /// Will not become ready by itself; the cloud's reason.
    Failed(String),
    /// On its way out; no longer counts as existing.
    Deleting,
}

/// An object as a listing shows it.
#[derive(Clone, Debug)]
pub struct Observed<P> {
    /// The cloud's id: what `delete` needs.
    pub id: String,
    /// From the `bella:address` tag; `None` for kinds owned through a parent.
    pub address: Option<Address>,
    /// Properties in the shape of the desired ones; `None` for an older revision of which only
    /// the identity was read.
    pub props: Option<P>,
    /// Every output of the kind, as far as known in this phase.
    pub outputs: Outputs,
    /// All tags; empty for kinds owned through a parent.
    pub tags: Tags,
    /// State.
    pub phase: Phase,
    /// When the cloud says it was made.
    pub created: Option<Timestamp>,
    /// Why the cloud would refuse to delete it, where it says so in advance.
    pub protected: Option<String>,
}

/// One valid value of a kind with what it refers to; the catalogue test walks every field with it.
#[derive(Clone, Debug)]
pub struct Example {
    /// Parents to make first, in order, as (address, properties).
    pub parents: Vec<(&'static str, Value)>,
    /// Desired properties; may refer to the parents.
    pub properties: Value,
    /// A second value for every mutable field, as (dotted path, value).
    pub changes: Vec<(&'static str, Value)>,
}

/// A kind of object, as its author writes it: one file, one line in the catalogue.
pub trait Resource:
    Serialize + DeserializeOwned + JsonSchema + Send + Sync + Sized + 'static
{
    /// The cloud it lives in.
    type Cloud: Cloud;
    /// Its name in addresses, for example `subnet`.
    const KIND: &'static str;
    /// The client whose rate limit its changing calls share, for example `ec2`.
    const SERVICE: &'static str;
    /// What `${kind.name.output}` may name. An output does not change in an in-place update, unless
    /// it has the name of a property and repeats it. `name` is the generated name.
    const OUTPUTS: &'static [&'static str];
    /// Dotted paths whose change needs a new object. For kinds owned through a parent these
    /// together recognise the object.
    const IMMUTABLE: &'static [&'static str];
    /// Paths that two objects may not share at one time; a replacement that keeps them all is
    /// refused in the plan. Empty: generations coexist.
    const EXCLUSIVE: &'static [&'static str] = &[];
    /// Proof of ownership.
    const OWNED_BY: Owner;
    /// Replacement policy.
    const DISPOSITION: Disposition = Disposition::Replaceable;
    /// What stays of a data store that goes and is to leave a last copy ([`Identity::keep_copy`]),
    /// for example `a final snapshot`; `None` where nothing stays.
    const LAST_COPY: Option<&'static str> = None;
    /// How its name is made.
    const NAMING: Naming;
    /// Permissions that its calls need, `service:Operation`.
    const ACTIONS: &'static [&'static str];

    /// What it uses, in quantities, never money.
    fn usage(&self, assumptions: &Assumptions) -> Usage;

    /// What so many hours of it use, for a kind that others run; `way` is the runner's word for
    /// how. See [`Usage::Running`].
    fn running(&self, _hours: Decimal, _way: &str) -> Vec<Quantity> {
        Vec::new()
    }

    /// All of the stack's objects of this kind, or the scope's one; ownership is checked here.
    fn list(
        look: &<Self::Cloud as Cloud>::Look,
    ) -> impl Future<Output = Result<Vec<Observed<Self>>, CloudError>> + Send;

    /// Makes it, tags in the create call, and answers its id, with what is there now where the
    /// call's answer says that. It makes one changing call: what that call cannot set is left to
    /// `update`, which apply calls when the object is ready and differs, and what it adds unasked
    /// to `strip`. A second call here that is refused would leave undone what it was for: the
    /// repeated create finds the object that the first call made.
    fn create(
        &self,
        cloud: &Self::Cloud,
        who: &Identity,
    ) -> impl Future<Output = Result<Made<Self>, CloudError>> + Send;

    /// Whether each new one comes with something that nobody declared.
    const STRIPPED: bool = false;

    /// Takes away what a new one comes with; that it is gone already is success. Apply calls it,
    /// where [`Resource::STRIPPED`], before anything else has to do with the object, as often as it
    /// takes, and for one that an earlier attempt made too. Should a run be killed before, what is
    /// left is seen in the next plan: as a difference, or as a child that no node declares.
    fn strip(
        _cloud: &Self::Cloud,
        _who: &Identity,
    ) -> impl Future<Output = Result<(), CloudError>> + Send {
        async { Ok(()) }
    }

    /// Changes it in place from `from` to `self`; repeating it is harmless.
    fn update(
        &self,
        cloud: &Self::Cloud,
        who: &Identity,
        from: &Self,
    ) -> impl Future<Output = Result<(), CloudError>> + Send;

    /// Whether the cloud works on after it answered an update from `from`: apply then looks until
    /// the object is ready. Where it does not, its outputs follow from what they were.
    fn settles(&self, _from: &Self) -> bool {
        true
    }

    /// Removes it; an object that is not there is success.
    fn delete(
        cloud: &Self::Cloud,
        who: &Identity,
    ) -> impl Future<Output = Result<(), CloudError>> + Send;

    /// Sets `who.tags` on an existing object and removes `gone`; where ownership is a record beside
    /// the object, writes that anew with the address. Never called for kinds that are owned through
    /// a parent.
    fn tag(
        cloud: &Self::Cloud,
        who: &Identity,
        gone: &[String],
    ) -> impl Future<Output = Result<(), CloudError>> + Send;

    /// Terraform's expression for each output, `{}` standing for the address of the first resource
    /// of [`Resource::terraform`]: `("uri", "{}.repository_url")`.
    const TERRAFORM: &'static [(&'static str, &'static str)];

    /// What it is in Terraform: the resource that has its outputs first, then those beside it; none
    /// where Terraform cannot import it. `self` is what is wanted, with its references.
    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block>;

    /// One valid value with its parents.
    fn example() -> Example;
}

/// A kind as the engine sees it: JSON in, JSON out. Implemented once, for [`Of`].
pub trait Kind<C: Cloud>: Send + Sync {
    /// [`Resource::KIND`].
    fn kind(&self) -> &'static str;
    /// [`Resource::SERVICE`].
    fn service(&self) -> &'static str;
    /// [`Resource::OUTPUTS`].
    fn outputs(&self) -> &'static [&'static str];
    /// [`Resource::IMMUTABLE`].
    fn immutable(&self) -> &'static [&'static str];
    /// [`Resource::EXCLUSIVE`].
    fn exclusive(&self) -> &'static [&'static str];
    /// [`Resource::OWNED_BY`].
    fn owner(&self) -> Owner;
    /// [`Resource::DISPOSITION`].
    fn disposition(&self) -> Disposition;
    /// [`Resource::LAST_COPY`].
    fn last_copy(&self) -> Option<&'static str>;
    /// [`Resource::NAMING`].
    fn naming(&self) -> Naming;
    /// [`Resource::ACTIONS`].
    fn actions(&self) -> &'static [&'static str];
    /// JSON Schema of the properties.
    fn schema(&self) -> Value;
    /// Brings properties into the one shape that desired and live share: typos refused, defaults
    /// filled, sets sorted.
    ///
    /// # Errors
    /// The properties do not fit the kind; serde's words.
    fn normalize(&self, properties: &Value) -> Result<Value, String>;
    /// [`Resource::usage`] of normalised properties.
    ///
    /// # Errors
    /// The properties do not fit the kind.
    fn usage(&self, properties: &Value, assumptions: &Assumptions) -> Result<Usage, String>;
    /// [`Resource::running`] of normalised properties.
    ///
    /// # Errors
    /// The properties do not fit the kind.
    fn running(
        &self,
        properties: &Value,
        hours: Decimal,
        way: &str,
    ) -> Result<Vec<Quantity>, String>;
    /// [`Resource::list`].
    fn list<'a>(
        &'a self,
        look: &'a C::Look,
    ) -> Pending<'a, Result<Vec<Observed<Value>>, CloudError>>;
    /// [`Resource::create`].
    fn create<'a>(
        &'a self,
        cloud: &'a C,
        who: &'a Identity,
        properties: &'a Value,
    ) -> Pending<'a, Result<Made<Value>, CloudError>>;
    /// [`Resource::STRIPPED`].
    fn is_stripped(&self) -> bool;
    /// [`Resource::strip`].
    fn strip<'a>(&'a self, cloud: &'a C, who: &'a Identity) -> Pending<'a, Result<(), CloudError>>;
    /// [`Resource::update`].
    fn update<'a>(
        &'a self,
        cloud: &'a C,
        who: &'a Identity,
        from: &'a Value,
        to: &'a Value,
    ) -> Pending<'a, Result<(), CloudError>>;
    /// [`Resource::settles`] of normalised properties; one that does not fit the kind settles.
    fn settles(&self, from: &Value, to: &Value) -> bool;
    /// [`Resource::delete`].
    fn delete<'a>(&'a self, cloud: &'a C, who: &'a Identity)
    -> Pending<'a, Result<(), CloudError>>;
    /// [`Resource::tag`].
    fn tag<'a>(
        &'a self,
        cloud: &'a C,
        who: &'a Identity,
        gone: &'a [String],
    ) -> Pending<'a, Result<(), CloudError>>;
    /// [`Resource::TERRAFORM`].
    fn terraform_outputs(&self) -> &'static [(&'static str, &'static str)];
    /// [`Resource::terraform`] of normalised properties.
    ///
    /// # Errors
    /// The properties do not fit the kind.
    fn terraform(&self, properties: &Value, exported: &Exported<'_>) -> Result<Vec<Block>, String>;
    /// [`Resource::example`].
    fn example(&self) -> Example;
}

/// The registry: one entry a kind.
pub type Catalog<C> = &'static [&'static dyn Kind<C>];

/// The erased face of the typed kind `R`.
pub struct Of<R>(PhantomData<fn() -> R>);

impl<R> Of<R> {
    /// The one value, for the catalogue.
    pub const NEW: Self = Self(PhantomData);
}

impl<R: Resource> Of<R> {
    fn typed(properties: &Value) -> Result<R, CloudError> {
        R::deserialize(properties).map_err(|err| {
            CloudError::new(
                crate::cloud::Fault::Rejected,
                R::KIND,
                "read properties",
                format!("{err}; this is a bug in bella"),
            )
        })
    }
}

impl<R: Resource> Kind<R::Cloud> for Of<R> {
    fn kind(&self) -> &'static str {
        R::KIND
    }
    fn service(&self) -> &'static str {
        R::SERVICE
    }
    fn outputs(&self) -> &'static [&'static str] {
        R::OUTPUTS
    }
    fn immutable(&self) -> &'static [&'static str] {
        R::IMMUTABLE
    }
    fn exclusive(&self) -> &'static [&'static str] {
        R::EXCLUSIVE
    }
    fn owner(&self) -> Owner {
        R::OWNED_BY
    }
    fn disposition(&self) -> Disposition {
        R::DISPOSITION
    }
    fn last_copy(&self) -> Option<&'static str> {
        R::LAST_COPY
    }
    fn naming(&self) -> Naming {
        R::NAMING
    }
    fn actions(&self) -> &'static [&'static str] {
        R::ACTIONS
    }
    fn schema(&self) -> Value {
        schemars::schema_for!(R).to_value()
    }

    fn normalize(&self, properties: &Value) -> Result<Value, String> {
        let typed = R::deserialize(properties).map_err(|err| err.to_string())?;
        serde_json::to_value(typed).map_err(|err| err.to_string())
    }

    fn usage(&self, properties: &Value, assumptions: &Assumptions) -> Result<Usage, String> {
        R::deserialize(properties)
            .map(|typed| typed.usage(assumptions))
            .map_err(|err| err.to_string())
    }

    fn running(
        &self,
        properties: &Value,
        hours: Decimal,
        way: &str,
    ) -> Result<Vec<Quantity>, String> {
        R::deserialize(properties)
            .map(|typed| typed.running(hours, way))
            .map_err(|err| err.to_string())
    }

    fn list<'a>(
        &'a self,
        look: &'a <R::Cloud as Cloud>::Look,
    ) -> Pending<'a, Result<Vec<Observed<Value>>, CloudError>> {
        Box::pin(async move {
            let found = R::list(look).await?;
            found.into_iter().map(erase).collect()
        })
    }

    fn create<'a>(
        &'a self,
        cloud: &'a R::Cloud,
        who: &'a Identity,
        properties: &'a Value,
    ) -> Pending<'a, Result<Made<Value>, CloudError>> {
        Box::pin(async move {
            let made = Self::typed(properties)?.create(cloud, who).await?;
            let now = made.now.map(|now| {
                Ok(Now {
                    props: to_json::<R>(now.props)?,
                    outputs: now.outputs,
                })
            });
            Ok(Made {
                id: made.id,
                now: now.transpose()?,
            })
        })
    }

    fn is_stripped(&self) -> bool {
        R::STRIPPED
    }

    fn strip<'a>(
        &'a self,
        cloud: &'a R::Cloud,
        who: &'a Identity,
    ) -> Pending<'a, Result<(), CloudError>> {
        Box::pin(R::strip(cloud, who))
    }

    fn update<'a>(
        &'a self,
        cloud: &'a R::Cloud,
        who: &'a Identity,
        from: &'a Value,
        to: &'a Value,
    ) -> Pending<'a, Result<(), CloudError>> {
        Box::pin(async move {
            let from = Self::typed(from)?;
            Self::typed(to)?.update(cloud, who, &from).await
        })
    }

    fn settles(&self, from: &Value, to: &Value) -> bool {
        match (R::deserialize(from), R::deserialize(to)) {
            (Ok(from), Ok(to)) => to.settles(&from),
            _ => true,
        }
    }

    fn delete<'a>(
        &'a self,
        cloud: &'a R::Cloud,
        who: &'a Identity,
    ) -> Pending<'a, Result<(), CloudError>> {
        Box::pin(R::delete(cloud, who))
    }

    fn tag<'a>(
        &'a self,
        cloud: &'a R::Cloud,
        who: &'a Identity,
        gone: &'a [String],
    ) -> Pending<'a, Result<(), CloudError>> {
        Box::pin(R::tag(cloud, who, gone))
    }

    fn terraform_outputs(&self) -> &'static [(&'static str, &'static str)] {
        R::TERRAFORM
    }

    fn terraform(&self, properties: &Value, exported: &Exported<'_>) -> Result<Vec<Block>, String> {
        R::deserialize(properties)
            .map(|typed| typed.terraform(exported))
            .map_err(|err| err.to_string())
    }

    fn example(&self) -> Example {
        R::example()
    }
}

fn erase<R: Resource>(object: Observed<R>) -> Result<Observed<Value>, CloudError> {
    Ok(Observed {
        props: object.props.map(to_json::<R>).transpose()?,
        id: object.id,
        address: object.address,
        outputs: object.outputs,
        tags: object.tags,
        phase: object.phase,
        created: object.created,
        protected: object.protected,
    })
}

fn to_json<R: Resource>(props: R) -> Result<Value, CloudError> {
    let fault = crate::cloud::Fault::Rejected;
    serde_json::to_value(props)
        .map_err(|err| CloudError::new(fault, R::KIND, "read back", err.to_string()))
}

/// The kind of that name.
#[must_use]
pub fn find_kind<C: Cloud>(catalog: Catalog<C>, kind: &str) -> Option<&'static dyn Kind<C>> {
    catalog.iter().copied().find(|entry| entry.kind() == kind)
}
