//! What the service's tasks read from secrets when they are started, as their definition says.

use bella_engine::live::Live;
use serde_json::Value;

use crate::Node;
use crate::blueprint::{DEFINITION, references};
use crate::reach::nodes_live;

/// A value that ECS reads for a task; without it, no task is started.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// The secret by its name in the stack, `_` in the place of `-`.
    pub secret: String,
    /// The key of its JSON object; `None` for the whole value.
    pub key: Option<String>,
}

/// What the service's definition among `nodes` reads from secrets of the stack, sorted.
#[must_use]
pub fn reads(nodes: &[Node]) -> Vec<Read> {
    let definition = nodes.iter().find(|node| node.address == DEFINITION);
    let secrets = definition.and_then(|node| node.properties["container"]["secrets"].as_object());
    let values = secrets.into_iter().flat_map(|map| map.values());
    let mut found: Vec<Read> = values.filter_map(read).collect();
    found.sort();
    found.dedup();
    found
}

/// The same of the newest definition that exists.
#[must_use]
pub fn reads_live(live: &Live) -> Vec<Read> {
    reads(&nodes_live(live))
}

/// Reads a reference such as `${secret.app.arn}:KEY::`; `None` for a secret that is not the stack's.
fn read(value: &Value) -> Option<Read> {
    let text = value.as_str()?;
    let reference = references(text).first().copied()?;
    let (secret, _) = reference.strip_prefix("secret.")?.split_once('.')?;
    let (_, behind) = text.split_once('}')?;
    let key = behind.split(':').nth(1).filter(|key| !key.is_empty());
    Some(Read {
        secret: secret.to_owned(),
        key: key.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bella_engine::address::Address;
    use bella_engine::live::{Live, Object};
    use bella_engine::resource::{Outputs, Phase};
    use serde_json::{Value, json};

    use super::{Read, reads, reads_live};
    use crate::Node;

    fn read(secret: &str, key: Option<&str>) -> Read {
        Read {
            secret: secret.to_owned(),
            key: key.map(str::to_owned),
        }
    }

    fn expected() -> Vec<Read> {
        vec![
            read("app", Some("ADMIN_USER")),
            read("crm_token", None),
            read("database", Some("password")),
        ]
    }

    fn definition(app: &str, crm: &str, database: &str) -> Value {
        json!({"container": {"secrets": {
            "ADMIN_USER": format!("{app}:ADMIN_USER::"),
            "CRM_TOKEN": crm,
            "DATABASE_PASSWORD": format!("{database}:password::"),
            "FROM_ELSEWHERE": "arn:aws:secretsmanager:ca-central-1:1:secret:others-AbCdEf:KEY::",
        }}})
    }

    #[test]
    fn a_blueprint_says_what_it_reads() {
        let nodes = [Node {
            address: "task_definition.service".to_owned(),
            properties: definition(
                "${secret.app.arn}",
                "${secret.crm_token.arn}",
                "${secret.database.arn}",
            ),
        }];
        assert_eq!(reads(&nodes), expected());
        assert_eq!(reads(&[]), []);
    }

    #[test]
    fn so_does_what_exists() {
        let arn = |name: &str| {
            format!("arn:aws:secretsmanager:ca-central-1:1:secret:bella/s/{name}-AbCdEf")
        };
        let object = |address: &str, id: &str, outputs: Outputs, props: Value| {
            let address = Address::parse(address).expect("an address");
            Object {
                kind: address.kind().to_owned(),
                address,
                claimed: true,
                id: id.to_owned(),
                props: Some(props),
                outputs,
                tags: BTreeMap::new(),
                phase: Phase::Ready,
                created: None,
                protected: None,
            }
        };
        let secret = |label: &str, name: &str| {
            let outputs = Outputs::from([("arn".to_owned(), arn(name))]);
            object(&format!("secret.{label}"), &arn(name), outputs, json!({}))
        };
        let service = definition(&arn("app"), &arn("crm-token"), &arn("database"));
        let live = Live {
            objects: vec![
                secret("app", "app"),
                secret("crm_token", "crm-token"),
                secret("database", "database"),
                object("task_definition.service", "s:1", Outputs::new(), service),
            ],
        };
        assert_eq!(reads_live(&live), expected());
    }
}
