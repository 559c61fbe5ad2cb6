//! A cloud in memory, with everything that makes a real one hard: states that take time, listings
//! that lag, references it insists on, names it does not give twice, answers that get lost, and a
//! caller that can die between any two calls.

mod clock;
mod cloud;
pub(crate) mod kinds;
mod ledger;
mod trouble;
mod truth;
mod world;

pub(crate) use cloud::{Fake, Look};
pub(crate) use ledger::Memory;
pub(crate) use trouble::Woe;
pub(crate) use world::World;
