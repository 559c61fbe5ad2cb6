//! What load balancers do, on one loopback port: requests go to the targets that are registered with them.
//!
//! Which balancer is meant is said by the request's host where that is a balancer's own name; else it is the newest that has
//! targets. Paths and host rules of listeners are not looked at: each forwards to its first target group. Targets that are containers
//! are checked as their group says, and ECS is made to replace tasks that fail.

mod check;
mod fronts;
mod group;
mod monitor;
mod proxy;
mod scheduler;
mod task;

pub(crate) use proxy::Balancer;
