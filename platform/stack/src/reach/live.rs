use std::collections::BTreeMap;

use bella_engine::live::Live;
use serde_json::Value;

use super::{Unreachable, unreachable};
use crate::Node;

/// Every way that has to be there among what exists and is not: what was changed by hand, or never finished.
///
/// Objects are read as the blueprint's resources are: an id, an ARN or an endpoint of one is a reference to it.
#[must_use]
pub fn unreachable_live(live: &Live) -> Vec<Unreachable> {
    unreachable(&nodes(live))
}

/// Shorter values, such as a name or a port, may be in a text by chance.
const SHORTEST: usize = 8;

/// What exists as the blueprint would say it: ids, ARNs and endpoints of it are references to it.
pub(crate) fn nodes(live: &Live) -> Vec<Node> {
    let current = || {
        live.objects
            .iter()
            .filter_map(|object| Some((object, object.props.as_ref()?)))
    };
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for (object, _) in current() {
        let outputs = object.outputs.iter();
        let values = outputs.map(|(name, value)| (value.as_str(), name.as_str()));
        for (value, output) in values.chain([(object.id.as_str(), "id")]) {
            if value.len() >= SHORTEST {
                // An id that two kinds share is that of the one it is the id of.
                let name = format!("${{{}.{output}}}", object.address);
                if object.id == value {
                    names.insert(value, name);
                } else {
                    names.entry(value).or_insert(name);
                }
            }
        }
    }
    let mut names: Vec<(&str, String)> = names.into_iter().collect();
    // An ARN may begin with another.
    names.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    let node = |(object, properties): (&bella_engine::live::Object, &Value)| Node {
        address: object.address.to_string(),
        properties: referring(properties, &names),
    };
    current().map(node).collect()
}

/// The properties with references in the place of what objects are known by.
fn referring(value: &Value, names: &[(&str, String)]) -> Value {
    match value {
        Value::String(text) => {
            let known = names.iter().find(|(value, _)| text == value);
            let whole = known.map(|(_, name)| name.clone());
            Value::String(whole.unwrap_or_else(|| within(text, names)))
        }
        Value::Array(items) => items.iter().map(|item| referring(item, names)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), referring(value, names)))
            .collect(),
        other => other.clone(),
    }
}

/// A text with the first name that is in it replaced: an endpoint in a URL, an ARN with a key behind it.
fn within(text: &str, names: &[(&str, String)]) -> String {
    let found = names.iter().find(|(value, _)| text.contains(value));
    found.map_or_else(
        || text.to_owned(),
        |(value, name)| text.replacen(value, name, 1),
    )
}

#[cfg(test)]
mod tests {
    use bella_engine::address::Address;
    use bella_engine::live::{Live, Object};
    use bella_engine::resource::{Outputs, Phase, Tags};
    use serde_json::{Value, json};

    use super::unreachable_live;

    fn object(address: &str, id: &str, outputs: &[(&str, &str)], properties: Value) -> Object {
        let address = Address::parse(address).expect("an address");
        let outputs = outputs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Object {
            kind: address.kind().to_owned(),
            address,
            claimed: true,
            id: id.to_owned(),
            props: Some(properties),
            outputs: outputs.collect::<Outputs>(),
            tags: Tags::new(),
            phase: Phase::Ready,
            created: None,
            protected: None,
        }
    }

    fn rule(name: &str, group: &str, direction: &str, peer: &str, port: u32) -> Object {
        let properties = json!({
            "security_group": group, "direction": direction, "protocol": "tcp", "from_port": port, "to_port": port,
            "peer": peer,
        });
        let address = format!("security_group_rule.{name}");
        object(
            &address,
            &format!("{group}/{direction}/sgr-{name}"),
            &[],
            properties,
        )
    }

    /// A service with a database and a way to the internet.
    fn whole() -> Live {
        let definition = "arn:aws:ecs:r:1:task-definition/app:1";
        let (task, data) = ("sg-11111111", "sg-22222222");
        Live {
            objects: vec![
                object("security_group.task", task, &[("id", task)], json!({})),
                object("security_group.data", data, &[("id", data)], json!({})),
                object(
                    "db_instance.main",
                    "bella-main",
                    &[("endpoint", "bella-main.rds.example")],
                    json!({"security_groups": [data]}),
                ),
                object(
                    "task_definition.service",
                    definition,
                    &[("arn", definition)],
                    json!({"container": {"environment": {"DATABASE_HOST": "bella-main.rds.example"}}}),
                ),
                object(
                    "ecs_service.service",
                    "arn:aws:ecs:r:1:service/c/s",
                    &[],
                    json!({
                        "task_definition": definition, "security_groups": [task], "subnets": ["subnet-33333333"],
                        "assign_public_ip": true, "container_port": 8000,
                    }),
                ),
                object(
                    "subnet.public",
                    "subnet-33333333",
                    &[("id", "subnet-33333333")],
                    json!({}),
                ),
                object(
                    "route_table.public",
                    "rtb-44444444",
                    &[("id", "rtb-44444444")],
                    json!({}),
                ),
                object(
                    "route_table_association.public",
                    "rtbassoc-55555555",
                    &[],
                    json!({"subnet": "subnet-33333333", "route_table": "rtb-44444444"}),
                ),
                object(
                    "route.internet",
                    "rtb-44444444/0.0.0.0/0",
                    &[],
                    json!({
                        "route_table": "rtb-44444444", "destination_cidr": "0.0.0.0/0", "gateway": "igw-66666666",
                        "nat_gateway": null,
                    }),
                ),
                rule("out", task, "egress", "0.0.0.0/0", 443),
                rule("to_data", task, "egress", data, 5432),
                rule("from_task", data, "ingress", task, 5432),
            ],
        }
    }

    fn told(live: &Live) -> Vec<String> {
        unreachable_live(live)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_was_taken_away_by_hand_is_named() {
        let live = whole();
        assert_eq!(told(&live), Vec::<String>::new());
        for (gone, said) in [
            (
                "security_group_rule.from_task",
                "ecs_service.service cannot reach db_instance.main on port 5432: no rule lets it into security_group.data",
            ),
            (
                "security_group_rule.to_data",
                "ecs_service.service cannot reach db_instance.main on port 5432: no rule lets it out of security_group.task",
            ),
            (
                "security_group_rule.out",
                "ecs_service.service cannot reach the internet on port 443: no rule lets it out of security_group.task",
            ),
            (
                "route.internet",
                "ecs_service.service cannot reach the internet on port 443: subnet.public has no route to it",
            ),
        ] {
            let mut without = live.clone();
            without
                .objects
                .retain(|object| object.address.to_string() != gone);
            assert_eq!(told(&without), [said], "without {gone}");
        }
    }
}
