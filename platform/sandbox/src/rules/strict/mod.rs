//! Rules that stand around a call only while the sandbox takes its time (`STATES`) or shows new things late (`LATE`);
//! see `crate::temper`.

mod balancers;
mod caches;
mod databases;
mod late_ids;
mod late_roles;
mod late_tags;
mod lingering;
mod newborns;
pub(super) mod passing;
mod services;

use super::rule::Rule;

/// States that take their time, outermost first.
pub(crate) static STATES: &[&dyn Rule] = &[
    &lingering::RULE,
    &databases::RULE,
    &caches::RULE,
    &balancers::RULE,
    &services::RULE,
];

/// What was made a moment ago and is not seen everywhere.
pub(crate) static LATE: &[&dyn Rule] = &[
    &newborns::RULE,
    &late_tags::RULE,
    &late_ids::RULE,
    &late_roles::RULE,
];
