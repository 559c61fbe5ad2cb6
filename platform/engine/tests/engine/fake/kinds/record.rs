//! A record: it has no tags, what it belongs to is written beside it; its place is its id, and there
//! is one in a place.

use std::time::Duration;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::planner::{ADDRESS_TAG, STACK_TAG};
use bella_engine::resource::{Example, Identity, Made, Observed, Outputs, Owner, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{block, json, remove, tagged};
use crate::fake::world::Law;
use crate::fake::{Fake, Look};

pub(super) static LAW: Law = Law {
    kind: "record",
    refers: &[],
    unique: &[],
    settles: Duration::ZERO,
    leaves: Duration::ZERO,
};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    zone: String,
    name: String,
    value: String,
}

impl Resource for Record {
    type Cloud = Fake;
    const KIND: &'static str = "record";
    const SERVICE: &'static str = "narrow";
    /// `proof` is of the zone alone, so it stays when a record is replaced within one.
    const OUTPUTS: &'static [&'static str] = &["name", "proof"];
    const IMMUTABLE: &'static [&'static str] = &["zone", "name"];
    const EXCLUSIVE: &'static [&'static str] = &["zone", "name"];
    const OWNED_BY: Owner = Owner::Record;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[];

    fn usage(&self, _: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let found = tagged(look, &LAW, |thing| {
            let text = |name: &str| thing.props[name].as_str().unwrap_or_default();
            Outputs::from([
                ("name".to_owned(), text("name").to_owned()),
                ("proof".to_owned(), format!("proof-of-{}", text("zone"))),
            ])
        })?;
        let untagged = |seen: Observed<Self>| Observed {
            tags: Tags::new(),
            ..seen
        };
        Ok(found.into_iter().map(untagged).collect())
    }

    async fn create(&self, fake: &Fake, who: &Identity) -> Result<Made<Self>, CloudError> {
        assert!(who.tags.is_empty(), "it takes no tags: {:?}", who.tags);
        let note = note(who);
        let id = format!("record/{}/{}", self.zone, self.name);
        let made = fake.call("narrow", "make", who, |world| {
            world.make(&LAW, id, "", &note, json(self))
        });
        let outputs = [
            ("name", self.name.clone()),
            ("proof", format!("proof-of-{}", self.zone)),
        ];
        Ok(Made::usable(made.await?, self.clone(), outputs))
    }

    async fn update(&self, fake: &Fake, who: &Identity, _: &Self) -> Result<(), CloudError> {
        let (id, value) = (who.id()?, json!({"value": self.value}));
        fake.call("narrow", "set", who, |world| world.set(&LAW, id, &value))
            .await
    }

    fn settles(&self, _: &Self) -> bool {
        false
    }

    async fn delete(fake: &Fake, who: &Identity) -> Result<(), CloudError> {
        remove(fake, "narrow", &LAW, who).await
    }

    async fn tag(fake: &Fake, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        assert!(who.tags.is_empty() && gone.is_empty(), "it has no tags");
        let (id, note) = (who.id()?, note(who));
        fake.call("narrow", "tag", who, |world| {
            world.tag(&LAW, id, &note, &[])
        })
        .await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("name", "{}.name"), ("proof", "{}.proof")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![block("fake_record", self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: Vec::new(),
            properties: json!({"zone": "a", "name": "x", "value": "1"}),
            changes: vec![("value", json!("2"))],
        }
    }
}

fn note(who: &Identity) -> Tags {
    Tags::from([
        (STACK_TAG.to_owned(), who.stack.clone()),
        (ADDRESS_TAG.to_owned(), who.address.to_string()),
    ])
}
