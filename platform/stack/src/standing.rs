//! The service as it stands, for another image in it and nothing else: what the stack file says meanwhile waits.

use bella_engine::live::Live;
use serde_json::{Value, json};

use crate::Node;
use crate::blueprint::{DEFINITION, MIGRATION, SERVICE};

/// Address of what keeps the number of the service's tasks.
const TARGET: &str = "scaling_target.service";

/// The definitions and the service of a stack, with the properties that they have.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    definition: Value,
    migration: Option<Value>,
    service: Value,
    target: Option<Value>,
}

impl Standing {
    /// What `live` shows; `None` where the stack has no service, or no definition of it.
    #[must_use]
    pub fn of(live: &Live) -> Option<Self> {
        let shown = |address: &str| {
            let mut objects = live.objects.iter();
            objects.find_map(|object| {
                let properties = object.props.as_ref()?;
                (object.address.to_string() == address).then(|| properties.clone())
            })
        };
        Some(Self {
            definition: shown(DEFINITION)?,
            migration: shown(MIGRATION),
            service: shown(SERVICE)?,
            target: shown(TARGET),
        })
    }

    /// The definitions with another image, and the service held at `revision`.
    #[must_use]
    pub fn registering(&self, image: &str, revision: &str) -> Vec<Node> {
        self.nodes(image, json!(revision), Value::Null)
    }

    /// The service running an image. How many tasks there are is left to whatever decides it.
    #[must_use]
    pub fn running(&self, image: &str) -> Vec<Node> {
        self.nodes(image, newest(), Value::Null)
    }

    /// The same with tasks wanted now, whatever the schedule or scaling has made of their number.
    #[must_use]
    pub fn awake(&self, image: &str) -> Vec<Node> {
        let target = self.target.as_ref();
        let least = target.and_then(|it| it["min_capacity"].as_u64());
        let least = least.unwrap_or_default().max(1);
        let mut nodes = self.nodes(image, newest(), json!(least));
        nodes.extend(target.map(|target| {
            let mut properties = target.clone();
            properties["min_capacity"] = json!(least);
            node(TARGET, properties)
        }));
        nodes
    }

    /// The service at the image that its newest definition has, with no task wanted.
    #[must_use]
    pub fn resting(&self) -> Vec<Node> {
        let image = self.definition["container"]["image"].as_str();
        self.nodes(image.unwrap_or_default(), newest(), json!(0))
    }

    fn nodes(&self, image: &str, revision: Value, count: Value) -> Vec<Node> {
        let mut service = self.service.clone();
        service["task_definition"] = revision;
        service["desired_count"] = count;
        let with_image = |properties: &Value| {
            let mut properties = properties.clone();
            properties["container"]["image"] = json!(image);
            properties
        };
        let migration = self.migration.as_ref();
        let migration = migration.map(|it| node(MIGRATION, with_image(it)));
        [node(DEFINITION, with_image(&self.definition))]
            .into_iter()
            .chain(migration)
            .chain([node(SERVICE, service)])
            .collect()
    }
}

/// The revision that is registered of the definition beside it.
fn newest() -> Value {
    json!(format!("${{{DEFINITION}.arn}}"))
}

fn node(address: &str, properties: Value) -> Node {
    Node {
        address: address.to_owned(),
        properties,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bella_engine::address::Address;
    use bella_engine::live::{Live, Object};
    use bella_engine::resource::{Outputs, Phase};
    use serde_json::{Value, json};

    use super::Standing;
    use crate::Node;

    fn object(address: &str, id: &str, props: Option<Value>) -> Object {
        let address = Address::parse(address).expect("an address");
        Object {
            kind: address.kind().to_owned(),
            address,
            claimed: true,
            id: id.to_owned(),
            props,
            outputs: Outputs::new(),
            tags: BTreeMap::new(),
            phase: Phase::Ready,
            created: None,
            protected: None,
        }
    }

    fn live() -> Live {
        let definition = |image: &str| json!({"cpu": 256, "container": {"image": image, "environment": {"A": "1"}}});
        Live {
            objects: vec![
                object("vpc.main", "vpc-1", Some(json!({"cidr": "10.0.0.0/16"}))),
                object("task_definition.service", "s:1", None),
                object("task_definition.service", "s:2", Some(definition("new"))),
                object("task_definition.migrate", "m:2", Some(definition("new"))),
                object(
                    "ecs_service.service",
                    "arn",
                    Some(json!({"cluster": "c", "task_definition": "s:2", "desired_count": 3})),
                ),
                object(
                    "scaling_target.service",
                    "t",
                    Some(json!({"min_capacity": 0, "max_capacity": 4})),
                ),
            ],
        }
    }

    fn at<'a>(nodes: &'a [Node], address: &str) -> &'a Value {
        let found = nodes.iter().find(|node| node.address == address);
        &found.expect("is there").properties
    }

    #[test]
    fn only_the_image_is_another() {
        let standing = Standing::of(&live()).expect("a service");
        let nodes = standing.running("old");
        assert_eq!(
            nodes.len(),
            3,
            "the network and scaling are no part of it: {nodes:?}"
        );
        for definition in ["task_definition.service", "task_definition.migrate"] {
            assert_eq!(
                *at(&nodes, definition),
                json!({"cpu": 256, "container": {"image": "old", "environment": {"A": "1"}}})
            );
        }
        assert_eq!(
            *at(&nodes, "ecs_service.service"),
            json!({"cluster": "c", "task_definition": "${task_definition.service.arn}", "desired_count": null})
        );
        let held = standing.registering("old", "s:2");
        assert_eq!(at(&held, "ecs_service.service")["task_definition"], "s:2");
    }

    #[test]
    fn tasks_are_wanted_where_none_were() {
        let standing = Standing::of(&live()).expect("a service");
        let nodes = standing.awake("old");
        assert_eq!(at(&nodes, "ecs_service.service")["desired_count"], 1);
        assert_eq!(
            *at(&nodes, "scaling_target.service"),
            json!({"min_capacity": 1, "max_capacity": 4})
        );
        let nodes = standing.resting();
        assert_eq!(at(&nodes, "ecs_service.service")["desired_count"], 0);
        assert_eq!(
            at(&nodes, "task_definition.service")["container"]["image"],
            "new"
        );
    }

    #[test]
    fn a_stack_without_a_service_has_none() {
        let mut live = live();
        live.objects.retain(|object| object.kind != "ecs_service");
        assert_eq!(Standing::of(&live), None);
    }
}
