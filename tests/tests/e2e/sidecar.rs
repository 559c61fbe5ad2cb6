//! A cache beside the service in its task: a container of its own, which the service finds and does without.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::bed::{Bed, FILE, Ran, run};
use crate::deploy::{call, service};

fn bella(bed: &Bed, line: &str) -> Ran {
    run(bed.command(line).env("BELLA_SANDBOX_SERVERS", "real"))
}

/// The one task that runs.
fn task(bed: &Bed) -> Value {
    let cloud = bed.cloud();
    let clusters = cloud.json("ecs", "ListClusters", &json!({}));
    let cluster = &clusters["clusterArns"][0];
    let listed = cloud.json("ecs", "ListTasks", &json!({"cluster": cluster}));
    assert_eq!(listed["taskArns"].as_array().map(Vec::len), Some(1));
    let asked = json!({"cluster": cluster, "tasks": listed["taskArns"]});
    cloud.json("ecs", "DescribeTasks", &asked)["tasks"][0].clone()
}

/// What the cache in a task answers to a command.
fn ask(task: &Value, command: &str) -> String {
    let details = task["attachments"][0]["details"].as_array();
    let address = details
        .into_iter()
        .flatten()
        .find(|detail| detail["name"] == "privateIPv4Address")
        .and_then(|detail| detail["value"].as_str());
    let address = address.expect("a task has an address");
    let mut cache = TcpStream::connect((address, 6379)).expect("the cache answers");
    let patience = Some(Duration::from_secs(5));
    cache.set_read_timeout(patience).expect("a time");
    write!(cache, "{command}\r\nQUIT\r\n").expect("it reads");
    let mut answer = String::new();
    // One that is told to end closes without an answer.
    let _ended = cache.read_to_string(&mut answer);
    answer
}

/// Names of the task's containers and how each fares, sorted.
fn containers(task: &Value) -> Vec<(&str, &str)> {
    let mut all: Vec<(&str, &str)> = task["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one["name"].as_str()?, one["lastStatus"].as_str()?)))
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn sessions_are_kept_beside_the_service_which_goes_on_without() {
    let bed = Bed::with_files();
    bella(&bed, "sandbox up").succeeds();
    bed.in_business_hours();
    service();
    bed.edit(
        FILE,
        "cache: { engine: valkey, mode: serverless }",
        "cache: { mode: sidecar }",
    );
    let made = bella(&bed, &format!("provision {FILE} --sandbox --yes"));
    made.exits(2).says(&["tasks cannot share call sessions"]);
    bed.edit(FILE, "max: 2", "max: 1");
    let made = bella(&bed, &format!("provision {FILE} --sandbox --yes")).succeeds();
    assert!(!made.err.contains("not provisioned"), "{}", made.err);
    let first = task(&bed);
    assert_eq!(
        containers(&first),
        [("cache", "RUNNING"), ("service", "RUNNING")]
    );
    assert!(call(&made).contains("Your appointment is booked."));
    let kept = ask(&first, "DBSIZE");
    let kept: u32 = kept
        .strip_prefix(':')
        .and_then(|rest| rest.lines().next()?.parse().ok())
        .expect("a number of keys");
    assert!(kept > 0);
    bella(&bed, &format!("plan {FILE} --sandbox --exit-code")).succeeds();

    // Another definition has it too, and its task a cache of its own.
    bed.edit(
        FILE,
        "cache: { mode: sidecar }",
        "cache: { mode: sidecar, engine: redis }",
    );
    let changed = bella(&bed, &format!("provision {FILE} --sandbox --yes")).succeeds();
    let second = task(&bed);
    assert_ne!(first["taskArn"], second["taskArn"]);
    assert!(ask(&second, "DBSIZE").starts_with(":0\r\n"));
    bella(&bed, &format!("plan {FILE} --sandbox --exit-code")).succeeds();

    // The cache ends; the task does not.
    ask(&second, "SHUTDOWN NOSAVE");
    let heard = call(&changed);
    assert!(heard.contains("Welcome"), "{heard}");
    let now = task(&bed);
    assert_eq!(now["taskArn"], second["taskArn"]);
    assert_eq!(
        containers(&now),
        [("cache", "STOPPED"), ("service", "RUNNING")]
    );

    let down = bella(&bed, &format!("teardown {FILE} --sandbox --yes")).succeeds();
    assert!(
        down.out.contains("the census finds nothing left"),
        "{}",
        down.out
    );
}
