//! `bella schedule`: a stack is stopped, started and left on, on the sandbox's clock.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::bed::{Bed, FILE, Ran};
use crate::cloud::Cloud;
use crate::nights::{Thursday, at, raise};

/// A stack of a stack file on a clock that stands still at Thursday noon.
fn at_noon() -> (Bed, Cloud, Thursday) {
    let bed = Bed::new();
    let cloud = bed.cloud();
    cloud.control("POST", "clock", &json!({"hold": true}));
    let thursday = Thursday::after(Timestamp::now());
    cloud.control("POST", "clock", &json!({"set": thursday.at(0, "12:00")}));
    (bed.provisioned(), cloud, thursday)
}

fn schedule(bed: &Bed, words: &str) -> Ran {
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    bed.bella(&format!("schedule {verb} {FILE} --sandbox {rest}"))
        .succeeds()
}

fn shown(bed: &Bed) -> Value {
    schedule(bed, "show --json").document()
}

/// Neither a plan nor a look for drift sees anything, whatever was held back or stopped.
fn differs_in_nothing(bed: &Bed) {
    let plan = bed.bella(&format!("plan {FILE} --sandbox")).succeeds();
    assert!(plan.out.starts_with("No changes"), "{}", plan.out);
    let drift = bed.bella(&format!("drift {FILE} --sandbox")).succeeds();
    assert!(drift.out.starts_with("No drift"), "{}", drift.out);
}

/// What AWS could not do for a reason that nobody caused: a letter lies in the queue and an alarm rings.
fn failures(cloud: &Cloud) -> Vec<Value> {
    let told = cloud.control("GET", "schedules", &Value::Null);
    let fired = told["fired"].as_array().cloned().unwrap_or_default();
    let failed = fired.into_iter().filter(|one| {
        let schedule = one["schedule"].as_str().unwrap_or_default();
        one["outcome"] != "done" && !schedule.contains("repeated")
    });
    failed.take(3).collect()
}

#[test]
fn a_stack_is_stopped_and_started_by_hand() {
    let (bed, cloud, thursday) = at_noon();
    let seen = shown(&bed);
    assert_eq!(
        (&seen["wanted"], &seen["paused_until"]),
        (&json!("on"), &Value::Null)
    );
    assert_eq!(seen["week"]["hours_on"], 60.0);
    assert_eq!(
        seen["next"],
        json!({"at": thursday.at(0, "20:00"), "action": "stop"})
    );
    assert_eq!(seen["schedules"], json!({"count": 9, "differing": []}));
    // What AWS bills on, and what it does not while the stack rests, are all that bills by time.
    let usd = |key: &str| seen[key].as_f64().expect(key);
    assert!(usd("saved_monthly_usd") > 10.0, "{seen}");
    let billed_on = seen["billed_on"].to_string();
    for address in [
        "load_balancer.public",
        "serverless_cache.main",
        "db_instance.main",
    ] {
        assert!(billed_on.contains(address), "{address}: {billed_on}");
    }
    // In working hours: off until the next morning, and the evening's stop has nothing to fail on.
    let stopped = schedule(&bed, "stop");
    assert_eq!(stopped.out.trim(), "bella-dev is off.");
    assert_eq!(shown(&bed)["state"], "off");
    assert_eq!(
        shown(&bed)["next"],
        json!({"at": thursday.at(1, "08:00"), "action": "start"})
    );
    differs_in_nothing(&bed);
    assert_eq!(
        schedule(&bed, "stop").out.trim(),
        "bella-dev is already off."
    );
    at(&cloud, &thursday.at(0, "22:10"), "stopped", 0);
    // In the night: on until the morning, against every hourly stop.
    schedule(&bed, "start").says(&["Nothing stops it before", "08:00"]);
    let seen = shown(&bed);
    assert_eq!(seen["paused_until"], thursday.at(1, "08:00"));
    assert_eq!(
        seen["next"],
        json!({"at": thursday.at(1, "20:00"), "action": "stop"})
    );
    differs_in_nothing(&bed);
    at(&cloud, &thursday.at(1, "06:30"), "available", 0);
    at(&cloud, &thursday.at(1, "19:59"), "available", 0);
    // Then the hours hold again.
    at(&cloud, &thursday.at(1, "20:05"), "stopped", 0);
    assert_eq!(shown(&bed)["paused_until"], Value::Null);
    differs_in_nothing(&bed);
    assert_eq!(failures(&cloud), Vec::<Value>::new());
}

