//! Parts that are deleted while a stack rests, and are there again when it runs.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bed::{Bed, FILE, Ran, run};
use crate::ci;
use crate::cloud::Cloud;
use crate::crash::killed;
use crate::deploy::{call, service};
use crate::nights::Thursday;

const PARTS: [&str; 3] = [
    "listener.http",
    "load_balancer.public",
    "serverless_cache.main",
];

/// A stack with tasks that goes without balancer and cache at night, on a clock that stands still at Thursday noon; and what its
/// making said.
fn at_noon() -> (Bed, Cloud, Thursday, Ran) {
    let bed = Bed::with_files();
    removing(&bed);
    service();
    bella(&bed, "sandbox up").succeeds();
    let cloud = bed.cloud();
    cloud.control("POST", "clock", &json!({"hold": true}));
    let thursday = Thursday::after(Timestamp::now());
    at(&cloud, &thursday.at(0, "12:00"));
    let made = bella(&bed, &format!("provision {FILE} --sandbox --yes")).succeeds();
    (bed, cloud, thursday, made)
}

fn bella(bed: &Bed, line: &str) -> Ran {
    run(bed.command(line).env("BELLA_SANDBOX_SERVERS", "real"))
}

fn removing(bed: &Bed) {
    let days = "days: [mon, tue, wed, thu, fri]";
    bed.edit(
        FILE,
        days,
        &format!("remove: [load_balancer, cache]\n  {days}"),
    );
}

fn at(cloud: &Cloud, time: &str) {
    let told = cloud.control("POST", "clock", &json!({"set": time}));
    assert_eq!(told["reached"], true, "{told}");
}

fn schedule(bed: &Bed, words: &str) -> Ran {
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    bed.bella(&format!("schedule {verb} {FILE} --sandbox {rest}"))
        .succeeds()
}

/// So many tasks wanted, as a deployment or a schedule leaves it.
fn tasks(cloud: &Cloud, count: u32) {
    let clusters = cloud.json("ecs", "ListClusters", &json!({}));
    let cluster = &clusters["clusterArns"][0];
    let services = cloud.json("ecs", "ListServices", &json!({ "cluster": cluster }));
    let asked = json!({
        "cluster": cluster, "service": services["serviceArns"][0], "desiredCount": count,
    });
    cloud.json("ecs", "UpdateService", &asked);
}

fn deleted(bed: &Bed) -> Value {
    schedule(bed, "show --json").document()["deleted"].clone()
}

#[track_caller]
fn differs_in_nothing(bed: &Bed) {
    let plan = bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
    assert!(plan.out.starts_with("No changes"), "{}", plan.out);
    let drift = bed.bella(&format!("drift {FILE} --sandbox")).succeeds();
    assert!(drift.out.starts_with("No drift"), "{}", drift.out);
}

