//! The development stack's nights, on the sandbox's clock.

use serde_json::{Value, json};

use crate::bed::{Bed, FILE};
use crate::cloud::Cloud;

#[test]
fn the_stack_rests_from_evening_to_morning() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    cloud.control("POST", "clock", &json!({"hold": true}));
    // Noon of a Thursday in Toronto.
    cloud.control("POST", "clock", &json!({"set": "2027-07-01T16:00:00Z"}));
    // As with --strict: the shipped stack's roles say what they may do.
    let strict = json!({"refuse_roles_without_policies": true});
    cloud.control("POST", "temper", &strict);
    let bed = bed.provisioned();
    // As a deployment leaves it; before the first the stack file wants no task.
    raise(&cloud);
    at(&cloud, "2027-07-01T23:59:00Z", "available", 1);
    let cases = [
        // 9:30 p.m.: stopped, and said so again since.
        ("2027-07-02T01:30:00Z", "stopped"),
        // 7:50 a.m.: the database is on its way before the tasks.
        ("2027-07-02T11:50:00Z", "available"),
        ("2027-07-02T12:30:00Z", "available"),
        // Saturday afternoon.
        ("2027-07-03T18:30:00Z", "stopped"),
        ("2027-07-05T12:30:00Z", "available"),
    ];
    for (time, database) in cases {
        at(&cloud, time, database, 0);
        let plan = bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
        assert!(plan.out.starts_with("No changes"), "{time}: {}", plan.out);
    }
    let told = cloud.control("GET", "schedules", &Value::Null);
    let fired = told["fired"].as_array().cloned().unwrap_or_default();
    assert!(fired.len() > 100, "{}", fired.len());
    for one in fired.iter().filter(|one| one["outcome"] != "done") {
        // RDS refuses to stop what is stopped; such repetitions have a group of their own.
        let schedule = one["schedule"].as_str().unwrap_or_default();
        assert!(schedule.contains("repeated"), "{one}");
    }
}

/// Moves the clock and looks at the database's status and the least number of tasks.
fn at(cloud: &Cloud, time: &str, database: &str, least: i64) {
    let told = cloud.control("POST", "clock", &json!({"set": time}));
    assert_eq!(told["reached"], true, "{told}");
    assert_eq!(state(cloud), (database.to_owned(), least), "{time}");
}

/// Wants at least one task.
fn raise(cloud: &Cloud) {
    let asked = json!({"ServiceNamespace": "ecs"});
    let targets = cloud.json("application-autoscaling", "DescribeScalableTargets", &asked);
    let asked = json!({
        "ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": targets["ScalableTargets"][0]["ResourceId"], "MinCapacity": 1,
    });
    cloud.json("application-autoscaling", "RegisterScalableTarget", &asked);
}

/// The database's status, and the least number of tasks.
fn state(cloud: &Cloud) -> (String, i64) {
    let told = cloud.query("rds", "DescribeDBInstances", &[]);
    let status = told
        .split_once("<DBInstanceStatus>")
        .and_then(|(_, rest)| rest.split('<').next());
    let asked = json!({"ServiceNamespace": "ecs"});
    let targets = cloud.json("application-autoscaling", "DescribeScalableTargets", &asked);
    let least = targets["ScalableTargets"][0]["MinCapacity"].as_i64();
    (status.unwrap_or_default().to_owned(), least.unwrap_or(-1))
}
