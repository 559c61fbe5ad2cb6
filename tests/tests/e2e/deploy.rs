//! Deployments with nothing pretended but AWS's control plane: the image is pushed to a registry, the database is a PostgreSQL,
//! and tasks are processes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bed::{Bed, FILE, Ran, end, run};
use crate::ci;
use crate::cloud::Cloud;

/// The service's program, which the service's own tests and this file's build leave beside `bella`.
pub(crate) fn service() -> PathBuf {
    let own = std::env::current_exe().expect("a running test has a path");
    let profile = own
        .parent()
        .and_then(Path::parent)
        .expect("tests are in <target>/<profile>/deps");
    let path = profile.join("bella-service");
    assert!(
        path.is_file(),
        "{} is missing; build it with: cargo build --release -p bella-service",
        path.display()
    );
    path
}

fn bella(bed: &Bed, line: &str) -> Ran {
    run(bed.command(line).env("BELLA_SANDBOX_SERVERS", "real"))
}

fn deploy(bed: &Bed, program: &Path) -> Ran {
    bella(
        bed,
        &format!("deploy {FILE} --sandbox --binary {}", program.display()),
    )
}

/// Takes away the rule that lets the tasks into the database; its group and itself.
fn closed(bed: &Bed) -> (String, String) {
    let status = bella(bed, "sandbox status --json").document();
    let cloud = Cloud::at(status["endpoint"].as_str().expect("the sandbox runs"));
    let told = cloud.query("ec2", "DescribeSecurityGroupRules", &[]);
    let rule = told
        .split("<item>")
        .find(|rule| rule.contains("<isEgress>false<") && rule.contains("<toPort>5432<"))
        .expect("the database lets the tasks in");
    let text = |name: &str| {
        let rest = rule.split_once(&format!("<{name}>")).expect("an element").1;
        rest.split_once('<').expect("an end").0.to_owned()
    };
    let (group, rule) = (text("groupId"), text("securityGroupRuleId"));
    let revoke = [
        ("GroupId", group.as_str()),
        ("SecurityGroupRuleId.1", &rule),
    ];
    cloud.query("ec2", "RevokeSecurityGroupIngress", &revoke);
    (group, rule)
}

/// Runs a command with this on its standard input.
fn typed_into(command: &mut Command, text: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("bella starts");
    let mut input = child.stdin.take().expect("it is piped");
    // A command that reads nothing has closed it.
    let _unread = input.write_all(text.as_bytes());
    drop(input);
    end(child)
}

/// Each rotation ends with the same image serving, and the service knows the new value.
fn secrets_take_turns(bed: &Bed, serves: &str) {
    let rotate = |what: &str| bed.command(&format!("secret rotate {FILE} {what} --sandbox"));
    let turns = [
        ["login bella_app_b: has the rights", "login bella_app: shut"],
        ["login bella_app: has the rights", "login bella_app_b: shut"],
    ];
    for said in turns {
        let rotated = run(rotate("database").env("BELLA_SANDBOX_SERVERS", "real"));
        let rotated = rotated.succeeds().says(&said);
        assert_eq!(rotated.out.trim(), serves);
    }
    let key = "app --key BELLA_API_KEY";
    let typed = |what: &str, value: &str| {
        let mut command = rotate(what);
        typed_into(command.env("BELLA_SANDBOX_SERVERS", "real"), value)
    };
    typed(key, "one,two").exits(2).says(&["has a comma in it"]);
    typed(&format!("{key} --finish"), "")
        .exits(2)
        .says(&["nothing to finish"]);
    // The proof uses the newest value, so that a service that does not know it fails here.
    typed(key, "a-key-of-this-test")
        .succeeds()
        .says(&["--finish"]);
    typed(&format!("{key} --finish"), "").succeeds();
    typed("app --key ENCRYPTION_KEYS", "k2:AAAA")
        .exits(2)
        .says(&["three steps"]);
    let plan = bella(bed, &format!("plan {FILE} --sandbox --exit-code"));
    plan.succeeds();
}

