//! A number that AWS takes as a double: thresholds, target values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

/// A number that AWS takes as a double. It is written as AWS's documents write it, `60` rather than
/// `60.0`, so that plans show what the stack file says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Number(f64);

/// Every whole number up to this one is a double.
const WHOLE: f64 = 9_007_199_254_740_992.0;

impl Number {
    pub(super) fn new(value: f64) -> Self {
        Self(value)
    }

    pub(super) fn value(self) -> f64 {
        self.0
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0.fract() == 0.0 && self.0.abs() <= WHOLE {
            true => to.serialize_i64(self.0 as i64),
            false => to.serialize_f64(self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn whole_numbers_have_no_point_and_others_keep_their_digits() {
        for (given, written) in [
            ("60", "60"),
            ("60.0", "60"),
            ("-3", "-3"),
            ("0.05", "0.05"),
            ("1e300", "1e+300"),
        ] {
            let number: Number = serde_json::from_str(given).expect("a number");
            let text = serde_json::to_string(&number).expect("a number is JSON");
            assert_eq!(text, written, "{given}");
        }
    }
}
