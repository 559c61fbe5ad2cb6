use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};

use super::cause::{Cause, diagnose};
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

#[test]
fn each_cause_is_told_in_every_wording() {
    use Cause::{
        BadEnvironment, CrashOnStart, DatabaseUnreachable, HealthCheck, ImageMissing, OutOfMemory,
        SecretMissing, Unknown, WrongArchitecture,
    };
    let table: Vec<(Cause, Evidence, &str, &str)> = vec![
        (
            ImageMissing,
            failing(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.ca-central-1.amazonaws.com/bella-dev@sha256:0a: not found",
            ),
            "bella-dev@sha256:0a is not in the registry",
            "bella deploy dev.yaml",
        ),
        (
            ImageMissing,
            failing("CannotPullContainerError: 404 Client Error: Not Found (\"manifest unknown\")"),
            "is not in the registry",
            "bella deploy dev.yaml",
        ),
        (
            ImageMissing,
            Evidence {
                definition: definition(),
                tasks: vec![stopped(
                    "aaaa",
                    "TaskFailedToStart",
                    "CannotPullContainerError: manifest for bella-dev:1 not found: manifest unknown: Requested image not found",
                )],
                events: vec![event(
                    "deployment",
                    "ECS deployment circuit breaker was triggered after three unsuccessful image digest resolution attempts.",
                )],
                ..Evidence::default()
            },
            "is not in the registry",
            "bella deploy dev.yaml",
        ),
        (
            WrongArchitecture,
            failing(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/arm64'.",
            ),
            "not built for ARM64",
            "bella deploy dev.yaml",
        ),
        (
            WrongArchitecture,
            twice(|id| {
                ended(
                    id,
                    1,
                    None,
                    &["exec /usr/bin/bella-service: exec format error"],
                )
            }),
            "not built for ARM64",
            "bella deploy dev.yaml",
        ),
        (
            SecretMissing,
            failing(
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key TWILIO_AUTH_TOKEN",
            ),
            "TWILIO_AUTH_TOKEN is read from the key TWILIO_AUTH_TOKEN of the secret app",
            "bella secret set dev.yaml app --key TWILIO_AUTH_TOKEN",
        ),
        (
            SecretMissing,
            failing(
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret arn:aws:secretsmanager:ca-central-1:123456789012:secret:bella/bella-dev/app-AbCdEf:TWILIO_AUTH_TOKEN:: for environment variable TWILIO_AUTH_TOKEN",
            ),
            "of the secret app",
            "bella secret set dev.yaml app --key TWILIO_AUTH_TOKEN",
        ),
        (
            CrashOnStart,
            twice(|id| {
                ended(
                    id,
                    101,
                    None,
                    &[
                        "starting",
                        "thread 'main' panicked at src/main.rs:3:5:",
                        "boom",
                    ],
                )
            }),
            "exit code 101 when it starts: thread 'main' panicked",
            "bella deploy dev.yaml",
        ),
        (
            CrashOnStart,
            failing(
                "CannotStartContainerError: exec: \"serve\": executable file not found in $PATH",
            ),
            "cannot be started",
            "bella deploy dev.yaml",
        ),
        (
            BadEnvironment,
            twice(|id| {
                ended(
                    id,
                    2,
                    None,
                    &[
                        "bella-service: BUSINESS_HOURS=`never`: opening hours are needed",
                        "SLOT_MINUTES=`x`: a number of minutes from 5 to 480 is needed",
                    ],
                )
            }),
            "BUSINESS_HOURS, SLOT_MINUTES",
            "bella provision dev.yaml",
        ),
        (
            BadEnvironment,
            twice(|id| ended(id, 2, None, &["bella-service: BELLA_API_KEY: is not set"])),
            "its environment: BELLA_API_KEY",
            "bella secret set dev.yaml app --key BELLA_API_KEY",
        ),
        (
            HealthCheck,
            twice(|id| {
                stopped(
                    id,
                    "ServiceSchedulerInitiated",
                    "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:ca-central-1:123456789012:targetgroup/bella/0a)",
                )
            }),
            "asks for /healthz on port 8000",
            "bella provision dev.yaml",
        ),
        (
            HealthCheck,
            Evidence {
                definition: definition(),
                tasks: vec![running("aaaa", "10.0.0.1")],
                targets: vec![target(
                    "10.0.0.1",
                    "Target.ResponseCodeMismatch",
                    "Health checks failed with these codes: [404]",
                    5,
                )],
                events: vec![event(
                    "1",
                    "(service bella) (port 8000) is unhealthy in (target-group arn:x) due to (reason Health checks failed with these codes: [404]).",
                )],
            },
            "with these codes: [404]",
            "bella provision dev.yaml",
        ),
        (
            DatabaseUnreachable,
            twice(|id| {
                ended(
                    id,
                    1,
                    None,
                    &[
                        "bella-service: migrating DatabaseConfig(db.example:5432/bella): error communicating with database: Connection refused (os error 111)",
                    ],
                )
            }),
            "the database db.example cannot be reached",
            "bella provision dev.yaml",
        ),
        (
            DatabaseUnreachable,
            twice(|id| {
                Task {
                log: vec![LogLine { at: at(3), text: "asking for the schema: the database is away: password authentication failed for user \"bella\"".to_owned() }],
                ..running(id, "10.0.0.1")
            }
            }),
            "db.example does not let the service in",
            "bella deploy dev.yaml",
        ),
        (
            OutOfMemory,
            twice(|id| {
                ended(
                    id,
                    137,
                    Some("OutOfMemoryError: Container killed due to memory usage"),
                    &[],
                )
            }),
            "more than its 512 MiB",
            "bella provision dev.yaml",
        ),
        (
            OutOfMemory,
            twice(|id| ended(id, 137, None, &["ready"])),
            "more than its 512 MiB",
            "bella provision dev.yaml",
        ),
        (
            Unknown,
            failing(
                "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr registry auth: RequestError: send request failed: dial tcp 10.0.0.9:443: i/o timeout",
            ),
            "unknown",
            "aws logs tail /bella/bella-dev --since 30m",
        ),
        (
            Unknown,
            failing(
                "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            ),
            "unknown",
            "aws logs tail /bella/bella-dev --since 30m",
        ),
    ];
    for (cause, evidence, says, command) in table {
        let found = diagnose(&evidence, "dev.yaml").expect("something fails");
        assert_eq!(found.cause, cause, "{evidence:#?}");
        assert!(found.proven, "{found:#?}");
        assert!(found.sentence.contains(says), "{}", found.sentence);
        assert_eq!(found.fix.command, command, "{cause:?}");
        assert!(found.evidence.len() >= 2, "{found:#?}");
    }
}

#[test]
fn one_piece_is_no_proof_and_an_event_about_a_task_is_the_same_piece() {
    let reason = "CannotPullContainerError: manifest unknown";
    let mut evidence = Evidence {
        definition: definition(),
        tasks: vec![stopped("aaaa", "TaskFailedToStart", reason)],
        ..Evidence::default()
    };
    let proven = |evidence: &Evidence| diagnose(evidence, "s").expect("a task failed").proven;
    assert!(!proven(&evidence));
    let text =
        "(service bella) was unable to place (task aaaa): CannotPullContainerError: not found";
    evidence.events.push(event("1", text));
    assert!(!proven(&evidence));
    evidence
        .events
        .push(event("2", &text.replace("aaaa", "cccc")));
    assert!(proven(&evidence));
}

#[test]
fn what_stands_in_the_way_of_the_rest_is_told_and_what_is_proven_before_what_is_not() {
    let crash = |id: &str| ended(id, 101, None, &["panicked"]);
    let missing = stopped(
        "cccc",
        "TaskFailedToStart",
        "CannotPullContainerError: manifest unknown",
    );
    let mut evidence = twice(crash);
    evidence.tasks.push(missing.clone());
    let cause = |evidence: &Evidence| diagnose(evidence, "s").map(|found| found.cause);
    assert_eq!(cause(&evidence), Some(Cause::CrashOnStart));
    evidence.tasks.push(Task {
        id: "dddd".to_owned(),
        ..missing
    });
    assert_eq!(cause(&evidence), Some(Cause::ImageMissing));
}

#[test]
fn a_database_that_is_away_stands_before_the_failed_checks_that_follow() {
    let evidence = twice(|id| Task {
        log: vec![LogLine {
            at: at(1),
            text: "the database is away: connection refused".to_owned(),
        }],
        ..stopped(
            id,
            "ServiceSchedulerInitiated",
            "Task failed ELB health checks",
        )
    });
    let found = diagnose(&evidence, "s").expect("both tasks failed");
    assert_eq!(found.cause, Cause::DatabaseUnreachable);
}

#[test]
fn what_was_wanted_or_is_only_starting_is_no_failure() {
    let wanted = twice(|id| {
        stopped(
            id,
            "ServiceSchedulerInitiated",
            "Scaling activity initiated by deployment",
        )
    });
    assert_eq!(diagnose(&wanted, "s"), None);
    let mut starting = Evidence {
        definition: definition(),
        tasks: vec![running("aaaa", "10.0.0.1")],
        targets: vec![target(
            "10.0.0.1",
            "Target.Timeout",
            "Request timed out",
            30,
        )],
        events: Vec::new(),
    };
    assert_eq!(diagnose(&starting, "s"), None);
    starting.targets[0].seen = at(61);
    let found = diagnose(&starting, "s").expect("it had its time");
    assert_eq!((found.cause, found.proven), (Cause::HealthCheck, false));
}

/// As where the balancer was deleted for the night and the job that makes it anew did not come.
#[test]
fn tasks_that_no_load_balancer_asks_are_not_served() {
    let words = "Target group is not configured to receive traffic from the load balancer";
    let unused = |address: &str, seen: i64| Target {
        state: "unused".to_owned(),
        ..target(address, "Target.NotInUse", words, seen)
    };
    let mut evidence = Evidence {
        definition: definition(),
        tasks: vec![running("aaaa", "10.0.0.1")],
        targets: vec![unused("10.0.0.1", 30)],
        events: Vec::new(),
    };
    assert_eq!(diagnose(&evidence, "s"), None, "it is only starting");
    evidence.targets[0].seen = at(61);
    let found = diagnose(&evidence, "dev.yaml").expect("it had its time");
    assert_eq!((found.cause, found.proven), (Cause::NoLoadBalancer, false));
    assert!(found.sentence.contains(words), "{}", found.sentence);
    assert_eq!(found.fix.command, "bella provision dev.yaml");
    evidence.tasks.push(running("bbbb", "10.0.0.2"));
    evidence.targets.push(unused("10.0.0.2", 61));
    let found = diagnose(&evidence, "dev.yaml").expect("both had their time");
    assert!(found.proven);
}

#[test]
fn the_options_of_the_command_are_kept_behind_the_secrets_name() {
    let evidence = twice(|id| ended(id, 2, None, &["bella-service: BELLA_API_KEY: is not set"]));
    let found = diagnose(&evidence, "dev.yaml --sandbox").expect("both tasks failed");
    assert_eq!(
        found.fix.command,
        "bella secret set dev.yaml app --key BELLA_API_KEY --sandbox"
    );
}
