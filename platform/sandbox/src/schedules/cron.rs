use jiff::civil::{Date, DateTime};

use super::field::{Bounds, Field};

const MINUTES: Bounds = Bounds::of(0..=59, &[]);
const HOURS: Bounds = Bounds::of(0..=23, &[]);
const DAYS: Bounds = Bounds::of(1..=31, &[]);
const MONTHS: Bounds = Bounds::of(
    1..=12,
    &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
);
const WEEKDAYS: Bounds = Bounds::of(1..=7, &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);
const SUNDAY: u32 = 1;
const SATURDAY: u32 = 7;
const YEARS: Bounds = Bounds::of(1970..=2199, &[]);

/// A cron expression of EventBridge Scheduler: minute, hour, day of month, month, day of week, year. Sunday is 1.
///
/// Crates for cron read other dialects: a `?` in exactly one of the two days, the numbering from Sunday as 1 and the
/// year as sixth of six fields are AWS's own, and what they do around a change of the clock is not what AWS documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Field,
    hours: Field,
    days: Days,
    months: Field,
    years: Field,
}

/// Which days of a month are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    OfMonth(Vec<MonthDay>),
    OfWeek(Vec<WeekDay>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MonthDay {
    In(Field),
    /// `L`.
    Last,
    /// `LW`.
    LastWorkday,
    /// `15W`: the day from Monday to Friday that is nearest to it in the same month.
    Nearest(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WeekDay {
    In(Field),
    /// `6#3`: the third Friday.
    Nth(u32, u32),
    /// `6L`: the last Friday.
    Last(u32),
}

impl Cron {
    /// The six fields between the brackets; `None` when they are not such.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday, year] = fields.as_slice() else {
            return None;
        };
        // Exactly one of the two days says which, and the other that it does not matter.
        let days = match (*day, *weekday) {
            ("?", "?") => return None,
            (day, "?") => Days::OfMonth(day.split(',').map(month_day).collect::<Option<_>>()?),
            ("?", day) => Days::OfWeek(day.split(',').map(week_day).collect::<Option<_>>()?),
            _ => return None,
        };
        Some(Self {
            minutes: Field::parse(minute, &MINUTES)?,
            hours: Field::parse(hour, &HOURS)?,
            days,
            months: Field::parse(month, &MONTHS)?,
            years: Field::parse(year, &YEARS)?,
        })
    }

    /// The first time on the wall that fits and is not before `from`, whose seconds are zero.
    pub(super) fn from(&self, from: DateTime) -> Option<DateTime> {
        let time = self.time_from(u32::from(from.hour().unsigned_abs()), minute(from));
        if self.fits(from.date())
            && let Some((hour, minute)) = time
        {
            return at(from.date(), hour, minute);
        }
        let date = self.date_from(from.date().tomorrow().ok()?)?;
        let (hour, minute) = self.time_from(0, 0)?;
        at(date, hour, minute)
    }

    fn time_from(&self, hour: u32, minute: u32) -> Option<(u32, u32)> {
        if self.hours.contains(hour)
            && let Some(minute) = self.minutes.from(minute)
        {
            return Some((hour, minute));
        }
        Some((self.hours.from(hour + 1)?, self.minutes.from(0)?))
    }

    fn fits(&self, date: Date) -> bool {
        self.years.contains(year(date))
            && self.months.contains(month(date))
            && self.days_of(date) >> day(date) & 1 == 1
    }

    /// The first day that fits and is not before `from`.
    fn date_from(&self, from: Date) -> Option<Date> {
        let mut first = from;
        loop {
            let wanted = self.years.from(year(first))?;
            if wanted != year(first) {
                first = Date::new(i16::try_from(wanted).ok()?, 1, 1).ok()?;
            }
            if self.months.contains(month(first)) {
                let left = self.days_of(first) >> day(first) << day(first);
                if left != 0 {
                    let day = i8::try_from(left.trailing_zeros()).ok()?;
                    return Date::new(first.year(), first.month(), day).ok();
                }
            }
            first = first.last_of_month().tomorrow().ok()?;
        }
    }

    /// The days of a date's month that are meant, bit n for day n.
    fn days_of(&self, date: Date) -> u64 {
        let length = u32::from(date.days_in_month().unsigned_abs());
        let first = weekday(date.first_of_month());
        let weekday_of = |number: u32| (first - 1 + number - 1) % 7 + 1;
        let those = |wanted: &dyn Fn(u32) -> bool| {
            (1..=length)
                .filter(|number| wanted(*number))
                .fold(0_u64, |found, number| found | 1 << number)
        };
        match &self.days {
            Days::OfMonth(days) => days.iter().fold(0, |found, one| {
                found
                    | match one {
                        MonthDay::In(field) => those(&|number| field.contains(number)),
                        MonthDay::Last => 1 << length,
                        MonthDay::LastWorkday => 1 << workday_near(length, length, weekday_of),
                        MonthDay::Nearest(number) if *number > length => 0,
                        MonthDay::Nearest(number) => 1 << workday_near(*number, length, weekday_of),
                    }
            }),
            Days::OfWeek(days) => days.iter().fold(0, |found, one| {
                found
                    | match one {
                        WeekDay::In(field) => those(&|number| field.contains(weekday_of(number))),
                        WeekDay::Nth(which, nth) => those(&|number| {
                            weekday_of(number) == *which && (number - 1) / 7 + 1 == *nth
                        }),
                        WeekDay::Last(which) => {
                            those(&|number| weekday_of(number) == *which && number + 7 > length)
                        }
                    }
            }),
        }
    }
}

fn month_day(part: &str) -> Option<MonthDay> {
    match part {
        "L" => Some(MonthDay::Last),
        "LW" => Some(MonthDay::LastWorkday),
        _ => match part.strip_suffix('W') {
            Some(number) => DAYS.value(number).map(MonthDay::Nearest),
            None => Field::parse(part, &DAYS).map(MonthDay::In),
        },
    }
}

fn week_day(part: &str) -> Option<WeekDay> {
    if let Some((which, nth)) = part.split_once('#') {
        let nth = Bounds::of(1..=5, &[]).value(nth)?;
        return Some(WeekDay::Nth(WEEKDAYS.value(which)?, nth));
    }
    match part.strip_suffix('L') {
        // The last day of the week.
        Some("") => Field::parse("SAT", &WEEKDAYS).map(WeekDay::In),
        Some(which) => WEEKDAYS.value(which).map(WeekDay::Last),
        None => Field::parse(part, &WEEKDAYS).map(WeekDay::In),
    }
}

/// The day from Monday to Friday that is nearest, within a month of that length.
fn workday_near(number: u32, length: u32, weekday_of: impl Fn(u32) -> u32) -> u32 {
    match weekday_of(number) {
        SATURDAY if number == 1 => 3,
        SATURDAY => number - 1,
        SUNDAY if number == length => number - 2,
        SUNDAY => number + 1,
        _ => number,
    }
}

fn at(date: Date, hour: u32, minute: u32) -> Option<DateTime> {
    let (hour, minute) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?);
    Some(date.at(hour, minute, 0, 0))
}

