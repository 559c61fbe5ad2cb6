//! What a call costs, from what it really used.
//!
//! - [`Usage`]: what was used, as far as it is known
//! - [`lines`]: what that costs by the tariff that is compiled in (`tariff.json`, with date and source of every price)

mod lines;
mod usage;

pub use lines::{CostLine, as_of, lines, metered, total};
pub use usage::Usage;
