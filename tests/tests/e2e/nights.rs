//! The development stack's nights, on the sandbox's clock.

use serde_json::{Value, json};

use crate::bed::{Bed, FILE};
use crate::cloud::Cloud;

#[test]
fn the_stack_rests_from_evening_to_morning() {
    let bed = Bed::new();
    let cloud = bed.cloud();
    cloud.control("POST", "clock", &json!({"hold": true}));
    // The sandbox's clock does not go back: a Thursday that is still to come.
    let thursday = Thursday::after(jiff::Timestamp::now());
    cloud.control("POST", "clock", &json!({"set": thursday.at(0, "12:00")}));
    // As with --strict: the shipped stack's roles say what they may do.
    let strict = json!({"refuse_roles_without_policies": true});
    cloud.control("POST", "temper", &strict);
    let bed = bed.provisioned();
    // As a deployment leaves it; before the first the stack file wants no task.
    raise(&cloud);
    at(&cloud, &thursday.at(0, "19:59"), "available", 1);
    let cases = [
        // Stopped, and said so again since.
        (0, "21:30", "stopped"),
        // The database is on its way before the tasks.
        (1, "07:50", "available"),
        (1, "08:30", "available"),
        // Saturday afternoon.
        (2, "14:30", "stopped"),
        (4, "08:30", "available"),
    ];
    for (day, clock, database) in cases {
        let time = thursday.at(day, clock);
        at(&cloud, &time, database, 0);
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

/// A Thursday in Toronto, where the stack's hours are.
pub(crate) struct Thursday(jiff::civil::Date);

impl Thursday {
    /// The first one whose noon, and the day before it, are still to come.
    pub(crate) fn after(now: jiff::Timestamp) -> Self {
        let zone = jiff::tz::TimeZone::get("America/Toronto").expect("a zone");
        let mut date = zone.to_datetime(now).date();
        for _ in 0..2 {
            date = date.tomorrow().expect("within the calendar");
        }
        while date.weekday() != jiff::civil::Weekday::Thursday {
            date = date.tomorrow().expect("within the calendar");
        }
        Self(date)
    }

    /// A time of day so many days later, as a moment.
    pub(crate) fn at(&self, days: i64, clock: &str) -> String {
        let date = self
            .0
            .checked_add(jiff::Span::new().days(days))
            .expect("within the calendar");
        let time: jiff::civil::Time = clock.parse().expect("a time of day");
        let zoned = date
            .to_datetime(time)
            .in_tz("America/Toronto")
            .expect("a zone");
        zoned.timestamp().to_string()
    }
}

/// Moves the clock and looks at the database's status and the least number of tasks.
pub(crate) fn at(cloud: &Cloud, time: &str, database: &str, least: i64) {
    let told = cloud.control("POST", "clock", &json!({"set": time}));
    assert_eq!(told["reached"], true, "{told}");
    assert_eq!(state(cloud), (database.to_owned(), least), "{time}");
}

/// Wants at least one task.
pub(crate) fn raise(cloud: &Cloud) {
    let asked = json!({"ServiceNamespace": "ecs"});
    let targets = cloud.json("application-autoscaling", "DescribeScalableTargets", &asked);
    let asked = json!({
        "ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": targets["ScalableTargets"][0]["ResourceId"], "MinCapacity": 1,
    });
    cloud.json("application-autoscaling", "RegisterScalableTarget", &asked);
}

/// The database's status, and the least number of tasks.
pub(crate) fn state(cloud: &Cloud) -> (String, i64) {
    let told = cloud.query("rds", "DescribeDBInstances", &[]);
    let status = told
        .split_once("<DBInstanceStatus>")
        .and_then(|(_, rest)| rest.split('<').next());
    let asked = json!({"ServiceNamespace": "ecs"});
    let targets = cloud.json("application-autoscaling", "DescribeScalableTargets", &asked);
    let least = targets["ScalableTargets"][0]["MinCapacity"].as_i64();
    (status.unwrap_or_default().to_owned(), least.unwrap_or(-1))
}
