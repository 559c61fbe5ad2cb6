//! What metrics are counted in.

/// What a metric is counted in, and how its limit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 0 to 100, written `5%`.
    Percent,
    /// Written `3s` or `250ms`.
    Seconds,
    /// Written `2GB`, `500MB`; powers of 1024.
    Bytes,
    /// Written `$15`.
    Dollars,
    /// A bare number.
    Count,
    /// Either so or not; the metric is written alone.
    State,
}

const MEGABYTE: f64 = 1_048_576.0;
const GIGABYTE: f64 = 1_073_741_824.0;

/// Marks of units with what they mark and their factor to the base unit.
const MARKS: [(&str, Unit, f64); 7] = [
    ("%", Unit::Percent, 1.0),
    ("ms", Unit::Seconds, 0.001),
    ("s", Unit::Seconds, 1.0),
    ("m", Unit::Seconds, 60.0),
    ("MB", Unit::Bytes, MEGABYTE),
    ("GB", Unit::Bytes, GIGABYTE),
    ("$", Unit::Dollars, 1.0),
];

impl Unit {
    /// What a mark marks, and its factor to the base unit.
    pub(super) fn of(mark: &str) -> Option<(Self, f64)> {
        MARKS
            .into_iter()
            .find(|(known, ..)| *known == mark)
            .map(|(_, unit, factor)| (unit, factor))
    }

    /// The mark that somebody meant who wrote this one: another case, or a word.
    pub(super) fn meant(mark: &str) -> Option<&'static str> {
        match mark.to_ascii_lowercase().as_str() {
            "percent" | "pct" => Some("%"),
            "msec" | "millis" | "milliseconds" => Some("ms"),
            "sec" | "secs" | "second" | "seconds" => Some("s"),
            "min" | "mins" | "minute" | "minutes" => Some("m"),
            "mib" | "mb" => Some("MB"),
            "gib" | "gb" | "g" => Some("GB"),
            "usd" | "dollar" | "dollars" => Some("$"),
            "s" => Some("s"),
            "ms" => Some("ms"),
            _ => None,
        }
    }

    /// What a limit in this unit is, in words that follow "is".
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Percent => "a percentage with a % after it",
            Self::Seconds => "a time with ms, s or m after it",
            Self::Bytes => "a size with MB or GB after it",
            Self::Dollars => "an amount of money with a $ before it",
            Self::Count | Self::State => "a bare number",
        }
    }

    /// The number with the mark of this unit that is most often meant.
    pub(super) fn mark(self, number: &str) -> String {
        match self {
            Self::Percent => format!("{number}%"),
            Self::Seconds => format!("{number}s"),
            Self::Bytes => format!("{number}GB"),
            Self::Dollars => format!("${number}"),
            Self::Count | Self::State => number.to_owned(),
        }
    }

    /// A number of base units as a stack file writes it.
    pub(super) fn write(self, number: f64) -> String {
        match self {
            Self::Bytes if number % GIGABYTE == 0.0 => format!("{}GB", number / GIGABYTE),
            Self::Bytes => format!("{}MB", number / MEGABYTE),
            _ => self.mark(&number.to_string()),
        }
    }

    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Percent => "5%",
            Self::Seconds => "3s",
            Self::Bytes => "2GB",
            Self::Dollars => "$15",
            Self::Count | Self::State => "1",
        }
    }
}
