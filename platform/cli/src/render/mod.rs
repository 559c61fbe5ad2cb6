//! Text and JSON forms of what the engine answers.

pub(crate) mod cost;
pub(crate) mod drift;
pub(crate) mod ephemeral;
pub(crate) mod id;
pub(crate) mod markdown;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod prices;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod scaling;
pub(crate) mod schedule;
pub(crate) mod table;
pub(crate) mod usual;
pub(crate) mod value;
