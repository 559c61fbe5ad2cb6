//! What is seen of revisions that do not serve, and what is told of it.

mod proof;
mod wording;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};

use super::evidence::{Container, Definition, Event, Evidence, LogLine, Stopped, Target, Task};

const SECRET: &str =
    "arn:aws:secretsmanager:ca-central-1:123456789012:secret:bella/bella-dev/app-AbCdEf";

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + second.seconds()
}

fn definition() -> Definition {
    Definition {
        arn: "arn:aws:ecs:ca-central-1:123456789012:task-definition/bella-dev:7".to_owned(),
        image: "123456789012.dkr.ecr.ca-central-1.amazonaws.com/bella-dev@sha256:0a".to_owned(),
        architecture: "ARM64".to_owned(),
        memory: 512,
        port: 8000,
        health_path: "/healthz".to_owned(),
        healthy_codes: "200".to_owned(),
        grace_seconds: 60,
        database: Some("db.example".to_owned()),
        secrets: BTreeMap::from([
            (
                "TWILIO_AUTH_TOKEN".to_owned(),
                format!("{SECRET}:TWILIO_AUTH_TOKEN::"),
            ),
            (
                "BELLA_API_KEY".to_owned(),
                format!("{SECRET}:BELLA_API_KEY::"),
            ),
        ]),
        variables: BTreeSet::from(["BUSINESS_HOURS".to_owned()]),
        container: "service".to_owned(),
        log_group: "/bella/bella-dev".to_owned(),
        log_prefix: "service".to_owned(),
    }
}

/// A task that stopped.
fn stopped(id: &str, code: &str, reason: &str) -> Task {
    Task {
        id: id.to_owned(),
        started: None,
        stopped: Some(Stopped {
            at: at(10),
            code: code.to_owned(),
            reason: reason.to_owned(),
        }),
        ..Task::default()
    }
}

/// A task whose program ended by itself.
fn ended(id: &str, exit: i32, reason: Option<&str>, log: &[&str]) -> Task {
    let container = Container {
        name: "service".to_owned(),
        exit_code: Some(exit),
        reason: reason.map(str::to_owned),
        ..Container::default()
    };
    let log = log.iter().map(|text| LogLine {
        at: at(9),
        text: (*text).to_owned(),
    });
    Task {
        containers: vec![container],
        log: log.collect(),
        ..stopped(
            id,
            "EssentialContainerExited",
            "Essential container in task exited",
        )
    }
}

fn twice(one: impl Fn(&str) -> Task) -> Evidence {
    Evidence {
        definition: definition(),
        tasks: vec![one("aaaa"), one("bbbb")],
        ..Evidence::default()
    }
}

fn failing(reason: &'static str) -> Evidence {
    twice(|id| stopped(id, "TaskFailedToStart", reason))
}

fn event(id: &str, text: &str) -> Event {
    Event {
        id: id.to_owned(),
        at: at(20),
        text: text.to_owned(),
    }
}

fn running(id: &str, address: &str) -> Task {
    Task {
        id: id.to_owned(),
        started: Some(at(0)),
        address: Some(address.to_owned()),
        ..Task::default()
    }
}

fn target(address: &str, reason: &str, description: &str, seen: i64) -> Target {
    Target {
        address: address.to_owned(),
        port: 8000,
        state: "unhealthy".to_owned(),
        reason: Some(reason.to_owned()),
        description: Some(description.to_owned()),
        seen: at(seen),
    }
}
