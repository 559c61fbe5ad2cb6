//! A data store: one fixed name, slow to come and to go, refuses changes meanwhile.

use std::time::Duration;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{
    Disposition, Example, Identity, Made, Observed, Outputs, Owner, Resource,
};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{block, json as as_json, remove, retag, tagged};
use crate::fake::world::Law;
use crate::fake::{Fake, Look};

pub(super) static LAW: Law = Law {
    kind: "store",
    refers: &["subnet"],
    unique: &[],
    settles: Duration::from_secs(300),
    leaves: Duration::from_secs(200),
};

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Store {
    subnet: String,
    engine: String,
    size: u32,
    #[serde(default)]
    protected: bool,
}

impl Resource for Store {
    type Cloud = Fake;
    const KIND: &'static str = "store";
    const SERVICE: &'static str = "wide";
    const OUTPUTS: &'static [&'static str] = &["endpoint"];
    const IMMUTABLE: &'static [&'static str] = &["engine"];
    const OWNED_BY: Owner = Owner::Tags;
    const DISPOSITION: Disposition = Disposition::DataStore;
    const NAMING: Naming = Naming::Path { lead: "store/" };
    const ACTIONS: &'static [&'static str] = &[];

    fn usage(&self, _: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        tagged(look, &LAW, |thing| {
            Outputs::from([("endpoint".to_owned(), format!("{}.here", thing.id))])
        })
    }

    async fn create(&self, fake: &Fake, who: &Identity) -> Result<Made<Self>, CloudError> {
        fake.call("wide", "make", who, |world| {
            world.make(&LAW, who.name.clone(), &who.name, &who.tags, as_json(self))
        })
        .await
        .map(Made::unseen)
    }

    async fn update(&self, fake: &Fake, who: &Identity, _: &Self) -> Result<(), CloudError> {
        let changes =
            json!({"subnet": self.subnet, "size": self.size, "protected": self.protected});
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

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[("endpoint", "{}.address")];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        vec![block("fake_store", self, exported)]
    }

    fn example() -> Example {
        Example {
            parents: Vec::new(),
            properties: json!({"subnet": "subnet-1", "engine": "p", "size": 1}),
            changes: vec![("size", json!(2))],
        }
    }
}
