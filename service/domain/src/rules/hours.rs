//! Opening hours as they are written: `mon-thu 09:00-12:00,13:00-18:00; sat 10:00-14:00`.

use jiff::civil::Weekday;

use crate::understood::{NotUnderstood, Understood};

/// When the business is open in a week.
///
/// ```text
/// hours  = part *( ";" part )
/// part   = days " " range *( "," range )
/// days   = run *( "," run )          run = day [ "-" day ], Friday to Monday included: fri-mon
/// day    = mon | tue | wed | thu | fri | sat | sun, or the whole English name
/// range  = HH:MM "-" HH:MM            24-hour clock, the end after the beginning; 24:00 is an end
/// ```
/// Capitals and further spaces do not matter. A weekday stands in one part only; one that stands in none is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    week: [Vec<Range>; 7],
}

/// A span of a day in minutes since midnight, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// Its beginning.
    pub from: u16,
    /// Its end, after `from`, at most 1440.
    pub to: u16,
}

impl Hours {
    /// The spans of a weekday, earliest first; none when it is closed.
    pub fn on(&self, day: Weekday) -> &[Range] {
        &self.week[index(day)]
    }
}

impl std::str::FromStr for Hours {
    type Err = NotUnderstood;

    /// Reads the grammar above.
    fn from_str(text: &str) -> Understood<Self> {
        let text = text.to_ascii_lowercase();
        let mut hours = Self {
            week: std::array::from_fn(|_| Vec::new()),
        };
        for part in text.split(';') {
            hours.add(part.trim())?;
        }
        Ok(hours)
    }
}

impl Hours {
    fn add(&mut self, part: &str) -> Understood<()> {
        let first = part
            .find(|letter: char| letter.is_ascii_digit())
            .ok_or_else(|| bad(part, "has no time"))?;
        let (days, ranges) = part.split_at(first);
        let ranges = read_ranges(ranges)?;
        for day in read_days(days)? {
            let spans = &mut self.week[day];
            if !spans.is_empty() {
                return Err(bad(part, "names a weekday that has hours already"));
            }
            spans.clone_from(&ranges);
        }
        Ok(())
    }
}

fn read_days(text: &str) -> Understood<Vec<usize>> {
    let text = text.trim();
    let mut days = Vec::new();
    for run in text.split(',') {
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        let (first, last) = (read_day(first)?, read_day(last)?);
        let mut day = first;
        loop {
            if days.contains(&day) {
                return Err(bad(run, "names a weekday twice"));
            }
            days.push(day);
            if day == last {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    Ok(days)
}

fn read_day(text: &str) -> Understood<usize> {
    const NAMES: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let text = text.trim();
    NAMES
        .iter()
        .position(|name| text == *name || text == &name[..3])
        .ok_or_else(|| bad(text, "is no weekday such as mon"))
}

fn read_ranges(text: &str) -> Understood<Vec<Range>> {
    let mut ranges = text
        .split(',')
        .map(read_range)
        .collect::<Understood<Vec<_>>>()?;
    ranges.sort_unstable();
    if ranges.windows(2).any(|pair| pair[1].from < pair[0].to) {
        return Err(bad(text.trim(), "overlaps itself"));
    }
    Ok(ranges)
}

fn read_range(text: &str) -> Understood<Range> {
    let range = text
        .split_once('-')
        .and_then(|(from, to)| {
            Some(Range {
                from: minutes(from)?,
                to: minutes(to)?,
            })
        })
        .ok_or_else(|| bad(text.trim(), "is no span such as 09:00-17:00"))?;
    if range.from >= range.to {
        return Err(bad(text.trim(), "ends before it begins"));
    }
    Ok(range)
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let two = |text: &str| {
        (text.len() <= 2)
            .then(|| text.parse::<u16>().ok())
            .flatten()
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let sum = hours * 60 + minutes;
    (minutes < 60 && sum <= 24 * 60).then_some(sum)
}

fn index(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

fn bad(text: &str, what: &str) -> NotUnderstood {
    NotUnderstood::because(format!("`{text}` {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(text: &str) -> String {
        let hours: Hours = match text.parse() {
            Ok(hours) => hours,
            Err(not) => return not.reason,
        };
        let mut days = Vec::new();
        for day in Weekday::Monday.cycle_forward().take(7) {
            let spans: Vec<String> = hours
                .on(day)
                .iter()
                .map(|range| format!("{}-{}", range.from, range.to))
                .collect();
            days.push(spans.join("+"));
        }
        days.join(" ").trim_end().to_owned()
    }

    #[test]
    fn the_grammar() {
        let table = [
            (
                "mon-fri 09:00-17:00",
                "540-1020 540-1020 540-1020 540-1020 540-1020",
            ),
            (
                "Mon-Thu 09:00-12:00, 13:00-18:00; Saturday 10:00-14:00",
                "540-720+780-1080 540-720+780-1080 540-720+780-1080 540-720+780-1080  600-840",
            ),
            ("fri-mon 9:00-12:00", "540-720    540-720 540-720 540-720"),
            (
                "mon,wed 13:00-14:00,08:00-09:00",
                "480-540+780-840  480-540+780-840",
            ),
            ("sun 00:00-24:00", "      0-1440"),
            ("", "`` has no time"),
            ("mon-fri", "`mon-fri` has no time"),
            ("mon-fri 09:00-17:00;", "`` has no time"),
            ("09:00-17:00", "`` is no weekday such as mon"),
            ("moon 09:00-17:00", "`moon` is no weekday such as mon"),
            ("mon 09:00", "`09:00` is no span such as 09:00-17:00"),
            ("mon 9-17", "`9-17` is no span such as 09:00-17:00"),
            (
                "mon 09:60-17:00",
                "`09:60-17:00` is no span such as 09:00-17:00",
            ),
            (
                "mon 09:00-24:01",
                "`09:00-24:01` is no span such as 09:00-17:00",
            ),
            ("mon 17:00-09:00", "`17:00-09:00` ends before it begins"),
            (
                "mon 09:00-12:00,11:00-13:00",
                "`09:00-12:00,11:00-13:00` overlaps itself",
            ),
            ("mon,mon 09:00-12:00", "`mon` names a weekday twice"),
            (
                "mon 09:00-12:00; mon 13:00-14:00",
                "`mon 13:00-14:00` names a weekday that has hours already",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(week(text), expected, "{text}");
        }
    }
}
