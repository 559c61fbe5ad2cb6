//! Rounding, and decimals as JSON numbers.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Serialize, Serializer};

/// US dollars rounded to the cent, half a cent away from zero.
#[must_use]
pub fn cents(usd: Decimal) -> Decimal {
    usd.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// The JSON number nearest to a decimal; null where none is near (there is none in practice: a
/// decimal is always smaller than the largest number of JSON's readers).
#[must_use]
pub fn number(decimal: Decimal) -> Option<f64> {
    decimal.normalize().to_f64()
}

/// For `serialize_with`: a decimal as a JSON number instead of a text.
pub(super) fn as_number<S: Serializer>(decimal: &Decimal, to: S) -> Result<S::Ok, S::Error> {
    number(*decimal).serialize(to)
}

/// For `serialize_with`: a line's dollars as a JSON number with four decimals, the precision at
/// which lines of nothing-much still add up to the total.
pub(super) fn as_line<S: Serializer>(usd: &Decimal, to: S) -> Result<S::Ok, S::Error> {
    let rounded = usd.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
    number(rounded).serialize(to)
}
