//! A network: no name, made in two calls, and comes with a rule that nobody asked for.

use std::time::Duration;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Resource, Tags};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{block, one_output, remove, retag, rule, tagged};
use crate::fake::world::{Law, Thing};
use crate::fake::{Fake, Look};

pub(super) static LAW: Law = Law {
    kind: "net",
    refers: &[],
    unique: &[],
    settles: Duration::ZERO,
    leaves: Duration::ZERO,
};

/// The port of the rule that a network comes with.
pub(crate) const UNASKED: u16 = 0;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Net {
    cidr: String,
    #[serde(default)]
    label: String,
}

impl Resource for Net {
    type Cloud = Fake;
    const KIND: &'static str = "net";
    const SERVICE: &'static str = "narrow";
    const OUTPUTS: &'static [&'static str] = &["id"];
    const IMMUTABLE: &'static [&'static str] = &["cidr"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[];

    fn usage(&self, _: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        tagged(look, &LAW, |thing| one_output("id", &thing.id))
    }

    async fn create(&self, fake: &Fake, who: &Identity) -> Result<Made<Self>, CloudError> {
        let props = json!({"cidr": self.cidr, "label": ""});
        let id = fake
            .call("narrow", "make", who, |world| {
                let id = format!("net-{}", world.serial("net"));
                let id = world.make(&LAW, id, "", &who.tags, props)?;
                let unasked = json!({"net": id, "port": UNASKED, "target": null, "note": ""});
                let rule = format!("rule-of-{id}");
                world.make(&rule::LAW, rule, "", &Tags::new(), unasked)?;
                Ok(id)
            })
            .await?;
        let label = json!({"label": self.label});
        fake.call("narrow", "label", who, |world| world.set(&LAW, &id, &label))
            .await?;
        let now = Self {
            cidr: self.cidr.clone(),
            label: self.label.clone(),
        };
        let outputs = [("id", id.clone())];
        Ok(Made::usable(id, now, outputs))
    }

    const STRIPPED: bool = true;

    async fn strip(fake: &Fake, who: &Identity) -> Result<(), CloudError> {
        let id = who.id()?;
        fake.call("narrow", "strip", who, |world| {
            let is_it = |thing: &&Thing| {
                thing.kind == "rule" && thing.props["net"] == id && thing.props["port"] == UNASKED
            };
            let rule = world.things().find(is_it).map(|rule| rule.id.clone());
            rule.map_or(Ok(()), |rule| world.remove(&rule::LAW, &rule))
        })
        .await
    }

    async fn update(&self, fake: &Fake, who: &Identity, _: &Self) -> Result<(), CloudError> {
        let (id, label) = (who.id()?, json!({"label": self.label}));
        fake.call("narrow", "label", who, |world| world.set(&LAW, id, &label))
            .await
    }

    fn settles(&self, _: &Self) -> bool {
        false
    }

    async fn delete(fake: &Fake, who: &Identity) -> Result<(), CloudError> {
        remove(fake, "narrow", &LAW, who).await
    }

    async fn tag(fake: &Fake, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        retag(fake, "narrow", &LAW, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("id", "{}.id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![block("fake_net", self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: Vec::new(),
            properties: json!({"cidr": "10"}),
            changes: vec![("label", json!("x"))],
        }
    }
}
