//! The Price List, which the emulator has not, from the prices that estimates are made of.

mod products;

pub(super) mod catalogue;

/// Its signing name.
const SERVICE: &str = "pricing";