/// By a job that runs twice an hour, from one Thursday to the Monday after.
#[test]
fn a_job_deletes_and_makes_by_the_hours() {
    let (bed, cloud, thursday, made) = at_noon();
    ci::bootstrap(&bed);
    let all = cloud.count();
    let begun = cloud.last_call();
    let heard = call(&made);
    assert!(heard.contains("Your appointment is booked."), "{heard}");
    let nothing_to_do = |moment: String, verb: &str| {
        at(&cloud, &moment);
        let before = cloud.last_call();
        let ran = schedule(&bed, &format!("{verb} --by-hours"));
        assert!(ran.out.contains("nothing to do"), "{moment}: {}", ran.out);
        assert_eq!(cloud.changes(before), 0, "{moment} {verb}");
    };
    nothing_to_do(thursday.at(0, "19:43"), "stop");
    nothing_to_do(thursday.at(0, "19:44"), "start");
    at(&cloud, &thursday.at(0, "20:13"));
    differs_in_nothing(&bed);
    let rests = schedule(&bed, "stop --by-hours");
    assert_eq!(rests.out.trim(), "bella-dev rests: 3 steps done.");
    assert_eq!(deleted(&bed), json!(PARTS));
    differs_in_nothing(&bed);
    let noted = bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
    noted.says(&[
        "bella-dev rests without listener.http, load_balancer.public, serverless_cache.main",
        "bella schedule start stacks/dev.yaml --sandbox",
    ]);
    nothing_to_do(thursday.at(0, "20:43"), "stop");
    nothing_to_do(thursday.at(0, "20:44"), "start");

    // What somebody provisions at night leaves them where they are.
    bed.edit(FILE, "storage_gb: 20", "storage_gb: 21");
    bed.edit(FILE, "daily_usd: 4", "daily_usd: 3");
    let plan = bed
        .bella(&format!("plan {FILE} --sandbox --json"))
        .succeeds()
        .document();
    let changes = plan["changes"].as_array().cloned().unwrap_or_default();
    let changes: Vec<&str> = changes
        .iter()
        .filter_map(|change| change["address"].as_str())
        .collect();
    assert_eq!(changes, ["budget.daily", "db_instance.main"]);
    bed.edit(FILE, "storage_gb: 21", "storage_gb: 20");
    bed.bella(&format!("provision {FILE} --sandbox --yes --no-deploy"))
        .succeeds();
    assert_eq!(deleted(&bed), json!(PARTS));

    nothing_to_do(thursday.at(1, "06:43"), "start");
    at(&cloud, &thursday.at(1, "07:13"));
    let begins = schedule(&bed, "start --by-hours");
    assert!(begins.out.contains("can start"), "{}", begins.out);
    assert_eq!(deleted(&bed), json!([]));
    differs_in_nothing(&bed);
    nothing_to_do(thursday.at(1, "07:43"), "stop");
    nothing_to_do(thursday.at(1, "07:44"), "start");
    assert_eq!(cloud.count(), all);
    // AWS starts the tasks; callers are known.
    at(&cloud, &thursday.at(1, "08:01"));
    tasks(&cloud, 1);
    schedule(&bed, "start");
    let next = bella(&bed, &format!("provision {FILE} --sandbox --yes")).succeeds();
    assert!(!next.err.contains("Rolling out"), "{}", next.err);
    let heard = call(&next);
    assert!(heard.contains("stays as it is."), "{heard}");

    ci::suffices(&cloud, ci::DEPLOY, begun);

    // Over the weekend; on Monday the job does not run, and what starts is not what the file says.
    at(&cloud, &thursday.at(1, "20:13"));
    schedule(&bed, "stop --by-hours");
    nothing_to_do(thursday.at(3, "12:13"), "start");
    at(&cloud, &thursday.at(4, "08:05"));
    tasks(&cloud, 1);
    let late = bed
        .bella(&format!("plan {FILE} --sandbox --exit-code"))
        .exits(6);
    for part in PARTS {
        assert!(late.out.contains(part), "{part}: {}", late.out);
    }
    let shown = schedule(&bed, "show").out;
    assert!(shown.contains("Missing, as it was deleted"), "{shown}");
    schedule(&bed, "start --by-hours");
    differs_in_nothing(&bed);
    assert_eq!(cloud.count(), all);
}

#[test]
fn what_a_person_says_comes_before_the_hours() {
    let (bed, cloud, thursday, _) = at_noon();
    let kept = |verb: &str| {
        let ran = schedule(&bed, &format!("{verb} --by-hours"));
        assert!(ran.out.contains("nothing to do"), "{}", ran.out);
    };
    // Stopped in its hours: it stays off until the next start.
    schedule(&bed, "stop");
    assert_eq!(deleted(&bed), json!(PARTS));
    differs_in_nothing(&bed);
    kept("start");
    for line in ["deploy", "rollback"] {
        bed.bella(&format!("{line} {FILE} --sandbox"))
            .exits(1)
            .says(&[
                "bella-dev is without what a version needs: db_instance.main, which is stopped, listener.http",
                "bella schedule start stacks/dev.yaml --sandbox",
            ]);
    }
    assert_eq!(deleted(&bed), json!(PARTS));
    let again = schedule(&bed, "stop");
    assert_eq!(again.out.trim(), "bella-dev is already off.");
    // Started, and left on over a night.
    schedule(&bed, "start --until 2d");
    assert_eq!(deleted(&bed), json!([]));
    differs_in_nothing(&bed);
    at(&cloud, &thursday.at(0, "22:13"));
    kept("stop");
    assert_eq!(deleted(&bed), json!([]));
    // The pause is over: the next night deletes them.
    at(&cloud, &thursday.at(2, "13:13"));
    schedule(&bed, "stop --by-hours");
    assert_eq!(deleted(&bed), json!(PARTS));
    // What is not there yet cannot be what a part is made with.
    bed.append(FILE, "network: { availability_zones: 3 }\n");
    bed.bella(&format!("schedule start {FILE} --sandbox"))
        .exits(6)
        .says(&[
            "cannot be made again: route_table_association.public_",
            "is not there yet",
            "bella provision stacks/dev.yaml --sandbox",
        ]);
    bed.bella(&format!("teardown {FILE} --sandbox --yes"))
        .succeeds()
        .says(&[]);
}

