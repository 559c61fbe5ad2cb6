//! What load balancers do, on one loopback port: requests go to the targets that are registered with them.
//!
//! A request whose host fits a rule of a listener goes to that rule's target group. Else it goes to the first target group of a
//! balancer: the one whose own name is the host, or the newest that has targets. Rules that go by anything but the host, such as a
//! path, are not looked at, nor is which listener's port was meant. Targets that are containers are checked as their group says, and
//! ECS is made to replace tasks that fail.

mod check;
mod fronts;
mod group;
mod host_rule;
mod monitor;
mod proxy;
mod scheduler;
mod task;

pub(crate) use proxy::Balancer;
