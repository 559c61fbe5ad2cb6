//! The way from an alarm to a person, as far as AWS tells.

use serde::Serialize;

use crate::alarm::{Alarm, State};

/// Somebody who is told by a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subscriber {
    /// ARN of the topic.
    pub topic: String,
    /// `email`, `https`, `sqs` …
    pub protocol: String,
    /// An address, a URL, an ARN.
    pub endpoint: String,
    /// Whether it confirmed the subscription; until then AWS sends it nothing.
    pub confirmed: bool,
}

impl Subscriber {
    /// The command that has AWS ask for a confirmation once more: in the topic's region, no other takes it.
    pub(crate) fn asked_again(&self) -> String {
        let Self {
            topic,
            protocol,
            endpoint,
            ..
        } = self;
        let region = topic.split(':').nth(3).unwrap_or_default();
        format!(
            "aws sns subscribe --region {region} --topic-arn {topic} --protocol {protocol} --notification-endpoint {endpoint}"
        )
    }
}

/// What became of what an alarm published when it was made to ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Took {
    /// The topic took it.
    Yes,
    /// The topic did not, in CloudWatch's words.
    No(String),
    /// CloudWatch did not say in time.
    Unsaid,
}

/// Where the way is broken, with what mends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// What is wrong.
    pub what: String,
    /// What to do, a command where there is one.
    pub fix: String,
}

/// What stands in the way before an alarm is made to ring. `mend` is the command that puts the stack as its file says.
#[must_use]
pub fn gaps(alarm: &Alarm, subscribers: &[Subscriber], mend: &str) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut gap = |what: String, fix: String| gaps.push(Gap { what, fix });
    if !alarm.actions_enabled {
        gap(
            "its actions are off: it tells nobody".to_owned(),
            format!(
                "{mend}; an alarm on the service's health has them on after the first deployment"
            ),
        );
    }
    if alarm.tells.is_empty() {
        gap("it names no topic".to_owned(), mend.to_owned());
    }
    for topic in &alarm.tells {
        let told: Vec<&Subscriber> = subscribers
            .iter()
            .filter(|one| one.topic == *topic)
            .collect();
        if told.is_empty() {
            gap(format!("nobody is subscribed to {topic}"), mend.to_owned());
        }
        for one in told.iter().filter(|one| !one.confirmed) {
            let Subscriber { endpoint, .. } = one;
            gap(
                format!("{endpoint} has not confirmed the subscription, and is told nothing"),
                format!(
                    "follow the link in AWS's e-mail to {endpoint}; to have it sent again: {}",
                    one.asked_again()
                ),
            );
        }
    }
    gaps
}

/// Why an alarm is not made to ring, though it could be.
#[must_use]
pub fn unfit(alarm: &Alarm) -> Option<&'static str> {
    match (alarm.kind, alarm.state) {
        ("composite", _) => Some("it tells nobody itself: those it is made of do"),
        (_, State::Alarm) => Some("it rings already: its test would end it"),
        _ => None,
    }
}

/// What went wrong when it rang.
#[must_use]
pub fn failed(topic: &str, took: &Took) -> Option<Gap> {
    let gap = |what: String, fix: &str| {
        Some(Gap {
            what,
            fix: fix.to_owned(),
        })
    };
    match took {
        Took::Yes => None,
        Took::No(why) => gap(
            format!("{topic} did not take what the alarm published: {why}"),
            "the topic's policy has to allow cloudwatch.amazonaws.com to publish; `bella drift STACK` shows a changed one",
        ),
        Took::Unsaid => gap(
            format!("CloudWatch did not say in time whether {topic} took what the alarm published"),
            "look again: aws cloudwatch describe-alarm-history --history-item-type Action",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Subscriber, Took, failed, gaps, unfit};
    use crate::alarm::{Alarm, State};

    fn alarm() -> Alarm {
        Alarm {
            label: "errors".to_owned(),
            name: "bella-errors".to_owned(),
            kind: "metric",
            state: State::Ok,
            since: None,
            reason: String::new(),
            runbook: None,
            actions_enabled: true,
            tells: vec!["arn:aws:sns:ca-central-1:1:one".to_owned()],
            silence: "missing".to_owned(),
            configured: None,
            readings: Vec::new(),
        }
    }

    fn told(topic: &str, endpoint: &str, confirmed: bool) -> Subscriber {
        Subscriber {
            topic: topic.to_owned(),
            protocol: "email".to_owned(),
            endpoint: endpoint.to_owned(),
            confirmed,
        }
    }

    fn whats(alarm: &Alarm, subscribers: &[Subscriber]) -> Vec<String> {
        let all = gaps(alarm, subscribers, "bella provision x.yaml");
        all.into_iter().map(|gap| gap.what).collect()
    }

    #[test]
    fn a_whole_path_has_no_gap() {
        assert!(
            whats(
                &alarm(),
                &[told("arn:aws:sns:ca-central-1:1:one", "a@b.example", true)]
            )
            .is_empty()
        );
    }

    #[test]
    fn every_gap_is_named() {
        let pending = [
            told("arn:aws:sns:ca-central-1:1:one", "a@b.example", true),
            told("arn:aws:sns:ca-central-1:1:one", "c@b.example", false),
            told("arn:aws:sns:ca-central-1:1:two", "d@b.example", false),
        ];
        assert_eq!(
            whats(&alarm(), &pending),
            ["c@b.example has not confirmed the subscription, and is told nothing"]
        );
        let fix = &gaps(&alarm(), &pending, "m")[0].fix;
        assert!(fix.contains("aws sns subscribe --region ca-central-1 --topic-arn arn:aws:sns:ca-central-1:1:one --protocol email --notification-endpoint c@b.example"), "{fix}");
        assert_eq!(
            whats(&alarm(), &[]),
            ["nobody is subscribed to arn:aws:sns:ca-central-1:1:one"]
        );
        let mut off = alarm();
        off.actions_enabled = false;
        off.tells.clear();
        assert_eq!(
            whats(&off, &[]),
            ["its actions are off: it tells nobody", "it names no topic"]
        );
    }

    #[test]
    fn one_that_rings_is_left_alone() {
        let mut rings = alarm();
        assert_eq!(unfit(&rings), None);
        rings.state = State::Alarm;
        assert!(unfit(&rings).is_some());
        rings.kind = "composite";
        assert!(unfit(&rings).is_some_and(|why| why.contains("made of")));
    }

    #[test]
    fn what_a_topic_did_not_take_is_a_gap() {
        assert_eq!(failed("t", &Took::Yes), None);
        let gap = failed("t", &Took::No("denied".to_owned())).expect("a gap");
        assert!(gap.what.ends_with(": denied"), "{gap:?}");
        assert!(failed("t", &Took::Unsaid).is_some());
    }
}
