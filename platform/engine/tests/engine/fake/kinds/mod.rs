//! The kinds of the fake cloud, and what they share.

mod gate;
mod net;
mod record;
mod revision;
mod rule;
mod service;
mod store;
mod subnet;

use bella_engine::address::Address;
use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Body, Exported};
use bella_engine::planner::{ADDRESS_TAG, STACK_TAG};
use bella_engine::resource::{Catalog, Identity, Observed, Of, Outputs, Phase};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use gate::Gate;
pub(crate) use net::{Net, UNASKED};
pub(crate) use record::Record;
pub(crate) use revision::Revision;
pub(crate) use rule::Rule;
pub(crate) use service::Service;
pub(crate) use store::Store;
pub(crate) use subnet::Subnet;

use super::world::{Law, Thing, World};
use super::{Fake, Look};

pub(crate) static KINDS: Catalog<Fake> = &[
    &Of::<Net>::NEW,
    &Of::<Subnet>::NEW,
    &Of::<Rule>::NEW,
    &Of::<Gate>::NEW,
    &Of::<Store>::NEW,
    &Of::<Revision>::NEW,
    &Of::<Service>::NEW,
    &Of::<Record>::NEW,
];

static LAWS: [&Law; 8] = [
    &net::LAW,
    &subnet::LAW,
    &rule::LAW,
    &gate::LAW,
    &store::LAW,
    &revision::LAW,
    &service::LAW,
    &record::LAW,
];

/// Properties of a kind that hold ids.
pub(crate) fn refers(kind: &str) -> &'static [&'static str] {
    LAWS.iter()
        .find(|law| law.kind == kind)
        .map_or(&[], |law| law.refers)
}

fn shown(look: &Look, law: &Law) -> Vec<(Thing, Phase)> {
    let mut world = look.fake.world();
    if look.focus.is_some() {
        *world.looks.entry(law.kind).or_default() += 1;
    }
    let listed = world
        .listed()
        .into_iter()
        .filter(|(thing, _)| thing.kind == law.kind);
    let focused = |thing: &Thing| match &look.focus {
        None => true,
        Some(who) => match &who.id {
            Some(id) => *id == thing.id,
            None => thing.kind == "rule" || address(thing).as_ref() == Some(&who.address),
        },
    };
    listed
        .filter(|(thing, _)| focused(thing))
        .map(|(thing, phase)| (thing.clone(), phase))
        .collect()
}

fn address(thing: &Thing) -> Option<Address> {
    Address::parse(thing.tags.get(ADDRESS_TAG)?).ok()
}

fn is_ours(look: &Look, thing: &Thing) -> bool {
    thing.tags.get(STACK_TAG) == Some(&look.stack)
}

/// All things of a kind that carry the stack's tag.
fn tagged<P: DeserializeOwned>(
    look: &Look,
    law: &Law,
    outputs: fn(&Thing) -> Outputs,
) -> Result<Vec<Observed<P>>, CloudError> {
    let ours = shown(look, law)
        .into_iter()
        .filter(|(thing, _)| is_ours(look, thing));
    Ok(ours
        .map(|(thing, phase)| observed(&thing, phase, outputs))
        .collect())
}

fn observed<P: DeserializeOwned>(
    thing: &Thing,
    phase: Phase,
    outputs: fn(&Thing) -> Outputs,
) -> Observed<P> {
    Observed {
        id: thing.id.clone(),
        address: address(thing),
        props: serde_json::from_value(thing.props.clone()).ok(),
        outputs: outputs(thing),
        tags: thing.tags.clone(),
        phase,
        created: Some(thing.made),
        protected: (thing.props["protected"] == true).then(|| "it is protected".to_owned()),
    }
}

fn one_output(name: &str, value: &str) -> Outputs {
    Outputs::from([(name.to_owned(), value.to_owned())])
}

/// Every property as an argument.
fn block(resource: &'static str, props: &impl Serialize, exported: &Exported<'_>) -> Block {
    let props = json(props);
    let arguments = props.as_object().into_iter().flatten();
    let body = arguments.fold(Body::new(), |body, (name, value)| {
        body.set(name, value.clone())
    });
    Block::new(resource, exported.id, body.tags(exported.tags))
}

fn json(props: &impl Serialize) -> Value {
    serde_json::to_value(props).expect("plain data")
}

async fn remove(
    fake: &Fake,
    service: &'static str,
    law: &Law,
    who: &Identity,
) -> Result<(), CloudError> {
    let id = who.id()?;
    fake.call(service, "remove", who, |world: &mut World| {
        world.remove(law, id)
    })
    .await
}

async fn retag(
    fake: &Fake,
    service: &'static str,
    law: &Law,
    who: &Identity,
    gone: &[String],
) -> Result<(), CloudError> {
    let id = who.id()?;
    let tags = &who.tags;
    fake.call(service, "tag", who, |world: &mut World| {
        world.tag(law, id, tags, gone)
    })
    .await
}
