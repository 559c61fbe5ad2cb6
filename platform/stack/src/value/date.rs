//! Days of the calendar.

use super::text::{Refusal, text_value};
use std::{fmt, str::FromStr};

/// A day, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// The day.
    pub const fn date(self) -> jiff::civil::Date {
        self.0
    }
}

impl FromStr for Date {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let read = text.parse::<jiff::civil::Date>().map(Self).ok();
        match read {
            Some(day) if day.to_string() == text => Ok(day),
            near => {
                let refusal = Refusal::new(
                    format!("`{text}` is not a day of the calendar"),
                    "YYYY-MM-DD, such as 2027-01-31",
                );
                Err(refusal.suggest(near.map(|day| day.to_string())))
            }
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

text_value!(
    Date,
    "bella-date",
    "A day, YYYY-MM-DD.",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    ["2027-01-31"]
);

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_parse_or_are_refused() {
        for (text, fine) in [
            ("2027-01-31", true),
            ("2028-02-29", true),
            ("2027-02-29", false),
            ("2027-1-31", false),
            ("31.01.2027", false),
            ("never", false),
        ] {
            let read = text.parse::<Date>();
            assert_eq!(read.is_ok(), fine, "{text}");
        }
    }
}
