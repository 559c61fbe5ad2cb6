//! What an account and a stack are examined for: each file asks AWS one thing, and `bella-watch` judges the answer.

mod clock;
mod cost_tags;
mod credentials;
mod delegation;
mod quotas;
mod region;
mod roles;
mod secrets;
mod subscriptions;
mod zone;

use bella_engine::cloud::CloudError;
use bella_watch::doctor::Finding;

use crate::clients::{Aws, Caller};

/// What is examined beside the account.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The stack.
    pub stack: Option<String>,
    /// The hosted zone of its name.
    pub zone: Option<String>,
    /// Whether zones are in the DNS: an emulator's are not.
    pub in_the_dns: bool,
    /// VPCs it has or will have.
    pub vpcs: usize,
    /// Elastic IP addresses.
    pub addresses: usize,
    /// Internet gateways.
    pub gateways: usize,
    /// vCPUs of tasks at the most, on demand.
    pub vcpus: f64,
    /// vCPUs of tasks at the most, on Spot.
    pub spot_vcpus: f64,
}

/// Carries out every check, in order. What AWS refuses to answer could not be checked, and says so; it stops nothing.
pub async fn examine(aws: &Aws, caller: &Caller, subject: &Subject) -> Vec<Finding> {
    let mut all = Vec::new();
    all.extend(told("credentials", credentials::ask(aws, caller).await));
    all.extend(told("clock", clock::ask(aws).await));
    all.extend(told("region", region::ask(aws).await));
    all.extend(told("quotas", quotas::ask(aws, subject).await));
    all.extend(told("roles", roles::ask(aws).await));
    all.extend(told("cost-tags", cost_tags::ask(aws).await));
    if let Some(stack) = &subject.stack {
        all.extend(told("subscriptions", subscriptions::ask(aws, stack).await));
        all.extend(told("secrets", secrets::ask(aws, stack).await));
    }
    if let Some(name) = &subject.zone {
        all.extend(told("zone", zone::ask(aws, name, subject.in_the_dns).await));
    }
    all
}

fn told(check: &'static str, asked: Result<Vec<Finding>, CloudError>) -> Vec<Finding> {
    asked.unwrap_or_else(|error| vec![Finding::unknown(check, error.to_string())])
}
