//! What load balancers do, on one loopback port: requests go to the targets that are registered with them.
//!
//! A rule of a listener for the request's host has it, whichever balancer it is of. Else the host says which balancer is meant where that
//! is a balancer's own name, and if not it is the newest that has targets; it forwards to its first target group. Rules that ask for
//! anything but a host are not looked at. Targets that are containers are checked as their group says, and ECS is made to replace tasks that fail.

mod check;
mod fronts;
mod group;
mod host_rules;
mod monitor;
mod proxy;
mod scheduler;
mod task;

pub(crate) use proxy::Balancer;
