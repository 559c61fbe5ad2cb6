//! The public holidays of Ontario, computed.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// The public holiday that a day is, in the words in which a caller is told.
///
/// These are the nine of Ontario's Employment Standards Act, 2000 (s. 1, "public holiday"). Canada Day that falls on a
/// Sunday is kept on the Monday after (Holidays Act, R.S.C. 1985, c. H-5, s. 2). The other fixed days are closed on their own date only: on which
/// day somebody has off instead is between employer and employee. Easter Monday, the Civic Holiday and Remembrance
/// Day are no public holidays in Ontario.
pub fn holiday(day: Date) -> Option<&'static str> {
    let monday = day.weekday() == Weekday::Monday;
    match (day.month(), day.day()) {
        (1, 1) => Some("New Year's Day"),
        (2, 15..=21) if monday => Some("Family Day"),
        (5, 18..=24) if monday => Some("Victoria Day"),
        (7, 1) if day.weekday() != Weekday::Sunday => Some("Canada Day"),
        (7, 2) if monday => Some("Canada Day"),
        (9, 1..=7) if monday => Some("Labour Day"),
        (10, 8..=14) if monday => Some("Thanksgiving"),
        (12, 25) => Some("Christmas Day"),
        (12, 26) => Some("Boxing Day"),
        _ if is_good_friday(day) => Some("Good Friday"),
        _ => None,
    }
}

fn is_good_friday(day: Date) -> bool {
    day.weekday() == Weekday::Friday
        && matches!(day.month(), 3 | 4)
        && easter(day.year()).is_some_and(|easter| days_before(easter, 2) == Some(day))
}

fn days_before(day: Date, days: i64) -> Option<Date> {
    day.checked_sub(Span::new().days(days)).ok()
}

/// Easter Sunday of a year of the Gregorian calendar, by the anonymous algorithm (Meeus, Jones, Butcher).
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let (century, of_century) = (year / 100, year % 100);
    let golden = year % 19;
    let shift = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - shift + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late;
    let march = Date::new(i16::try_from(year).ok()?, 3, 22).ok()?;
    march.checked_add(days.days()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn of_year(year: i16) -> Vec<String> {
        let mut day = date(year, 1, 1);
        let mut found = Vec::new();
        while day.year() == year {
            if let Some(name) = holiday(day) {
                found.push(format!("{} {name}", day.strftime("%m-%d")));
            }
            day = day.tomorrow().expect("years far from the end of time");
        }
        found
    }

    #[test]
    fn a_year_has_nine_of_them() {
        assert_eq!(
            of_year(2026),
            [
                "01-01 New Year's Day",
                "02-16 Family Day",
                "04-03 Good Friday",
                "05-18 Victoria Day",
                "07-01 Canada Day",
                "09-07 Labour Day",
                "10-12 Thanksgiving",
                "12-25 Christmas Day",
                "12-26 Boxing Day",
            ]
        );
        for year in 1980..2100 {
            assert_eq!(of_year(year).len(), 9, "{year}");
        }
    }

    #[test]
    fn canada_day_on_a_sunday_is_kept_on_monday() {
        assert_eq!(holiday(date(2029, 7, 1)), None);
        assert_eq!(holiday(date(2029, 7, 2)), Some("Canada Day"));
    }

    #[test]
    fn good_friday_is_where_almanacs_have_it() {
        let known = [
            (2000, 4, 21),
            (2008, 3, 21),
            (2011, 4, 22),
            (2024, 3, 29),
            (2025, 4, 18),
            (2027, 3, 26),
            (2030, 4, 19),
            (2038, 4, 23),
            (2049, 4, 16),
        ];
        for (year, month, day) in known {
            assert_eq!(
                holiday(date(year, month, day)),
                Some("Good Friday"),
                "{year}"
            );
        }
    }
}
