//! Sizes that a week of use speaks against: the advice, and a stack file that takes it.

use std::fs;

use serde_json::{Value, json};

use crate::bed::{Bed, FILE};
use crate::cloud::Cloud;

const DAY: i64 = 86_400;

/// Publishes a value for every five minutes of the first twelve hours of the last four whole days.
fn publish(cloud: &Cloud, metric: (&str, &str), dimensions: &[(&str, &str)], value: &str) {
    let today = jiff::Timestamp::now().as_second() / DAY * DAY;
    for day in 1..=4 {
        let mut fields = vec![("Namespace".to_owned(), metric.0.to_owned())];
        for slot in 0..144 {
            let at = jiff::Timestamp::from_second(today - day * DAY + i64::from(slot) * 300);
            let datum = format!("MetricData.member.{}", slot + 1);
            fields.push((format!("{datum}.MetricName"), metric.1.to_owned()));
            fields.push((format!("{datum}.Value"), value.to_owned()));
            let at = at.expect("a time of this week").to_string();
            fields.push((format!("{datum}.Timestamp"), at));
            for (index, (name, value)) in dimensions.iter().enumerate() {
                let dimension = format!("{datum}.Dimensions.member.{}", index + 1);
                fields.push((format!("{dimension}.Name"), (*name).to_owned()));
                fields.push((format!("{dimension}.Value"), (*value).to_owned()));
            }
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        cloud.query("monitoring", "PutMetricData", &fields);
    }
}

/// Tasks that idle and a database that is busy, in the mornings only; nothing of the cache.
fn publish_all(cloud: &Cloud) {
    let clusters = cloud.json("ecs", "ListClusters", &json!({}));
    let cluster = clusters["clusterArns"][0].as_str().expect("a cluster");
    let services = cloud.json("ecs", "ListServices", &json!({ "cluster": cluster }));
    let last = |arn: &Value| {
        let arn = arn.as_str().expect("an ARN");
        arn.rsplit('/').next().expect("it has parts").to_owned()
    };
    let (cluster, service) = (
        last(&clusters["clusterArns"][0]),
        last(&services["serviceArns"][0]),
    );
    let tasks = [
        ("ClusterName", cluster.as_str()),
        ("ServiceName", service.as_str()),
    ];
    publish(cloud, ("AWS/ECS", "CPUUtilization"), &tasks, "9");
    publish(cloud, ("AWS/ECS", "MemoryUtilization"), &tasks, "20");
    let listed = cloud.query("rds", "DescribeDBInstances", &[]);
    let (_, rest) = listed
        .split_once("<DBInstanceIdentifier>")
        .expect("a database");
    let (database, _) = rest.split_once('<').expect("it ends");
    let of = [("DBInstanceIdentifier", database)];
    for (metric, value) in [
        ("CPUUtilization", "91"),
        ("DatabaseConnections", "12"),
        ("FreeableMemory", "400000000"),
        ("FreeStorageSpace", "16000000000"),
    ] {
        publish(cloud, ("AWS/RDS", metric), &of, value);
    }
}

fn part<'a>(document: &'a Value, name: &str) -> &'a Value {
    let parts = document["parts"].as_array().into_iter().flatten();
    parts
        .into_iter()
        .find(|part| part["part"] == name)
        .unwrap_or_else(|| panic!("no {name} in {document}"))
}

#[test]
fn a_week_of_use_advises_sizes_and_the_file_takes_them() {
    let bed = Bed::new();
    bed.edit(FILE, "monthly_usd: 50", "monthly_usd: 120");
    bed.edit(FILE, "cpu: 256 ", "cpu: 512 ");
    bed.edit(FILE, "memory: 512 ", "memory: 1024 ");
    let bed = bed.provisioned();
    let cloud = bed.cloud();
    let advise = |more: &str| {
        bed.bella(&format!("cost rightsize {FILE} --sandbox --json{more}"))
            .succeeds()
            .document()
    };
    let estimate = || {
        let ran = bed.bella(&format!("cost estimate {FILE} --json"));
        let document = ran.succeeds().document();
        document["monthly_usd"].as_f64().expect("a total")
    };
    let file = || fs::read_to_string(bed.path(FILE)).expect("the stack file is there");

    // Nothing was measured yet: nothing is advised, and nothing written.
    let before = file();
    let nothing = advise(" --apply");
    for name in ["service", "database", "storage", "cache"] {
        let part = part(&nothing, name);
        assert_eq!(part["verdict"], "unknown", "{part}");
        let why = part["why"].as_str().expect("a reason");
        assert!(why.starts_with("no data in the last 7 days"), "{part}");
    }
    assert_eq!(nothing["applied"], false);
    assert_eq!(file(), before);

    publish_all(&cloud);
    let begun = cloud.last_call();
    let advised = advise("");
    assert_eq!(cloud.changes(begun), 0);
    assert_eq!(file(), before);
    let service = part(&advised, "service");
    assert_eq!(service["verdict"], "smaller", "{service}");
    assert_eq!(service["hours"], 48, "{service}");
    assert!(service["saves_usd"].as_f64() > Some(0.0), "{service}");
    assert_eq!(part(&advised, "database")["verdict"], "larger", "{advised}");
    assert_eq!(part(&advised, "storage")["verdict"], "keep", "{advised}");
    assert_eq!(part(&advised, "cache")["verdict"], "unknown", "{advised}");

    let cost = estimate();
    let ran = bed.bella(&format!("cost rightsize {FILE} --sandbox --apply"));
    let ran = ran
        .succeeds()
        .says(&["which is valid", "plan stacks/dev.yaml"]);
    for said in [
        "service.cpu: 256 (was 512), service.memory: 512 (was 1024)",
        "database.instance: db.t4g.small (was db.t4g.micro)",
        "120 h without data are left out",
        "no data in the last 7 days (data in the cache)",
    ] {
        assert!(ran.out.contains(said), "{said:?} is not in:\n{}", ran.out);
    }
    let saved = advised["saves_usd"].as_f64().expect("a number");
    let seen = cost - estimate();
    assert!((saved - seen).abs() < 0.015, "{saved} is not {seen}");

    // Three lines differ, none in its comment.
    let after = file();
    let differ = before.lines().zip(after.lines()).filter(|(a, b)| a != b);
    let differ: Vec<(&str, &str)> = differ.collect();
    assert_eq!(differ.len(), 3, "{differ:?}");
    let comment = |line: &str| line.split_once('#').map(|(_, rest)| rest.to_owned());
    assert!(differ.iter().all(|(a, b)| comment(a) == comment(b)));
    assert_eq!(before.lines().count(), after.lines().count());
    bed.bella(&format!("validate {FILE}")).succeeds();
}
