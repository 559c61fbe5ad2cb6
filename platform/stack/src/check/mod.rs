//! What no schema can say: values that have to fit each other, and what AWS or this release refuses.

mod alarms;
mod data;
mod environment;
mod ephemeral;
pub(crate) mod fargate;
mod network;
mod resources;
mod schedule;
mod scope;
mod service;
mod usage;

pub(crate) use scope::Scope;

use crate::problem::Problem;

/// Every problem of the stack.
pub(crate) fn all(mut scope: Scope<'_>) -> Vec<Problem> {
    network::check(&mut scope);
    service::check(&mut scope);
    environment::check(&mut scope);
    data::check(&mut scope);
    schedule::check(&mut scope);
    ephemeral::check(&mut scope);
    alarms::check(&mut scope);
    resources::check(&mut scope);
    usage::check(&mut scope);
    scope.finish()
}
