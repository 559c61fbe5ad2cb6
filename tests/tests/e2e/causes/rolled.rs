use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use super::stack::Stack;
use crate::bed::{FILE, STACK};
use crate::deploy::service;

/// The key of the secret `app` that is broken.
const KEY: &str = "TWILIO_FROM";
const NUMBER: &str = "+14165550199";

fn stand_in() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_BIN_EXE_stand_in"))
}

pub(super) fn a_program_that_crashes(stack: &Stack) {
    let said = stack.deploy(&stack.version(stand_in(), "crash"), |_| ());
    let texts = [
        "the program ends with exit code 101 when it starts",
        "no opening hours",
        "hint: mend what the last lines of its log say",
    ];
    stack.failed(&said, "crash_on_start", &texts);
}

pub(super) fn a_bad_environment(stack: &Stack) {
    set(stack, "not-a-number");
    let said = stack.deploy(&stack.version(&service(), "one"), |_| ());
    set(stack, NUMBER);
    let texts = [
        "the service refuses its environment: TWILIO_FROM",
        "bella secret set stacks/dev.yaml app --key TWILIO_FROM --sandbox",
    ];
    stack.failed(&said, "bad_environment", &texts);
}

/// The key goes after the deployment has looked for it.
pub(super) fn a_secret_without_a_key(stack: &Stack) {
    let said = stack.deploy(&stack.version(&service(), "two"), |line| {
        if line.starts_with("Assembling") {
            let named = json!({"SecretId": format!("bella/{STACK}/app")});
            let secret = stack.cloud.json("secretsmanager", "GetSecretValue", &named);
            let text = secret["SecretString"].as_str().expect("a value");
            let mut values: Value = serde_json::from_str(text).expect("a JSON object");
            values.as_object_mut().expect("an object").remove(KEY);
            let put = json!({"SecretId": named["SecretId"], "SecretString": values.to_string()});
            stack.cloud.json("secretsmanager", "PutSecretValue", &put);
        }
    });
    set(stack, NUMBER);
    let texts = [
        "TWILIO_FROM is read from the key TWILIO_FROM of the secret app, which has no such value",
        "bella secret set stacks/dev.yaml app --key TWILIO_FROM --sandbox",
    ];
    stack.failed(&said, "secret_missing", &texts);
}

/// ECS waits for the grace period of a minute before it replaces a task; here that is cut short once the task runs.
pub(super) fn a_program_that_answers_elsewhere(stack: &Stack) {
    let said = stack.deploy(&stack.version(stand_in(), "elsewhere"), |line| {
        if line.contains("1 of 1 running, 0 healthy") {
            let (cluster, service) = place(stack);
            let update = json!({
                "cluster": cluster, "service": service, "healthCheckGracePeriodSeconds": 5,
            });
            stack.cloud.json("ecs", "UpdateService", &update);
        }
    });
    let texts = [
        "the load balancer asks for /healthz on port 8000",
        "(reason Health checks failed with these codes: [404])",
        "hint: set service.health_check.path and service.port in the stack file",
    ];
    stack.failed(&said, "health_check", &texts);
}

pub(super) fn a_program_that_holds_too_much(stack: &Stack) {
    let said = stack.deploy(&stack.version(stand_in(), "hold"), |_| ());
    let texts = [
        "a task uses more than its 512 MiB of memory and is killed",
        "OutOfMemoryError: Container killed due to memory usage",
        "hint: set service.memory to 1024 or more in the stack file",
    ];
    stack.failed(&said, "out_of_memory", &texts);
}

/// The program lives without its database, and the load balancer finds it healthy: it is the proof that fails, of the version
/// before too.
pub(super) fn a_database_that_is_away(stack: &Stack) {
    let told = stack.cloud.query("rds", "DescribeDBInstances", &[]);
    let id = told.split_once("<DBInstanceIdentifier>").expect("an id").1;
    let id = id.split_once('<').expect("an element").0;
    let named = [("DBInstanceIdentifier", id)];
    let said = stack.deploy(&stack.version(&service(), "three"), |line| {
        if line.starts_with("Rolling out") {
            stack.cloud.query("rds", "StopDBInstance", &named);
        }
    });
    let texts = [
        "the proof failed at GET /readyz",
        "cannot be reached from the tasks",
        "hint: start the database where it is stopped",
    ];
    stack.failed(&said, "database_unreachable", &texts);
    stack.cloud.query("rds", "StartDBInstance", &named);
}

/// Cluster and ARN of the service.
pub(super) fn place(stack: &Stack) -> (Value, Value) {
    let clusters = stack.cloud.json("ecs", "ListClusters", &json!({}));
    let cluster = clusters["clusterArns"][0].clone();
    let services = stack
        .cloud
        .json("ecs", "ListServices", &json!({"cluster": cluster}));
    (cluster, services["serviceArns"][0].clone())
}

/// Gives the secret's key a value, as users do.
fn set(stack: &Stack, value: &str) {
    let line = format!("secret set {FILE} app --key {KEY} --sandbox");
    let mut child = stack
        .bed
        .command(&line)
        .env("BELLA_SANDBOX_SERVERS", "real")
        .stdin(Stdio::piped())
        .spawn()
        .expect("bella starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    writeln!(stdin, "{value}").expect("it reads");
    drop(stdin);
    crate::bed::end(child).succeeds();
}