fn minute(time: DateTime) -> u32 {
    u32::from(time.minute().unsigned_abs())
}

fn day(date: Date) -> u32 {
    u32::from(date.day().unsigned_abs())
}

fn month(date: Date) -> u32 {
    u32::from(date.month().unsigned_abs())
}

fn year(date: Date) -> u32 {
    u32::try_from(date.year()).unwrap_or_default()
}

fn weekday(date: Date) -> u32 {
    u32::from(date.weekday().to_sunday_one_offset().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::DateTime;

    use super::Cron;

    fn series(text: &str, from: &str, count: usize) -> Vec<String> {
        let cron = Cron::parse(text).expect(text);
        let mut at: DateTime = from.parse().expect("a time");
        let mut found = Vec::new();
        while found.len() < count {
            let Some(next) = cron.from(at) else { break };
            found.push(next.strftime("%Y-%m-%d %H:%M").to_string());
            at = next + 1.minute();
        }
        found
    }

    #[test]
    fn expressions_come_true() {
        let cases: [(&str, &[&str]); 13] = [
            (
                "0 20 ? * MON-FRI *",
                &["2026-11-20 20:00", "2026-11-23 20:00"],
            ),
            ("0 20 ? * 2-6 *", &["2026-11-20 20:00", "2026-11-23 20:00"]),
            (
                "0/30 8-9 L * ? *",
                &[
                    "2026-11-30 08:00",
                    "2026-11-30 08:30",
                    "2026-11-30 09:00",
                    "2026-11-30 09:30",
                    "2026-12-31 08:00",
                ],
            ),
            (
                "5 0 LW * ? *",
                &["2026-11-30 00:05", "2026-12-31 00:05", "2027-01-29 00:05"],
            ),
            (
                "0 0 15W * ? *",
                &["2026-12-15 00:00", "2027-01-15 00:00", "2027-02-15 00:00"],
            ),
            // Saturday the 15th is Friday's, Sunday the 15th is Monday's.
            (
                "0 0 15W 8 ? *",
                &[
                    "2027-08-16 00:00",
                    "2028-08-15 00:00",
                    "2029-08-15 00:00",
                    "2030-08-15 00:00",
                    "2031-08-15 00:00",
                ],
            ),
            // Saturday the first is Monday the third: it stays within the month.
            ("0 0 1W 5 ? 2027", &["2027-05-03 00:00"]),
            (
                "0 0 31W 1,2 ? 2027-2028",
                &["2027-01-29 00:00", "2028-01-31 00:00"],
            ),
            ("0 12 ? * 6#3 *", &["2026-11-20 12:00", "2026-12-18 12:00"]),
            (
                "0 12 ? * MON#5 *",
                &["2026-11-30 12:00", "2027-03-29 12:00"],
            ),
            ("0 12 ? * FRIL *", &["2026-11-27 12:00", "2026-12-25 12:00"]),
            ("0 12 ? 2 L 2028", &["2028-02-05 12:00", "2028-02-12 12:00"]),
            ("0 12 29 2 ? *", &["2028-02-29 12:00", "2032-02-29 12:00"]),
        ];
        for (text, expected) in cases {
            assert_eq!(
                series(text, "2026-11-20T00:00", expected.len()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn years_end() {
        assert_eq!(
            series("0 0 1 1 ? 2026", "2026-01-02T00:00", 1),
            Vec::<String>::new()
        );
        assert_eq!(
            series("0 0 31 2 ? *", "2026-01-02T00:00", 1),
            Vec::<String>::new()
        );
        assert_eq!(
            series("0 0 1 1 ? 2026-2030/2", "2026-01-01T00:00", 9).len(),
            3
        );
    }

    /// Against every minute of a quarter, one by one.
    #[test]
    fn nothing_is_skipped_and_nothing_added() {
        let from: DateTime = "2028-01-01T00:00".parse().expect("a time");
        for text in [
            "7/13 */5 ? * TUE,SAT *",
            "0 0 1,15,L * ? *",
            "59 23 ? 2-11/3 1#1 *",
            "30 6 10-20/5 FEB ? 2028",
        ] {
            let cron = Cron::parse(text).expect(text);
            let mut each = Vec::new();
            let mut at = from;
            while at.year() == 2028 && at.month() < 4 {
                if cron.from(at) == Some(at) {
                    each.push(at);
                }
                at += 1.minute();
            }
            let mut walked = Vec::new();
            let mut next = cron.from(from);
            while let Some(at) = next.filter(|at| at.year() == 2028 && at.month() < 4) {
                walked.push(at);
                next = cron.from(at + 1.minute());
            }
            assert!(!each.is_empty(), "{text}");
            assert_eq!(walked, each, "{text}");
        }
    }
}
