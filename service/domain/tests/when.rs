//! Dates and times as people say them: the tables.

use std::fmt::Write as _;

use bella_domain::when::{Clock, When, understand, understood_value};
use jiff::Zoned;
use serde::Deserialize;

/// A phrase and what it means.
#[derive(Debug, Deserialize)]
struct Case {
    /// The rule of the module's documentation that it holds.
    #[serde(default)]
    rule: Option<usize>,
    input: String,
    #[serde(alias = "reference_time")]
    now: String,
    tz: String,
    #[serde(default)]
    anchor: Option<String>,
    /// A moment, `from/to`, a day, a time; none when it is not to be understood.
    expected: Option<String>,
    /// Part of the reason why not.
    #[serde(default)]
    reason: Option<String>,
}

fn zoned(text: &str, tz: &str) -> Zoned {
    text.parse::<jiff::Timestamp>()
        .expect("an RFC 3339 time")
        .in_tz(tz)
        .expect("a zone of the bundled database")
}

fn clock(case: &Case) -> Clock {
    Clock {
        now: zoned(&case.now, &case.tz),
        anchor: case.anchor.as_deref().map(|a| zoned(a, &case.tz)),
    }
}

fn rfc3339(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// What was understood, in the notation of the tables.
fn notation(when: &When) -> String {
    match when {
        When::Moment(m) => rfc3339(m),
        When::Window { from, to } => format!("{}/{}", rfc3339(from), rfc3339(to)),
        When::Day(day) => day.to_string(),
        When::Time(time) => time.strftime("%H:%M").to_string(),
    }
}

fn cases(table: &str) -> Vec<Case> {
    table
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case"))
        .collect()
}

/// The phrases of a table that are understood otherwise than it says, one a line.
fn wrong(cases: &[Case]) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases {
        let got = understand(&case.input, &clock(case));
        let right = match (&got, &case.expected) {
            (Ok(when), Some(expected)) => notation(when) == *expected,
            (Err(why), None) => case
                .reason
                .as_deref()
                .is_none_or(|reason| why.reason.contains(reason)),
            _ => false,
        };
        if !right {
            let mut line = format!("{:?} at {}: ", case.input, case.now);
            let got = got.map_or_else(|why| format!("not understood: {why}"), |w| notation(&w));
            let _ = write!(
                line,
                "{got}, expected {:?} {:?}",
                case.expected, case.reason
            );
            wrong.push(line);
        }
    }
    wrong
}

/// The table of phrases heard by the service this one follows; `expected` is a moment or nothing.
#[test]
fn phrases_heard_by_the_service() {
    let cases = cases(include_str!("cases/time.jsonl"));
    assert!(cases.len() >= 51, "the table is whole");
    let mut wrong = Vec::new();
    for case in &cases {
        let clock = clock(case);
        let got = understand(&case.input, &clock)
            .ok()
            .and_then(|when| understood_value(&when, &clock))
            .map(|moment| rfc3339(&moment));
        if got != case.expected {
            wrong.push(format!(
                "{:?}: {got:?}, expected {:?}",
                case.input, case.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rules are the numbered list in the documentation of the module.
#[test]
fn every_rule_has_its_phrases() {
    let cases = cases(include_str!("cases/when-rules.jsonl"));
    let rules = include_str!("../src/when.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! ")?.trim_start().split_once(". "))
        .filter(|(number, _)| number.parse::<usize>().is_ok())
        .count();
    assert!(rules >= 22, "{rules} rules are read from the documentation");
    for rule in 1..=rules {
        let held = cases.iter().filter(|c| c.rule == Some(rule)).count();
        assert!(held >= 2, "rule {rule} has {held} phrases");
    }
    let wrong = wrong(&cases);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_thousand_phrases_are_understood() {
    let cases = cases(include_str!("cases/when.jsonl"));
    assert!(cases.len() >= 1_000, "the table is whole");
    let wrong = wrong(&cases);
    assert!(
        wrong.is_empty(),
        "{} of {} wrong\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// Phrases that were set aside before the grammar was written, and what it made of them the first time.
#[test]
fn phrases_set_aside_are_understood_as_well_as_they_were() {
    let cases = cases(include_str!("cases/when-held-out.jsonl"));
    assert!(cases.len() >= 150, "the table is whole");
    let wrong = wrong(&cases);
    let right = cases.len() - wrong.len();
    assert!(
        right >= FLOOR,
        "{right} of {} right, {FLOOR} before\n{}",
        cases.len(),
        wrong.join("\n")
    );
}

/// How many of the phrases set aside are understood as the table says.
const FLOOR: usize = 181;
