use super::super::cause::{Cause, diagnose};
use super::*;

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
