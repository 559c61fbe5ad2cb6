//! The stack that another one is a guest of.

use super::Domain;
use std::collections::BTreeMap;

/// What a guest uses of its host, as AWS shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Host {
    /// Outputs of its objects, by what a reference would say: `vpc.main.id`.
    pub outputs: BTreeMap<String, String>,
    /// Where its tasks are: ids of subnets.
    pub subnets: Vec<String>,
    /// Who its tasks are to others: ids of security groups.
    pub security_groups: Vec<String>,
    /// Whether its tasks have public addresses.
    pub assign_public_ip: bool,
    /// The port that its load balancer may open to tasks.
    pub port: u16,
    /// Its public name, where it has one.
    pub domain: Option<Domain>,
}
