//! What users see when credentials, network, ledger or a permission is wrong.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;

use crate::bed::{Bed, FILE, Ran, run};

#[track_caller]
fn fails_fast(ran: Ran, texts: &[&str]) {
    let ran = ran.exits(1).says(texts).says(&["\nhint: "]);
    assert!(
        ran.took < Duration::from_secs(5),
        "told only after {:?}",
        ran.took
    );
    assert_eq!(ran.out, "");
}

/// A command line against another endpoint, with keys that nobody knows.
fn elsewhere(bed: &Bed, endpoint: &str) -> std::process::Command {
    let mut command = bed.command(&format!("plan {FILE} --endpoint-url {endpoint}"));
    command
        .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "example")
        .env("HOME", bed.path("home"));
    command
}

#[test]
fn wrong_access_is_told_at_once() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let refusals = [
        (
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            "hint: AWS does not know these credentials",
        ),
        (
            "ExpiredToken",
            "The security token included in the request is expired",
            "hint: the credentials have expired: run `aws sso login`",
        ),
    ];
    for (code, message, hint) in refusals {
        cloud.faults(&json!([{"service": "sts", "fault": "error", "status": 403, "code": code, "message": message, "times": 9}]));
        let said = format!("error: sts:GetCallerIdentity {code}: {message}");
        fails_fast(bed.bella(&format!("plan {FILE} --sandbox")), &[&said, hint]);
    }
    cloud.no_faults();

    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("it has a port");
    let silent = format!("http://{address}");
    fails_fast(
        run(&mut elsewhere(&bed, &silent)),
        &["error: sts:GetCallerIdentity: no answer within 4.5s\n"],
    );
    drop(free);
    fails_fast(
        run(&mut elsewhere(&bed, &silent)),
        &[
            "error: sts:GetCallerIdentity: ",
            "hint: the endpoint was not reached",
        ],
    );

    for metadata in [None, Some("true")] {
        let mut command = elsewhere(&bed, &cloud.endpoint);
        command
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY");
        metadata.map(|value| command.env("AWS_EC2_METADATA_DISABLED", value));
        fails_fast(
            run(&mut command),
            &["error: sts:GetCallerIdentity: ", "credentials"],
        );
    }
}

#[test]
fn a_denied_operation_stops_its_own_branch_only() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let clean = bed
        .bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    assert!(clean.err.contains("[66/66]"), "{}", clean.err);
    let made = cloud.count();
    bed.bella(&format!("teardown {FILE} --sandbox --yes"))
        .succeeds();
    cloud.faults(&json!([{
        "service": "elasticloadbalancing", "operation": "CreateLoadBalancer", "fault": "error", "status": 403,
        "code": "AccessDenied", "message": "User is not authorized to perform: elasticloadbalancing:CreateLoadBalancer", "times": 9,
    }]));
    let failed = bed
        .bella(&format!("provision {FILE} --sandbox --yes"))
        .exits(1);
    let end = failed
        .err
        .find("error: ")
        .map(|start| &failed.err[start..])
        .unwrap_or_default();
    let (error, rest) = end.split_once('\n').expect("more lines");
    assert!(
        error.starts_with("error: load_balancer.public (create) failed: elasticloadbalancingv2:CreateLoadBalancer AccessDenied: User is not authorized"),
        "{error}"
    );
    assert!(
        error.ends_with(" (request 00000000-0000-0000-0000-000000000000)"),
        "AWS's request id: {error}"
    );
    assert_eq!(
        rest,
        "error: skipped, since load_balancer.public failed: listener.http, task_definition.service, ecs_service.service, \
         iam_role.scheduler, scaling_target.service, scaling_policy.calls, scaling_policy.cpu, scaling_policy.memory, \
         schedule.start_database, schedule.start_scaling, schedule.stop_database, schedule.stop_database_again_1, \
         schedule.stop_database_again_2, schedule.stop_scaling_1, schedule.stop_scaling_2, schedule.stop_service_1, \
         schedule.stop_service_2\n\
         error: 48 done, 1 failed, 17 skipped\n\
         hint: the caller lacks a permission: an administrator has to allow the operation named above\n\
         hint: what is done stays done; go on with: bella provision stacks/dev.yaml --sandbox --yes\n"
    );
    cloud.no_faults();
    let resumed = bed
        .bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    assert!(
        resumed.err.contains("Plan: 18 to create, 0 to update"),
        "{}",
        resumed.err
    );
    assert_eq!(cloud.count(), made);
}

#[test]
fn a_ledger_that_cannot_be_written_stops_before_anything_is_changed() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let empty = cloud.count();
    std::fs::write(bed.path("file"), "").expect("the temporary folder is writable");
    let below = bed.path("file").join("ledger");
    let folder = bed.path("taken");
    std::fs::create_dir_all(folder.join("000000000000/ca-central-1/bella-dev/lease.lock"))
        .expect("the temporary folder is writable");
    for ledger in [&below, &folder] {
        let before = cloud.last_call();
        let refused = bed
            .bella(&format!(
                "provision {FILE} --sandbox --yes --ledger {}",
                ledger.display()
            ))
            .exits(1);
        let named = format!("{}", ledger.display());
        refused.says(&[&named, "\nhint: check the folder's permissions and free space, or name another with --ledger PLACE\n"]);
        assert_eq!(cloud.changes(before), 0);
    }
    assert_eq!(cloud.count(), empty);
}
