//! The engine: desired graph, live objects, plan, apply.
//!
//! The cloud is the state. [`graph::Graph`] is what is wanted, [`live::Live`] what a listing saw;
//! [`planner::plan`] takes their difference without any I/O, and [`apply::apply`] carries it out
//! and decides nothing. The [`ledger`] records what happened and holds the right to act; without
//! it only history and the reason of a change are unknown. Knows no AWS, no terminal, no clock.
#![warn(missing_docs)]

pub mod address;
pub mod adopt;
pub mod applied;
pub mod apply;
pub mod cloud;
mod complete;
pub mod cost;
pub mod diff;
pub mod export;
pub mod gate;
pub mod graph;
pub mod ledger;
pub mod live;
mod made;
pub mod name;
mod order;
pub mod plan;
pub mod planner;
pub mod progress;
pub mod reference;
pub mod resource;
pub mod retry;
pub mod saved;
mod step;
pub mod took;
pub mod usage;
mod wait;
