//! Stacks for a while: made, listed, extended, stopped by AWS when their time is over, removed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::bed::Bed;
use crate::cloud::Cloud;

const FROM: &str = "--from stacks/preview.yaml --sandbox";

/// A sandbox at rest in time, with the template.
fn bed() -> Bed {
    let bed = Bed::new();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stacks/preview.yaml");
    fs::copy(shipped, bed.path("stacks/preview.yaml")).expect("the template is there");
    bed.cloud().control("POST", "clock", &json!({"hold": true}));
    // As with --strict: the rules' role says what it may do.
    let strict = json!({"refuse_roles_without_policies": true});
    bed.cloud().control("POST", "temper", &strict);
    bed
}

fn listed(bed: &Bed) -> Vec<Value> {
    let mut command = bed.command("ephemeral list --sandbox --json");
    let ran = crate::bed::run(command.env("AWS_REGION", "ca-central-1")).succeeds();
    ran.document().as_array().cloned().expect("a list")
}

fn time(one: &Value, key: &str) -> Timestamp {
    let text = one[key].as_str().expect("a moment");
    text.parse().expect("RFC 3339")
}

/// Database state and number of tasks wanted.
fn runs(cloud: &Cloud, stack: &str) -> (String, i64) {
    let told = cloud.query("rds", "DescribeDBInstances", &[]);
    let of = told.split("<DBInstance>").find(|one| one.contains(stack));
    let state = of.and_then(|one| one.split("<DBInstanceStatus>").nth(1));
    let state = state.and_then(|rest| rest.split('<').next());
    let clusters = cloud.json("ecs", "ListClusters", &json!({}));
    let clusters = clusters["clusterArns"].as_array().expect("clusters").iter();
    let cluster = clusters
        .filter_map(Value::as_str)
        .find(|arn| arn.contains(stack))
        .expect("the stack's cluster");
    let services = cloud.json("ecs", "ListServices", &json!({ "cluster": cluster }));
    let asked = json!({"cluster": cluster, "services": services["serviceArns"]});
    let told = cloud.json("ecs", "DescribeServices", &asked);
    let wanted = told["services"][0]["desiredCount"].as_i64();
    (
        state.expect("a database").to_owned(),
        wanted.expect("a number"),
    )
}

#[test]
fn a_stack_for_a_while_ends_without_anybody() {
    let bed = bed();
    let cloud = bed.cloud();
    let made = bed.bella(&format!("ephemeral up feature/X_1 {FROM} --ttl 8h --yes"));
    made.succeeds()
        .says(&["is there until", "8 h 0 min from now"]);
    let one = listed(&bed).remove(0);
    let stack = one["stack"].as_str().expect("a name").to_owned();
    assert!(stack.starts_with("feature-x-1-"), "{one}");
    assert_eq!(one["name"], "feature/X_1");
    assert_eq!(one["region"], "ca-central-1");
    assert_eq!(one["is_over"], false);
    assert!(one["hourly_usd"].as_f64() > Some(0.05), "{one}");
    let created = time(&one, "created");
    assert_eq!(time(&one, "expires"), created + 8.hours());

    // Once more changes nothing but its end, two hours later.
    cloud.control("POST", "clock", &json!({"advance": "2h"}));
    let begun = cloud.last_call();
    let again = bed.bella(&format!("ephemeral up feature/X_1 {FROM} --yes --json"));
    let again = again.succeeds().lines();
    let steps = again.iter().filter(|line| line["state"] == "done");
    // They are carried out at once, in any order.
    let steps: BTreeSet<&str> = steps.filter_map(|line| line["address"].as_str()).collect();
    assert_eq!(
        steps,
        ["schedule.expire_database", "schedule.expire_service"].into()
    );
    // Those, and twice the tag by which it is listed.
    assert_eq!(cloud.changes(begun), 4);
    let one = listed(&bed).remove(0);
    assert_eq!(time(&one, "created"), created);
    assert_eq!(time(&one, "expires"), created + 10.hours());
    assert_eq!(one["left_seconds"], 8 * 3_600);

    let begun = cloud.last_call();
    let extended = bed.bella("ephemeral extend feature/X_1 --ttl 9h --sandbox");
    extended.succeeds();
    assert_eq!(cloud.changes(begun), 3);
    assert_eq!(time(&listed(&bed)[0], "expires"), created + 11.hours());
    // A day at once is the most, a week in all.
    for (ttl, why) in [("25h", "may be asked for at once"), ("24h", "")] {
        let ran = bed.bella(&format!(
            "ephemeral extend feature/X_1 --ttl {ttl} --sandbox"
        ));
        match why {
            "" => ran.succeeds(),
            why => ran.exits(3).says(&[why]),
        };
    }
    bed.bella("ephemeral extend feature/X_1 --ttl 9h --sandbox")
        .succeeds();

    // As a deployment leaves it.
    let of = |stack: &str, count: u32| {
        let clusters = cloud.json("ecs", "ListClusters", &json!({}));
        let cluster = clusters["clusterArns"][0].clone();
        let services = cloud.json("ecs", "ListServices", &json!({ "cluster": cluster }));
        let service = services["serviceArns"][0].clone();
        let wanted = json!({"cluster": cluster, "service": service, "desiredCount": count});
        assert!(service.to_string().contains(stack));
        cloud.json("ecs", "UpdateService", &wanted);
    };
    of(&stack, 1);
    cloud.control("POST", "clock", &json!({"advance": "8h"}));
    assert_eq!(runs(&cloud, &stack), ("available".to_owned(), 1));
    bed.bella("ephemeral reap --sandbox --dry-run")
        .succeeds()
        .says(&["no stack's time is over"]);
    // Its time is over: AWS stops it, and again when somebody starts it.
    cloud.control("POST", "clock", &json!({"advance": "61m"}));
    assert_eq!(runs(&cloud, &stack), ("stopped".to_owned(), 0));
    of(&stack, 1);
    cloud.control("POST", "clock", &json!({"advance": "1h"}));
    assert_eq!(runs(&cloud, &stack), ("stopped".to_owned(), 0));
    let ended = bed.bella("ephemeral extend feature/X_1 --ttl 1h --sandbox");
    ended.exits(3).says(&["was over", "ephemeral up"]);
    let over = listed(&bed).remove(0);
    assert_eq!(over["is_over"], true);

    let ran = bed.bella("ephemeral reap --sandbox").succeeds();
    assert!(
        ran.out.contains("the census finds nothing left"),
        "{}",
        ran.out
    );
    assert_eq!(listed(&bed), Vec::<Value>::new());
}