/// Killed after every changing call of a stop and of a start: the same command goes on.
#[test]
fn a_run_that_is_killed_is_gone_on_with() {
    let bed = Bed::new();
    removing(&bed);
    let bed = bed.provisioned();
    let cloud = bed.cloud();
    // A revision that was registered just before is left over, one of those that are kept for a rollback.
    let count = || {
        let mut count = cloud.count();
        count.retain(|what, _| !what.starts_with("ListTaskDefinitions"));
        count
    };
    let running = count();
    let begun = cloud.last_call();
    schedule(&bed, "stop");
    let stopping = cloud.changes(begun);
    let resting = count();
    assert_ne!(running, resting);
    let begun = cloud.last_call();
    schedule(&bed, "start");
    tasks(&cloud, 1);
    let starting = cloud.changes(begun);
    assert!(stopping > 4 && starting > 4, "{stopping} {starting}");
    assert_eq!(count(), running);
    for (verb, calls, end) in [("stop", stopping, &resting), ("start", starting, &running)] {
        let other = if verb == "stop" { "start" } else { "stop" };
        // The last call may be the run's last act.
        for point in 1..calls {
            if count() == *end {
                schedule(&bed, other);
                tasks(&cloud, u32::from(other == "start"));
            }
            killed(&bed, &format!("schedule {verb} {FILE} --sandbox"), point);
            schedule(&bed, verb);
            assert_eq!(count(), *end, "{verb} {point}");
            differs_in_nothing(&bed);
        }
    }
}

/// The way out of private subnets, with its address and its route; the way in, with its listeners and its name.
#[test]
fn what_leads_to_a_part_goes_with_it() {
    let bed = Bed::new();
    let days = "days: [mon, tue, wed, thu, fri]";
    bed.edit(
        FILE,
        days,
        &format!("remove: [nat_gateway, load_balancer, cache]\n  {days}"),
    );
    // Where policies allow one.
    bed.edit(FILE, "environment: development", "environment: staging");
    bed.edit(FILE, "monthly_usd: 50", "monthly_usd: 60");
    bed.edit(FILE, "mode: serverless", "mode: node");
    bed.append(
        FILE,
        "network: { egress: nat-gateway }\ndomain: { name: dev.bella.example, zone: bella.example }\n",
    );
    bed.cloud().zone("bella.example");
    let bed = bed.provisioned();
    let running = bed.cloud().count();
    schedule(&bed, "stop");
    assert_eq!(
        deleted(&bed),
        json!([
            "dns_record.public",
            "elastic_ip.nat_a",
            "listener.http",
            "listener.https",
            "load_balancer.public",
            "nat_gateway.public_a",
            "replication_group.main",
            "route.private_internet"
        ])
    );
    differs_in_nothing(&bed);
    schedule(&bed, "start");
    differs_in_nothing(&bed);
    assert_eq!(bed.cloud().count(), running);
    schedule(&bed, "stop");
    let down = format!("teardown {FILE} --sandbox --yes");
    let down = bed.bella(&down).succeeds();
    let said = &down.out;
    assert!(said.contains("the census finds nothing left"), "{said}");
}
