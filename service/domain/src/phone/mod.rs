//! Telephone numbers, typed or spoken.
//!
//! - [`mobile`]: a valid number, how it is read, shown and spoken
//! - [`plan`]: the North American numbering plan, checked without the world's metadata
//! - [`lexicon`]: what each word may contribute to a number
//! - [`run`]: stretches of digits, and how each follows the one before it
//! - [`reading`]: the digit strings a stretch may stand for
//! - [`assembly`]: one number from all stretches: repeats, corrections, missing halves

mod assembly;
mod lexicon;
mod mobile;
mod plan;
mod reading;
mod run;

pub use assembly::understand;
pub use mobile::{Mobile, Region};
