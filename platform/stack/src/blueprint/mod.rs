//! From a stack to the resources it asks for: pure functions, one file for each concern.
//!
//! Properties carry AWS's words in snake case; one that is left out has its kind's default. References are text, `${kind.name.output}`, and
//! are all there is to order: a resource is made after those it refers to. Where order matters without data, a resource refers *through*
//! another, by an output that repeats one of that one's inputs (`${route.public_internet.route_table}` is known once the route exists).

mod alarms;
mod budget;
mod cache;
mod database;
mod deploying;
mod edge;
mod expiry;
mod guest;
mod logs;
mod migrate;
mod network;
mod outputs;
mod pending;
mod reference;
mod registry;
mod roles;
mod scaling;
mod schedule;
mod secrets;
mod security;
mod service;
mod subnets;
mod tags;
mod variables;

pub use database::DATABASE;
pub use deploying::{
    APP_SECRET, DATABASE_LOGIN, DEFINITION, MIGRATION, REPOSITORY, blueprint_awake,
    blueprint_registering, database_logins,
};
pub use guest::{door, host_lacks};
pub use outputs::OUTPUTS;
pub use pending::not_yet_provisioned;
pub use service::{SERVICE, is_placeholder};
pub use tags::tags;
pub use variables::{app_keys, missing_variables};

pub(crate) use reference::{references, settle};
pub(crate) use schedule::LEAD as DATABASE_LEAD;
pub(crate) use secrets::DATABASE as DATABASE_SECRET;
pub(crate) use subnets::Subnets;
pub(crate) use variables::{known as known_variables, variable_of};

use crate::Stack;
use serde::Serialize;
use serde_json::Value;

/// A resource that a stack asks for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Node {
    /// Its address in the stack, `kind.name`.
    pub address: String,
    /// Its properties, a JSON object.
    pub properties: Value,
}

impl Node {
    fn new(kind: &str, name: &str, properties: Value) -> Self {
        Self {
            address: format!("{kind}.{name}"),
            properties,
        }
    }
}

/// The resources of a stack whose service has no image yet: its tasks wait for the first deployment.
pub fn blueprint(stack: &Stack) -> Vec<Node> {
    blueprint_running(stack, None)
}

/// The resources of a stack whose service runs this image, named by digest.
///
/// Without an image the service is defined and no task of it is started.
pub fn blueprint_running(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    let mut nodes = concerns(stack, image);
    nodes.extend(stack.resources.iter().map(|(address, properties)| Node {
        address: address.to_string(),
        properties: Value::Object(properties.clone()),
    }));
    nodes
}

/// The resources that the platform makes by itself, without those declared raw.
pub(crate) fn built(stack: &Stack) -> Vec<Node> {
    concerns(stack, None)
}

fn concerns(stack: &Stack, image: Option<&str>) -> Vec<Node> {
    if stack.ephemeral.is_guest() {
        return guest::nodes(stack, image);
    }
    [
        network::nodes(stack),
        security::nodes(stack),
        database::nodes(stack),
        cache::nodes(stack),
        secrets::nodes(stack),
        logs::nodes(stack),
        registry::nodes(),
        roles::nodes(stack),
        edge::nodes(stack),
        service::nodes(stack, image),
        migrate::nodes(stack, image),
        scaling::nodes(stack, image),
        schedule::nodes(stack, image),
        expiry::nodes(stack),
        alarms::nodes(stack, image),
        budget::nodes(stack),
    ]
    .concat()
}
