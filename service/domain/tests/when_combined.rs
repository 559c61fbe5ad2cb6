//! Dates and times as people say them: a day and a time mean together what they mean alone, in whatever
//! order and with whatever around them.

use bella_domain::when::{Clock, When, moment, understand};
use jiff::Zoned;
use jiff::civil::{Date, Time};

const DAYS: [&str; 34] = [
    "tomorrow",
    "the day after tomorrow",
    "Friday",
    "this Friday",
    "next Friday",
    "Friday next week",
    "next week Tuesday",
    "Tuesday week",
    "a week from Tuesday",
    "two weeks from today",
    "a week today",
    "three weeks from Monday",
    "in three days",
    "in two weeks",
    "Monday after next",
    "the following Monday",
    "March 12th",
    "March the twelfth",
    "the 12th of March",
    "12 March",
    "November twenty third",
    "the 15th",
    "the fifteenth",
    "Friday the 17th",
    "Wednesday, October 15th",
    "the last Friday of the month",
    "the first Monday in December",
    "the 3rd of next month",
    "Christmas Eve",
    "the day after Thanksgiving",
    "the Tuesday after Easter",
    "2026-03-12",
    "10/25",
    "March 12th 2027",
];

const TIMES: [&str; 30] = [
    "2 PM",
    "2:30 p.m.",
    "two thirty",
    "2 thirty PM",
    "ten",
    "10",
    "ten o'clock",
    "nine fifteen",
    "half past three",
    "half past three in the afternoon",
    "a quarter to nine",
    "quarter after ten in the morning",
    "ten to five",
    "twenty past two",
    "twenty five to four",
    "five minutes to three",
    "14:30",
    "1430",
    "0930",
    "noon",
    "twelve thirty",
    "9 in the morning",
    "3 in the afternoon",
    "seven in the evening",
    "eight at night",
    "nine oh five",
    "11:45 AM",
    "6 AM",
    "three forty five PM",
    "12 PM",
];

/// `{d}` is the day, `{t}` the time.
const AROUND: [&str; 16] = [
    "{d} at {t}",
    "{d}, {t}",
    "{d}. {t}.",
    "Um, {d}... at, uh, {t} please",
    "at {t} {d}",
    "{t}, {d}",
    "{d} around {t}",
    "{d} at about {t}, if possible",
    "Hi, this is John Smith, I'd like to come in {d} at {t}, thanks",
    "My number is 416-555-0199. {d} at {t} would be great",
    "{d} at {t} for an hour",
    "for 30 minutes, {d} at {t}",
    "yesterday, no, sorry, {d} at {t}",
    "{d} at 4, no, {t}",
    "not today. {d} at {t}",
    "good morning, could I book {d} at {t}?",
];

fn clock() -> Clock {
    let now: Zoned = "2025-10-01T10:00[America/Edmonton]"
        .parse()
        .expect("a time in a zone");
    Clock { now, anchor: None }
}

fn day(text: &str, clock: &Clock) -> Date {
    match understand(text, clock) {
        Ok(When::Day(day)) => day,
        other => panic!("{text:?} is no day but {other:?}"),
    }
}

fn time(text: &str, clock: &Clock) -> Time {
    match understand(text, clock) {
        Ok(When::Time(time)) => time,
        other => panic!("{text:?} is no time but {other:?}"),
    }
}

#[test]
fn a_day_and_a_time_mean_together_what_they_mean_alone() {
    let clock = clock();
    let mut wrong = Vec::new();
    for d in DAYS {
        for t in TIMES {
            let expected = moment(day(d, &clock), time(t, &clock), &clock).map(When::Moment);
            for around in AROUND {
                let text = around.replace("{d}", d).replace("{t}", t);
                let got = understand(&text, &clock);
                if got != expected {
                    wrong.push(format!("{text:?}: {got:?}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

#[test]
fn two_days_or_two_times_are_never_one() {
    let clock = clock();
    let mut wrong = Vec::new();
    for first in DAYS {
        for second in DAYS {
            if day(first, &clock) == day(second, &clock) {
                continue;
            }
            for between in ["or", "or maybe", "and", "or if not"] {
                let text = format!("{first} {between} {second} at 2 PM");
                if let Ok(when) = understand(&text, &clock) {
                    wrong.push(format!("{text:?}: {when:?}"));
                }
            }
        }
    }
    for first in TIMES {
        for second in TIMES {
            if time(first, &clock) == time(second, &clock) {
                continue;
            }
            let text = format!("tomorrow at {first} or {second}");
            if let Ok(when) = understand(&text, &clock) {
                wrong.push(format!("{text:?}: {when:?}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

#[test]
fn a_correction_leaves_what_was_said_last() {
    let clock = clock();
    let mut wrong = Vec::new();
    for first in DAYS {
        for second in DAYS {
            // What is less than a day keeps the rest: a bare weekday its week, a bare day its month.
            if matches!(
                second,
                "Friday" | "in two weeks" | "the 15th" | "the fifteenth"
            ) {
                continue;
            }
            let at_two = moment(day(second, &clock), Time::constant(14, 0, 0, 0), &clock);
            for turn in ["sorry,", "no wait", "actually", "I mean", "no, make it"] {
                let text = format!("{first} at 2 PM, {turn} {second}");
                let got = understand(&text, &clock);
                if got != at_two.clone().map(When::Moment) {
                    wrong.push(format!("{text:?}: {got:?}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

/// What is said, and the hours it has.
const SPANS: [(&str, i8, i8); 16] = [
    ("in the morning", 9, 12),
    ("in the afternoon", 12, 17),
    ("in the evening", 17, 20),
    ("late in the afternoon", 15, 17),
    ("between 2 and 4", 14, 16),
    ("between ten and noon", 10, 12),
    ("from 2 to 4", 14, 16),
    ("from nine until eleven", 9, 11),
    ("between 2 and 4 in the afternoon", 14, 16),
    ("any time between 1 and 3 PM", 13, 15),
    ("after 3", 15, 17),
    ("after 5 PM", 17, 20),
    ("any time after three", 15, 17),
    ("before noon", 9, 12),
    ("no later than 11", 9, 11),
    ("after lunch", 13, 17),
];

#[test]
fn a_day_and_a_span_are_a_window_of_that_day() {
    let clock = clock();
    let mut wrong = Vec::new();
    for d in DAYS {
        let date = day(d, &clock);
        for (span, from, to) in SPANS {
            let at = |hour| moment(date, Time::constant(hour, 0, 0, 0), &clock).expect("ahead");
            let expected = Ok(When::Window {
                from: at(from),
                to: at(to),
            });
            for around in [
                "{d} {t}",
                "{t} {d}",
                "{t} on {d}",
                "{d}, {t}, please",
                "I'm free {d} {t}",
                "{d} at 8 AM, no, {t}",
                "sometime {t}, say {d}",
                "Um, {d}. {t} would be best",
            ] {
                let text = around.replace("{d}", d).replace("{t}", span);
                let got = understand(&text, &clock);
                if got != expected {
                    wrong.push(format!("{text:?}: {got:?}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}
