//! Alarms as an operator reads them: state, page, and whether they can say anything at all.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// The state of an alarm, in CloudWatch's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It rings.
    Alarm,
    /// It cannot tell.
    InsufficientData,
    /// All is well.
    Ok,
}

impl State {
    /// CloudWatch's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Ok => "OK",
        }
    }
}

/// A series of numbers that an alarm looks at, and what was found of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// For example `AWS/ECS`.
    pub namespace: String,
    /// The metric's name.
    pub metric: String,
    /// Dimensions, name to value.
    pub dimensions: BTreeMap<String, String>,
    /// How far back it was looked for, in seconds.
    pub seconds: i64,
    /// What was found.
    pub heard: Heard,
}

/// What is published of a series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// So many data points in the time that the alarm looks at.
    Points(usize),
    /// None in that time, but some in the last two weeks.
    Earlier,
    /// The metric is published, of other things: their dimensions.
    Elsewhere(Vec<BTreeMap<String, String>>),
    /// The namespace has other metrics, of these names.
    Otherwise(Vec<String>),
    /// Nothing was published in the namespace in two weeks.
    Nothing,
}

/// An alarm of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// Its name in the stack: `high_error_rate`.
    pub label: String,
    /// Its name in CloudWatch.
    pub name: String,
    /// What it is made of: `metric` or `composite`.
    pub kind: &'static str,
    /// Its state.
    pub state: State,
    /// Since when, UTC.
    pub since: Option<Timestamp>,
    /// Why, in CloudWatch's words.
    pub reason: String,
    /// The page to open.
    pub runbook: Option<String>,
    /// Whether it tells anybody.
    pub actions_enabled: bool,
    /// ARNs of what it tells when it goes off.
    pub tells: Vec<String>,
    /// What silence counts as: `missing`, `breaching`, `notBreaching` or `ignore`.
    pub silence: String,
    /// When its settings were last changed, UTC.
    pub configured: Option<Timestamp>,
    /// What it looks at; nothing for one made of alarms.
    pub readings: Vec<Reading>,
}

/// What is to be said of an alarm beside its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Whether it can say nothing, whatever happens.
    pub mute: bool,
    /// In a sentence.
    pub why: String,
}

/// The page that an alarm's description names.
#[must_use]
pub fn runbook(description: &str) -> Option<String> {
    let (_, rest) = description.split_once("Runbook: ")?;
    let name = rest.split_whitespace().next()?;
    let name = name.trim_end_matches(['.', ',']);
    (!name.is_empty()).then(|| name.to_owned())
}

impl Alarm {
    /// What its state does not say: that nothing is heard of what it looks at, and why.
    #[must_use]
    pub fn remark(&self, now: Timestamp) -> Option<Remark> {
        let is_heard =
            |reading: &Reading| matches!(reading.heard, Heard::Points(count) if count > 0);
        let deaf = !self.readings.is_empty() && !self.readings.iter().any(is_heard);
        if !deaf {
            return None;
        }
        let silence: Vec<String> = self.readings.iter().map(Reading::silence).collect();
        let silence = silence.join("; ");
        let window = self.readings.iter().map(|reading| reading.seconds).max();
        let window = SignedDuration::from_secs(window.unwrap_or_default());
        let is_new = self
            .configured
            .is_some_and(|at| now.duration_since(at) < window);
        let (mute, lead) = match self.state {
            State::InsufficientData if is_new => (
                false,
                "it was made or changed a moment ago, and has heard nothing yet",
            ),
            State::InsufficientData => (true, "it cannot leave INSUFFICIENT_DATA"),
            State::Ok => (false, "it is OK since silence counts as well"),
            State::Alarm if self.silence == "breaching" => {
                (false, "it rings since nothing is heard")
            }
            State::Alarm => return None,
        };
        Some(Remark {
            mute,
            why: format!("{lead}: {silence}"),
        })
    }
}

impl Reading {
    /// Why nothing is heard.
    fn silence(&self) -> String {
        let Self {
            namespace, metric, ..
        } = self;
        let of = dimensions(&self.dimensions);
        match &self.heard {
            Heard::Points(_) => format!("{namespace} {metric} is heard"),
            Heard::Earlier => format!(
                "{namespace} {metric} of {of} had no data point in {}, and had some before",
                span(self.seconds)
            ),
            Heard::Elsewhere(others) => {
                let others: Vec<String> = others.iter().take(3).map(dimensions).collect();
                format!(
                    "{namespace} {metric} is published of {}, not of {of}",
                    others.join(" and of ")
                )
            }
            Heard::Otherwise(names) => {
                let names: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
                format!(
                    "{namespace} has no metric {metric} (it has {})",
                    names.join(", ")
                )
            }
            Heard::Nothing => {
                format!(
                    "nothing was published in {namespace} in two weeks, {metric} of {of} included"
                )
            }
        }
    }
}

