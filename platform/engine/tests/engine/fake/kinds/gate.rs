//! A gate: named, generations side by side, never two of one name. What its one create call
//! cannot set is left to `update`.

use std::time::Duration;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Outputs, Owner, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{block, remove, retag, tagged};
use crate::fake::world::Law;
use crate::fake::{Fake, Look};

pub(super) static LAW: Law = Law {
    kind: "gate",
    refers: &[],
    unique: &[],
    settles: Duration::from_secs(3),
    leaves: Duration::from_secs(5),
};

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gate {
    port: u16,
    #[serde(default)]
    mode: String,
}

impl Resource for Gate {
    type Cloud = Fake;
    const KIND: &'static str = "gate";
    const SERVICE: &'static str = "wide";
    const OUTPUTS: &'static [&'static str] = &["arn", "name"];
    const IMMUTABLE: &'static [&'static str] = &["port"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Hashed {
        max: 32,
        generations: true,
        forbidden: &[],
    };
    const ACTIONS: &'static [&'static str] = &[];

    fn usage(&self, _: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        tagged(look, &LAW, |thing| {
            Outputs::from([
                ("arn".to_owned(), thing.id.clone()),
                ("name".to_owned(), thing.name.clone()),
            ])
        })
    }

    async fn create(&self, fake: &Fake, who: &Identity) -> Result<Made<Self>, CloudError> {
        let props = json!({"port": self.port, "mode": ""});
        fake.call("wide", "make", who, |world| {
            world.make(
                &LAW,
                format!("arn:gate/{}", who.name),
                &who.name,
                &who.tags,
                props,
            )
        })
        .await
        .map(Made::unseen)
    }

    async fn update(&self, fake: &Fake, who: &Identity, _: &Self) -> Result<(), CloudError> {
        let (id, mode) = (who.id()?, json!({"mode": self.mode}));
        fake.call("wide", "set", who, |world| world.set(&LAW, id, &mode))
            .await
    }

    async fn delete(fake: &Fake, who: &Identity) -> Result<(), CloudError> {
        remove(fake, "wide", &LAW, who).await
    }

    async fn tag(fake: &Fake, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        retag(fake, "wide", &LAW, who, gone).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] =
        &[("arn", "{}.arn"), ("name", "{}.name")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![block("fake_gate", self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: Vec::new(),
            properties: json!({"port": 1}),
            changes: vec![("mode", json!("x"))],
        }
    }
}