#[test]
fn a_stack_whose_time_was_over_starts_again() {
    let bed = bed();
    let cloud = bed.cloud();
    let up = format!("ephemeral up pr-42 {FROM} --ttl 1h --yes");
    bed.bella(&up).succeeds();
    cloud.control("POST", "clock", &json!({"advance": "2h"}));
    assert_eq!(runs(&cloud, "pr-42").0, "stopped");
    bed.bella(&up).succeeds().says(&["1 h 0 min from now"]);
    assert_eq!(runs(&cloud, "pr-42").0, "available");
    cloud.control("POST", "clock", &json!({"advance": "59m"}));
    assert_eq!(runs(&cloud, "pr-42").0, "available");
    bed.bella("ephemeral down pr-42 --sandbox --yes").succeeds();
    assert_eq!(listed(&bed), Vec::<Value>::new());
}

#[test]
fn limits_and_other_stacks_are_kept() {
    let bed = bed();
    bed.append(
        "stacks/preview.yaml",
        "\nephemeral: { max_per_owner: 1, max_usd_per_day_per_owner: 5 }\n",
    );
    let up =
        |name: &str, more: &str| bed.bella(&format!("ephemeral up {name} {FROM} --yes {more}"));
    up("pr-1", "--owner ann").succeeds();
    // Ann has one; the refusal says which, and how to be rid of it. Bob has none.
    let refused = up("pr-2", "--owner ann").exits(3);
    refused.says(&[
        "ann has 1 of the 1",
        "pr-1 (pr-1), until",
        "ephemeral down pr-1",
    ]);
    up("pr-1", "").succeeds();
    up("pr-2", "--owner bob").succeeds();
    bed.edit(
        "stacks/preview.yaml",
        "owner: 1, max_usd_per_day_per_owner: 5",
        "owner: 9, max_usd_per_day_per_owner: 3",
    );
    up("pr-3", "--owner ann")
        .exits(3)
        .says(&["over the $3.00", "pr-1 (pr-1)"]);
    up("pr-4", "--ttl 25h")
        .exits(3)
        .says(&["longer than the 1d"]);
    let owners: Vec<Value> = listed(&bed)
        .iter()
        .map(|one| one["owner"].clone())
        .collect();
    assert_eq!(owners, ["ann", "bob"]);

    // What stays is neither made one that ends, nor removed as one.
    bed.bella("provision stacks/dev.yaml --sandbox --yes")
        .succeeds();
    up("bella-dev", "")
        .exits(3)
        .says(&["is a stack that stays"]);
    bed.bella("ephemeral down bella-dev --sandbox --yes")
        .exits(3)
        .says(&["is none of the stacks"]);
    assert_eq!(listed(&bed).len(), 2);
}

#[test]
fn a_hundred_are_listed_in_few_calls() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    let now = Timestamp::now();
    for number in 0..100 {
        let made = cloud.query("ec2", "CreateVpc", &[("CidrBlock", "10.0.0.0/16")]);
        let vpc = made
            .split("<vpcId>")
            .nth(1)
            .and_then(|rest| rest.split('<').next());
        let mut fields = vec![("ResourceId.1".to_owned(), vpc.expect("an id").to_owned())];
        let tags = [
            ("bella:stack", format!("pr-{number}")),
            ("bella:ephemeral", format!("pr-{number}")),
            ("bella:created", now.to_string()),
            ("bella:created_by", "ann".to_owned()),
            ("bella:hourly_usd", "0.0793".to_owned()),
            ("bella:ttl", "8h".to_owned()),
        ];
        for (index, (key, value)) in tags.into_iter().enumerate() {
            fields.push((format!("Tag.{}.Key", index + 1), key.to_owned()));
            fields.push((format!("Tag.{}.Value", index + 1), value));
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        cloud.query("ec2", "CreateTags", &fields);
    }
    let mut command = bed.command("ephemeral list --sandbox --verbose");
    let ran = crate::bed::run(command.env("AWS_REGION", "ca-central-1")).succeeds();
    assert_eq!(ran.out.lines().count(), 101, "{}", ran.out);
    let calls: usize = ran
        .err
        .lines()
        .find_map(|line| line.strip_suffix(" AWS calls")?.trim().parse().ok())
        .expect("the number of calls");
    assert!(calls <= 10, "{calls}");
}
