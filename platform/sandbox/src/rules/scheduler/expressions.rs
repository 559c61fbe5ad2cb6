use std::ops::RangeInclusive;

use jiff::civil::DateTime;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "malformed-schedule-refused",
    about: About::refuses(
        "A schedule's expression is `at`, `rate` or `cron` with fields that can come true: \"Schedule types\" in \
         the user guide of EventBridge Scheduler.",
    ),
    service: "scheduler",
    operations: &["CreateSchedule", "UpdateSchedule"],
    check,
};

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let unfit = body["ScheduleExpression"]
            .as_str()
            .filter(|text| !is_expression(text));
        Ok(unfit.map(|text| {
            Refused::new(
                "ValidationException",
                format!("Invalid Schedule Expression {text}."),
            )
        }))
    })
}

pub(in crate::rules) fn is_expression(text: &str) -> bool {
    let Some((kind, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return false;
    };
    match kind {
        "at" => inner.len() == 19 && inner.parse::<DateTime>().is_ok(),
        "rate" => is_rate(inner),
        "cron" => is_cron(inner),
        _ => false,
    }
}

fn is_rate(text: &str) -> bool {
    const UNITS: [&str; 6] = ["minute", "minutes", "hour", "hours", "day", "days"];
    text.split_once(' ').is_some_and(|(value, unit)| {
        value.parse::<u32>().is_ok_and(|value| value > 0) && UNITS.contains(&unit)
    })
}

fn is_cron(text: &str) -> bool {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day, month, weekday, year] = fields.as_slice() else {
        return false;
    };
    // Exactly one of the two days says which, and the other that it does not matter.
    (*day == "?") != (*weekday == "?")
        && is_field(minute, 0..=59, &[])
        && is_field(hour, 0..=23, &[])
        && (*day == "?" || is_day(day))
        && is_field(month, 1..=12, MONTHS)
        && (*weekday == "?" || is_weekday(weekday))
        && is_field(year, 1970..=2199, &[])
}

fn is_day(text: &str) -> bool {
    let near = text.strip_suffix('W');
    text == "L" || text == "LW" || is_field(near.unwrap_or(text), 1..=31, &[])
}

fn is_weekday(text: &str) -> bool {
    if let Some((day, nth)) = text.split_once('#') {
        return is_field(day, 1..=7, DAYS) && is_field(nth, 1..=5, &[]);
    }
    let last = text.strip_suffix('L').filter(|day| !day.is_empty());
    text == "L" || is_field(last.unwrap_or(text), 1..=7, DAYS)
}

/// `*`, values, ranges and steps, joined by commas; names stand for the numbers from the range's start on.
fn is_field(text: &str, range: RangeInclusive<u32>, names: &[&str]) -> bool {
    let value = |text: &str| -> Option<u32> {
        let upper = text.to_ascii_uppercase();
        let named = names.iter().position(|name| *name == upper);
        match named {
            Some(at) => u32::try_from(at).ok().map(|at| at + range.start()),
            None => text.parse().ok().filter(|number| range.contains(number)),
        }
    };
    text.split(',').all(|part| {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (span, Some(step)),
            None => (part, None),
        };
        let spans = match span.split_once('-') {
            _ if span == "*" => true,
            Some((from, to)) => value(from).is_some() && value(to).is_some(),
            None => value(span).is_some(),
        };
        spans && step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0))
    })
}

#[cfg(test)]
mod tests {
    use super::is_expression;

    #[test]
    fn expressions() {
        for (text, fits) in [
            ("cron(0 20 ? * MON-FRI *)", true),
            ("cron(0/15 8-18 L * ? 2026-2030)", true),
            ("cron(0 0 15W * ? *)", true),
            ("cron(0 0 ? * 6#3 *)", true),
            ("cron(0 0 ? * 6L *)", true),
            ("cron(0 24 ? * MON *)", false),
            ("cron(0 20 * * MON *)", false),
            ("cron(0 20 ? * ? *)", false),
            ("cron(0 20 ? * MON)", false),
            ("cron(nope)", false),
            ("rate(1 hours)", true),
            ("rate(5 minutes)", true),
            ("rate(0 minutes)", false),
            ("rate(5 seconds)", false),
            ("at(2026-11-22T10:00:00)", true),
            ("at(2026-02-30T10:00:00)", false),
            ("at(2026-11-22)", false),
            ("every day", false),
        ] {
            assert_eq!(is_expression(text), fits, "{text}");
        }
    }
}
