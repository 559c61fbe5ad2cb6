//! A revision of a family: never changed, only registered anew; of older ones only the id is read.

use std::collections::BTreeMap;
use std::time::Duration;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Disposition, Example, Identity, Made, Observed, Owner, Resource};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{block, json as as_json, one_output, remove, retag, tagged};
use crate::fake::world::Law;
use crate::fake::{Fake, Look};

pub(super) static LAW: Law = Law {
    kind: "revision",
    refers: &[],
    unique: &[],
    settles: Duration::ZERO,
    leaves: Duration::ZERO,
};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revision {
    #[serde(default)]
    image: Option<String>,
    #[serde(default)]
    memory: u32,
}

impl Resource for Revision {
    type Cloud = Fake;
    const KIND: &'static str = "revision";
    const SERVICE: &'static str = "wide";
    const OUTPUTS: &'static [&'static str] = &["arn"];
    const IMMUTABLE: &'static [&'static str] = &[];
    const OWNED_BY: Owner = Owner::Tags;
    const DISPOSITION: Disposition = Disposition::Revisioned { keep: 2 };
    const NAMING: Naming = Naming::Path { lead: "" };
    const ACTIONS: &'static [&'static str] = &[];

    fn usage(&self, _: &Assumptions) -> Usage {
        Usage::Free
    }

    fn running(&self, hours: Decimal, way: &str) -> Vec<Quantity> {
        let gigabyte_hours = hours * Decimal::from(self.memory);
        let usage_type = format!("Memory-{way}");
        let quantity = Quantity::new("memory", gigabyte_hours, "GB-hour", "Fake", usage_type);
        vec![quantity]
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let mut seen: Vec<Observed<Self>> =
            tagged(look, &LAW, |thing| one_output("arn", &thing.id))?;
        seen.sort_by_key(|revision| number(&revision.id));
        let newest: BTreeMap<_, _> = seen
            .iter()
            .map(|revision| (revision.address.clone(), revision.id.clone()))
            .collect();
        for revision in &mut seen {
            if newest.get(&revision.address) != Some(&revision.id) {
                revision.props = None;
            }
        }
        Ok(seen)
    }

    async fn create(&self, fake: &Fake, who: &Identity) -> Result<Made<Self>, CloudError> {
        let image = self.image.as_deref().unwrap_or("none");
        let props = json!({"image": image, "memory": self.memory});
        let made = fake.call("wide", "register", who, |world| {
            let id = format!("{}:{}", who.name, world.serial(&who.name));
            world.make(&LAW, id, &who.name, &who.tags, props)
        });
        let arn = made.await?;
        let outputs = [("arn", arn.clone())];
        Ok(Made::usable(arn, self.clone(), outputs))
    }

    async fn update(&self, _: &Fake, who: &Identity, _: &Self) -> Result<(), CloudError> {
        unreachable!("{} is never updated: {}", who.address, as_json(self))
    }

    async fn delete(fake: &Fake, who: &Identity) -> Result<(), CloudError> {
        remove(fake, "wide", &LAW, who).await
    }

    async fn tag(fake: &Fake, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        retag(fake, "wide", &LAW, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("arn", "{}.arn")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![block("fake_revision", self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: Vec::new(),
            properties: json!({"memory": 1}),
            changes: vec![("memory", json!(2))],
        }
    }
}

fn number(id: &str) -> u64 {
    id.rsplit(':')
        .next()
        .and_then(|last| last.parse().ok())
        .unwrap_or_default()
}
