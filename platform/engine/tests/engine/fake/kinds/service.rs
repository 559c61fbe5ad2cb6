//! A service: uses everything else; somebody else may own its count.

use std::time::Duration;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Resource};
use bella_engine::usage::{Assumptions, Running, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{block, json as as_json, one_output, remove, retag, tagged};
use crate::fake::world::Law;
use crate::fake::{Fake, Look};

pub(super) static LAW: Law = Law {
    kind: "service",
    refers: &["subnet", "revision", "gate"],
    unique: &[],
    settles: Duration::from_secs(4),
    leaves: Duration::from_secs(8),
};

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    subnet: String,
    revision: String,
    #[serde(default)]
    gate: Option<String>,
    #[serde(default)]
    count: Option<u32>,
}

impl Resource for Service {
    type Cloud = Fake;
    const KIND: &'static str = "service";
    const SERVICE: &'static str = "wide";
    const OUTPUTS: &'static [&'static str] = &["name"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 32,
        generations: true,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[];

    fn usage(&self, assumptions: &Assumptions) -> Usage {
        let copies = assumptions.figure("copies", Decimal::ONE);
        Usage::Running(Running {
            of: self.revision.clone(),
            hours: self.count.map_or(copies, Decimal::from) * assumptions.hours(Self::KIND),
            way: "plain".to_owned(),
            beside: Vec::new(),
        })
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        tagged(look, &LAW, |thing| one_output("name", &thing.name))
    }

    async fn create(&self, fake: &Fake, who: &Identity) -> Result<Made<Self>, CloudError> {
        let mut props = as_json(self);
        props["count"] = json!(self.count.unwrap_or(1));
        fake.call("wide", "make", who, |world| {
            world.make(
                &LAW,
                format!("service/{}", who.name),
                &who.name,
                &who.tags,
                props,
            )
        })
        .await
        .map(Made::unseen)
    }

    async fn update(&self, fake: &Fake, who: &Identity, from: &Self) -> Result<(), CloudError> {
        let mut changes = as_json(self);
        changes["count"] = json!(self.count.or(from.count));
        let id = who.id()?;
        fake.call("wide", "set", who, |world| world.set(&LAW, id, &changes))
            .await
    }

    async fn delete(fake: &Fake, who: &Identity) -> Result<(), CloudError> {
        remove(fake, "wide", &LAW, who).await
    }

    async fn tag(fake: &Fake, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        retag(fake, "wide", &LAW, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![block("fake_service", self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: Vec::new(),
            properties: json!({"subnet": "subnet-1", "revision": "a:1"}),
            changes: vec![("count", json!(2))],
        }
    }
}