#[test]
fn a_version_serves_and_one_that_does_not_leaves_it_serving() {
    let bed = Bed::with_files();
    bella(&bed, "sandbox up").succeeds();
    bed.in_business_hours();
    let line = format!("provision {FILE} --sandbox --yes --no-deploy");
    bella(&bed, &line).succeeds();
    bella(&bed, &format!("rollback {FILE} --sandbox"))
        .exits(2)
        .says(&["there is no earlier version"]);

    ci::bootstrap(&bed);
    let cloud = bed.cloud();
    let before = cloud.last_call();

    let first = deploy(&bed, &service()).succeeds().says(&[
        "login bella_app: has the rights of bella_service",
        "a signed call that books",
        "forgetting the caller",
    ]);
    let serves = first.out.trim().to_owned();
    assert!(
        serves.starts_with("bella-dev serves ") && serves.contains("@sha256:"),
        "{serves}"
    );
    let pending = |bed: &Bed| bella(bed, &format!("plan {FILE} --sandbox --exit-code"));
    pending(&bed).succeeds();

    // The same program is the same image: nothing is registered, and it is proved again.
    let again = deploy(&bed, &service()).succeeds();
    assert_eq!(again.out.trim(), serves);
    assert!(!again.err.contains("Registering"), "{}", again.err);

    // Somebody closes the database to the tasks: nothing is rolled out that could not reach it.
    let (group, rule) = closed(&bed);
    deploy(&bed, &service()).exits(1).says(&[
        "cannot reach db_instance.main on port 5432: no rule lets it into security_group.",
        "bella provision stacks/dev.yaml --sandbox",
    ]);
    assert!(
        group.starts_with("sg-") && rule.starts_with("sgr-"),
        "{group} {rule}"
    );
    bella(&bed, &format!("provision {FILE} --sandbox --yes")).succeeds();

    // A program that cannot even migrate is never rolled out.
    deploy(&bed, Path::new("/usr/bin/false"))
        .exits(1)
        .says(&["the migration task ended with 1", "nothing was rolled out"]);
    pending(&bed).succeeds();
    let why = bella(&bed, &format!("why {FILE} --sandbox")).succeeds();
    assert!(
        why.out.contains("serving: 1 of 1 tasks healthy"),
        "{}",
        why.out
    );
    secrets_take_turns(&bed, &serves);
    ci::suffices(&cloud, ci::DEPLOY, before);
    bella(&bed, &format!("teardown {FILE} --sandbox --yes")).succeeds();
}

#[test]
fn a_stack_is_provisioned_with_a_version_that_books() {
    let bed = Bed::with_files();
    bella(&bed, "sandbox up").succeeds();
    bed.in_business_hours();
    // The bed's folder is in no source tree: the program beside `bella` is taken.
    service();
    let provision = format!("provision {FILE} --sandbox --yes");
    let made = bella(&bed, &provision).succeeds();
    assert!(made.out.contains("\nbella-dev serves "), "{}", made.out);
    let said = |ran: &Ran| {
        let line = ran.err.lines().find(|line| line.contains(" simulate "));
        line.expect("it says how to call it").trim().to_owned()
    };
    let call = said(&made);
    let called = Command::new("sh").args(["-c", &call]).output();
    let called = called.expect("a shell");
    let (heard, told) = (
        String::from_utf8_lossy(&called.stdout),
        String::from_utf8_lossy(&called.stderr),
    );
    assert!(called.status.success(), "{call}\n{heard}{told}");
    assert!(heard.contains("Your appointment is booked."), "{heard}");
    bella(&bed, &format!("plan {FILE} --sandbox --exit-code")).succeeds();

    // The version that runs is left alone.
    let again = bella(&bed, &provision).succeeds();
    assert!(!again.err.contains("Rolling out"), "{}", again.err);
    assert_eq!(said(&again), call);
    let down = bella(&bed, &format!("teardown {FILE} --sandbox --yes"));
    let down = down.succeeds();
    assert!(
        down.out.contains("the census finds nothing left"),
        "{}",
        down.out
    );
}

/// What a caller hears who calls a stack as a run that made it says to call: always the same caller.
pub(crate) fn call(made: &Ran) -> String {
    let line = made.err.lines().find(|line| line.contains(" simulate "));
    let line = line.expect("it says how to call it").trim().to_owned();
    let called = Command::new("sh").args(["-c", &line]).output();
    String::from_utf8_lossy(&called.expect("a shell").stdout).into_owned()
}