fn dimensions(all: &BTreeMap<String, String>) -> String {
    let all: Vec<String> = all
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match all.is_empty() {
        true => "no dimension".to_owned(),
        false => all.join(","),
    }
}

fn span(seconds: i64) -> String {
    match seconds {
        s if s % 3600 == 0 => format!("{} h", s / 3600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Alarm, Heard, Reading, State, runbook};
    use jiff::{Timestamp, ToSpan};
    use std::collections::BTreeMap;

    const NOW: &str = "2026-11-23T12:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().expect("a time")
    }

    fn of(name: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("LoadBalancer".to_owned(), name.to_owned())])
    }

    fn alarm(state: State, heard: Vec<Heard>) -> Alarm {
        let readings = heard.into_iter().map(|heard| Reading {
            namespace: "AWS/ApplicationELB".to_owned(),
            metric: "RequestCount".to_owned(),
            dimensions: of("app/x"),
            seconds: 900,
            heard,
        });
        Alarm {
            label: "errors".to_owned(),
            name: "bella-errors".to_owned(),
            kind: "metric",
            state,
            since: None,
            reason: String::new(),
            runbook: None,
            actions_enabled: true,
            tells: Vec::new(),
            silence: "notBreaching".to_owned(),
            configured: Some(now() - 2.hours()),
            readings: readings.collect(),
        }
    }

    fn said(alarm: &Alarm) -> (bool, String) {
        let remark = alarm.remark(now()).expect("something is to be said");
        (remark.mute, remark.why)
    }

    #[test]
    fn an_alarm_that_hears_needs_no_remark() {
        for state in [State::Ok, State::Alarm, State::InsufficientData] {
            let heard = vec![Heard::Nothing, Heard::Points(1)];
            assert_eq!(alarm(state, heard).remark(now()), None, "{state:?}");
        }
        assert_eq!(alarm(State::InsufficientData, vec![]).remark(now()), None);
    }

    #[test]
    fn one_that_hears_nothing_says_why() {
        let mute = |heard| said(&alarm(State::InsufficientData, vec![heard]));
        for (heard, why) in [
            (
                Heard::Earlier,
                "AWS/ApplicationELB RequestCount of LoadBalancer=app/x had no data point in 15 min, and had some before",
            ),
            (
                Heard::Elsewhere(vec![of("app/y"), of("app/z")]),
                "AWS/ApplicationELB RequestCount is published of LoadBalancer=app/y and of LoadBalancer=app/z, not of LoadBalancer=app/x",
            ),
            (
                Heard::Otherwise(vec!["RequestCounts".to_owned()]),
                "AWS/ApplicationELB has no metric RequestCount (it has RequestCounts)",
            ),
            (
                Heard::Nothing,
                "nothing was published in AWS/ApplicationELB in two weeks, RequestCount of LoadBalancer=app/x included",
            ),
            (Heard::Points(0), "AWS/ApplicationELB RequestCount is heard"),
        ] {
            let expected = format!("it cannot leave INSUFFICIENT_DATA: {why}");
            assert_eq!(mute(heard), (true, expected));
        }
    }

    #[test]
    fn a_new_one_is_given_time_and_a_state_made_of_silence_is_named() {
        let mut new = alarm(State::InsufficientData, vec![Heard::Nothing]);
        new.configured = Some(now() - 5.minutes());
        let (mute, why) = said(&new);
        assert!(
            !mute && why.starts_with("it was made or changed a moment ago"),
            "{why}"
        );
        let (mute, why) = said(&alarm(State::Ok, vec![Heard::Earlier]));
        assert!(
            !mute && why.starts_with("it is OK since silence counts as well"),
            "{why}"
        );
        let mut rings = alarm(State::Alarm, vec![Heard::Earlier]);
        assert_eq!(rings.remark(now()), None);
        rings.silence = "breaching".to_owned();
        assert!(
            said(&rings)
                .1
                .starts_with("it rings since nothing is heard")
        );
    }

    #[test]
    fn the_page_is_in_the_description() {
        let text =
            "error_rate > 5% for 5m. Runbook: high-error-rate (bella runbook show high-error-rate)";
        assert_eq!(runbook(text).as_deref(), Some("high-error-rate"));
        assert_eq!(runbook("any critical alarm of the stack"), None);
        assert_eq!(runbook("Runbook: "), None);
    }
}
