//! Times of day and time zones.

use super::text::{Refusal, nearest, text_value};
use jiff::tz::TimeZoneDatabase;
use std::{fmt, str::FromStr, sync::LazyLock};

/// A time of day on a 24-hour clock, `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
}

impl TimeOfDay {
    /// The hour, 0 to 23.
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub const fn minute(self) -> u8 {
        self.minute
    }
}

impl FromStr for TimeOfDay {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let refusal = Refusal::new(
            format!("`{text}` is not a time of day"),
            "HH:MM, 00:00 to 23:59",
        );
        match clock_reading(text) {
            Some(time) if time.to_string() == text => Ok(time),
            near => Err(refusal.suggest(near.map(|time| time.to_string()))),
        }
    }
}

/// Reads what people write for a time: `8:00`, `20:00`, `8pm`, `8:30 PM`, `20h`.
fn clock_reading(text: &str) -> Option<TimeOfDay> {
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ' || c == '.');
    let suffix = lower[digits.len()..].replace([' ', '.'], "");
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let hour: u8 = hour.parse().ok()?;
    let minute: u8 = minute.parse().ok()?;
    let hour = match suffix.as_str() {
        "pm" if (1..12).contains(&hour) => hour + 12,
        "am" if hour == 12 => 0,
        "" | "am" | "pm" | "h" => hour,
        _ => return None,
    };
    (hour < 24 && minute < 60).then_some(TimeOfDay { hour, minute })
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

text_value!(
    TimeOfDay,
    "bella-time-of-day",
    "A time of day on a 24-hour clock, HH:MM.",
    "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    ["20:00"]
);

/// The name of a zone of the IANA time zone database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// The zone's name, in the database's own spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// All names of the database this program was built with.
static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let database = TimeZoneDatabase::bundled();
    database
        .available()
        .map(|name| name.as_str().to_owned())
        .collect()
});

impl FromStr for TimeZoneName {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        if ZONES.iter().any(|zone| zone == text) {
            return Ok(Self(text.to_owned()));
        }
        let city = |zone: &'static String| zone.rsplit('/').next().unwrap_or(zone);
        let wanted = text.rsplit('/').next().unwrap_or(text).replace(' ', "_");
        let near = nearest(text, ZONES.iter().map(String::as_str)).or_else(|| {
            let by_city = ZONES
                .iter()
                .find(|zone| city(zone).eq_ignore_ascii_case(&wanted));
            by_city.map(String::as_str)
        });
        let message = format!("`{text}` is not a time zone of the IANA database");
        Err(Refusal::new(
            message,
            "a name such as America/Toronto, Europe/Berlin or UTC",
        )
        .suggest(near))
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    TimeZoneName,
    "bella-time-zone",
    "A zone of the IANA time zone database.",
    "^[A-Za-z][A-Za-z0-9_+/-]*$",
    ["America/Toronto", "UTC"]
);

#[cfg(test)]
mod tests {
    use super::{TimeOfDay, TimeZoneName};

    #[test]
    fn times_parse_or_say_what_was_meant() {
        let cases = [
            ("20:00", Ok((20, 0))),
            ("00:59", Ok((0, 59))),
            ("8:00", Err(Some("08:00"))),
            ("8pm", Err(Some("20:00"))),
            ("12:30 a.m.", Err(Some("00:30"))),
            ("24:00", Err(None)),
            ("20:60", Err(None)),
            ("noon", Err(None)),
        ];
        for (text, expected) in cases {
            let seen = text.parse::<TimeOfDay>();
            let seen = seen
                .as_ref()
                .map(|t| (t.hour(), t.minute()))
                .map_err(|r| r.suggestion.as_deref());
            assert_eq!(seen, expected, "{text}");
        }
    }

    #[test]
    fn zones_parse_or_say_what_was_meant() {
        let cases = [
            ("America/Toronto", Ok("America/Toronto")),
            ("UTC", Ok("UTC")),
            ("America/Tronto", Err(Some("America/Toronto"))),
            ("america/toronto", Err(Some("America/Toronto"))),
            ("Toronto", Err(Some("America/Toronto"))),
            ("Mars/Olympus", Err(None)),
        ];
        for (text, expected) in cases {
            let seen = text.parse::<TimeZoneName>();
            let seen = seen
                .as_ref()
                .map(TimeZoneName::as_str)
                .map_err(|r| r.suggestion.as_deref());
            assert_eq!(seen, expected, "{text}");
        }
    }
}
