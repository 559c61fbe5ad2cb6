//! A rule of a network: no tags of its own, known by network and port, repeats its target as an
//! output.

use std::time::Duration;

use bella_engine::cloud::CloudError;
use bella_engine::export::{Block, Exported};
use bella_engine::name::Naming;
use bella_engine::planner::STACK_TAG;
use bella_engine::resource::{Example, Identity, Made, Observed, Outputs, Owner, Resource};
use bella_engine::usage::{Assumptions, Usage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{json as as_json, observed, remove, shown};
use crate::fake::world::{Law, Thing};
use crate::fake::{Fake, Look};

pub(crate) static LAW: Law = Law {
    kind: "rule",
    refers: &["net", "target"],
    unique: &["net", "port"],
    settles: Duration::ZERO,
    leaves: Duration::ZERO,
};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    net: String,
    port: u16,
    #[serde(default)]
    target: Option<String>,
    #[serde(default)]
    note: String,
}

impl Resource for Rule {
    type Cloud = Fake;
    const KIND: &'static str = "rule";
    const SERVICE: &'static str = "narrow";
    const OUTPUTS: &'static [&'static str] = &["target", "net"];
    const IMMUTABLE: &'static [&'static str] = &["net", "port"];
    const OWNED_BY: Owner = Owner::Parent("net");
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[];

    fn usage(&self, _: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let hangs_on_ours = |thing: &Thing| {
            let parent = thing.props["net"].as_str().unwrap_or_default();
            let world = look.fake.world();
            world
                .listed()
                .iter()
                .any(|(net, _)| net.id == parent && net.tags.get(STACK_TAG) == Some(&look.stack))
        };
        Ok(shown(look, &LAW)
            .into_iter()
            .filter(|(thing, _)| hangs_on_ours(thing))
            .map(|(thing, phase)| observed(&thing, phase, echo))
            .collect())
    }

    async fn create(&self, fake: &Fake, who: &Identity) -> Result<Made<Self>, CloudError> {
        let now = Self {
            note: String::new(),
            ..self.clone()
        };
        let props = as_json(&now);
        let made = fake.call("narrow", "make", who, |world| {
            let id = format!("rule-{}", world.serial("rule"));
            world.make(&LAW, id, "", &who.tags, props)
        });
        let id = made.await?;
        let outputs = [("net", self.net.clone())];
        let mut made = Made::usable(id, now, outputs);
        let target = self.target.clone().map(|arn| ("target".to_owned(), arn));
        if let Some(now) = &mut made.now {
            now.outputs.extend(target);
        }
        Ok(made)
    }

    async fn update(&self, fake: &Fake, who: &Identity, _: &Self) -> Result<(), CloudError> {
        let (id, changes) = (who.id()?, json!({"target": self.target, "note": self.note}));
        fake.call("narrow", "set", who, |world| world.set(&LAW, id, &changes))
            .await
    }

    fn settles(&self, _: &Self) -> bool {
        false
    }

    async fn delete(fake: &Fake, who: &Identity) -> Result<(), CloudError> {
        remove(fake, "narrow", &LAW, who).await
    }

    async fn tag(_: &Fake, _: &Identity, _: &[String]) -> Result<(), CloudError> {
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[];

    fn terraform(&self, _exported: &Exported<'_>) -> Vec<Block> {
        Vec::new()
    }

    fn example() -> Example {
        Example {
            parents: vec![("net.main", json!({"cidr": "10"}))],
            properties: json!({"net": "${net.main.id}", "port": 1}),
            changes: vec![("note", json!("x"))],
        }
    }
}

fn echo(thing: &Thing) -> Outputs {
    let text = |field: &str| {
        thing.props[field]
            .as_str()
            .map(|value| (field.to_owned(), value.to_owned()))
    };
    ["target", "net"].into_iter().filter_map(text).collect()
}

impl Rule {
    /// A rule that somebody adds by hand.
    pub(crate) fn add_behind_the_back(fake: &Fake, net: &str, port: u16) {
        let mut world = fake.world();
        let net = world.thing_mut(net).id.clone();
        let props: Value = json!({"net": net, "port": port, "target": null, "note": ""});
        let id = format!("rule-{}", world.serial("rule"));
        world
            .make(&LAW, id, "", &Default::default(), props)
            .expect("allowed");
    }
}
