use super::super::cause::{Cause, diagnose};
use super::super::evidence::Evidence;
use super::*;

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
            "aws logs tail /bella/bella-dev --since 30m --region ca-central-1",
        ),
        (
            Unknown,
            failing(
                "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            ),
            "unknown",
            "aws logs tail /bella/bella-dev --since 30m --region ca-central-1",
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
fn the_options_of_the_command_are_kept_behind_the_secrets_name() {
    let evidence = twice(|id| ended(id, 2, None, &["bella-service: BELLA_API_KEY: is not set"]));
    let found = diagnose(&evidence, "dev.yaml --sandbox").expect("both tasks failed");
    assert_eq!(
        found.fix.command,
        "bella secret set dev.yaml app --key BELLA_API_KEY --sandbox"
    );
}
