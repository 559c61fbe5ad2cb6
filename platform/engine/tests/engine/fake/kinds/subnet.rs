//! A part of a network: two cannot have one range; the cloud picks a zone where none is asked for.

use std::time::Duration;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{block, one_output, remove, retag, tagged};
use crate::fake::world::Law;
use crate::fake::{Fake, Look};

pub(super) static LAW: Law = Law {
    kind: "subnet",
    refers: &["net"],
    unique: &["net", "cidr"],
    settles: Duration::from_secs(2),
    leaves: Duration::ZERO,
};

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subnet {
    net: String,
    cidr: String,
    #[serde(default)]
    zone: Option<String>,
    #[serde(default)]
    label: String,
}

impl Resource for Subnet {
    type Cloud = Fake;
    const KIND: &'static str = "subnet";
    const SERVICE: &'static str = "narrow";
    const OUTPUTS: &'static [&'static str] = &["id"];
    const IMMUTABLE: &'static [&'static str] = &["net", "cidr", "zone"];
    const EXCLUSIVE: &'static [&'static str] = &["net", "cidr"];
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
        let zone = self.zone.as_deref().unwrap_or("zone-a");
        let props = json!({"net": self.net, "cidr": self.cidr, "zone": zone, "label": self.label});
        fake.call("narrow", "make", who, |world| {
            let id = format!("subnet-{}", world.serial("subnet"));
            world.make(&LAW, id, "", &who.tags, props)
        })
        .await
        .map(Made::unseen)
    }

    async fn update(&self, fake: &Fake, who: &Identity, _: &Self) -> Result<(), CloudError> {
        let (id, label) = (who.id()?, json!({"label": self.label}));
        fake.call("narrow", "label", who, |world| world.set(&LAW, id, &label))
            .await
    }

    async fn delete(fake: &Fake, who: &Identity) -> Result<(), CloudError> {
        remove(fake, "narrow", &LAW, who).await
    }

    async fn tag(fake: &Fake, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        retag(fake, "narrow", &LAW, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("id", "{}.id")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![block("fake_subnet", self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: vec![("net.main", json!({"cidr": "10"}))],
            properties: json!({"net": "${net.main.id}", "cidr": "10.1"}),
            changes: vec![("label", json!("x"))],
        }
    }
}
