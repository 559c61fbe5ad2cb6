//! Cost Explorer, which the emulator has not: an account that costs nothing, and whatever a test has it answer.

mod billed;
mod expression;
mod lines;
mod period;
mod queue;

pub(super) mod allocation_tags;
pub(super) mod anomaly_monitors;
pub(super) mod answers;
pub(super) mod injected;

/// Its signing name.
const SERVICE: &str = "ce";