#[test]
fn a_stack_is_left_on_for_a_while() {
    let (bed, cloud, thursday) = at_noon();
    raise(&cloud);
    let saturday = thursday.at(2, "12:00");
    schedule(&bed, &format!("pause --until {saturday}"));
    let text = schedule(&bed, "show").out;
    assert!(
        text.contains("Paused: nothing stops it before Sat"),
        "{text}"
    );
    differs_in_nothing(&bed);
    // A night and another, with a provision in between that changes the schedules.
    at(&cloud, &thursday.at(1, "03:30"), "available", 1);
    bed.edit(FILE, "startup_time: \"08:00\"", "startup_time: \"07:30\"");
    bed.bella(&format!("provision {FILE} --sandbox --yes"))
        .succeeds();
    assert_eq!(shown(&bed)["paused_until"], saturday);
    differs_in_nothing(&bed);
    at(&cloud, &thursday.at(2, "11:59"), "available", 1);
    at(&cloud, &thursday.at(2, "13:30"), "stopped", 0);
    differs_in_nothing(&bed);
    // Again, and ended before its time.
    schedule(&bed, "start --until 2d");
    at(&cloud, &thursday.at(3, "03:30"), "available", 0);
    schedule(&bed, "resume").says(&["it stops within the hour"]);
    at(&cloud, &thursday.at(3, "04:30"), "stopped", 0);
    differs_in_nothing(&bed);
    assert_eq!(
        schedule(&bed, "resume").out.trim(),
        "bella-dev was not paused."
    );
    bed.bella(&format!("schedule pause {FILE} --sandbox --until 9d"))
        .exits(2)
        .says(&[
            "bella-dev is off, and by its hours it starts Mon",
            "schedule start",
        ]);
    assert_eq!(failures(&cloud), Vec::<Value>::new());
}

/// A year on the sandbox's clock, with both changes of the clock on the wall. What is wanted changes at the stop and at the start, so each
/// is looked at from both sides; whatever fires in between asserts what is so already, or puts right what somebody did at night.
#[test]
fn the_state_is_right_in_every_minute_of_a_year() {
    let (_bed, cloud, thursday) = at_noon();
    let toronto = TimeZone::get("America/Toronto").expect("a zone");
    let noon: Timestamp = thursday.at(0, "12:00").parse().expect("a moment");
    let changes = toronto.following(noon).take(2);
    let changes: Vec<_> = changes.map(|change| change.timestamp()).collect();
    let mut offsets = std::collections::BTreeSet::new();
    raise(&cloud);
    for day in 0..=365 {
        let look = |clock: &str, database: &str, least: i64| {
            let moment: Timestamp = thursday.at(day, clock).parse().expect("a moment");
            if moment > noon {
                at(&cloud, &moment.to_string(), database, least);
            }
            moment
        };
        let midnight = look("00:05", "stopped", 0);
        offsets.insert(toronto.to_offset(midnight));
        let weekday = toronto.to_datetime(midnight).weekday();
        if weekday.to_monday_zero_offset() < 5 {
            // The database is on twenty minutes before.
            look("07:39", "stopped", 0);
            look("07:41", "available", 0);
            if look("07:59", "available", 0) > noon {
                look("08:01", "available", 0);
                raise(&cloud);
            }
            look("19:59", "available", 1);
            look("20:01", "stopped", 0);
        }
        look("23:30", "stopped", 0);
        // A deployment at night, once a week.
        if weekday == Weekday::Wednesday {
            raise(&cloud);
        }
    }
    let last: Timestamp = thursday.at(365, "23:30").parse().expect("a moment");
    assert!(changes.iter().all(|change| *change < last), "{changes:?}");
    assert_eq!(offsets.len(), 2, "{offsets:?}");
    assert_eq!(failures(&cloud), Vec::<Value>::new());
}

#[test]
fn what_cannot_be_done_says_what_to_do() {
    let bed = Bed::new();
    bed.bella(&format!("schedule stop {FILE} --sandbox"))
        .exits(1)
        .says(&["bella-dev has no schedules in AWS", "bella provision"]);
    let shown = bed
        .bella(&format!("schedule show {FILE} --sandbox"))
        .succeeds();
    assert!(shown.out.contains("it is not provisioned"), "{}", shown.out);
    bed.bella("schedule show stacks/staging.yaml --sandbox")
        .exits(2)
        .says(&[
            "bella-staging has no hours: it always runs",
            "auto_shutdown",
        ]);
    bed.bella(&format!(
        "schedule pause {FILE} --sandbox --until yesterday"
    ))
    .exits(2)
    .says(&["`yesterday` is no moment", "how long (4h, 2d)"]);
}
