//! A year of a stack's schedules, minute by minute: what AWS makes of the cron expressions, and what the stack file says.
//!
//! The expressions are read here anew, and the expected hours come from the clock on the wall, not from the program's own calendar.

mod cloud;
mod cron;
mod wall;

use bella_stack::{Calendar, Stack, blueprint_running, load, load_with};
use cloud::Cloud;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use wall::Wall;

const IMAGE: &str = "repository@sha256:0";
/// Minutes that a stopped database takes to open, by the schedule's own lead.
const LEAD: usize = 20;
/// Minutes before a start in which a database is no longer stopped anew.
const LAST_STOP: usize = 50;

/// What to do to the stack beside its schedules: at this minute of the year AWS starts the database and somebody the tasks.
type Disturbed = Vec<usize>;

fn stack(times: &str, scaling: &str) -> Result<Stack, String> {
    let text = format!(
        "stack: bella-year\nregion: ca-central-1\nowner: platform@bella.example\nbudget: {{ monthly_usd: 60 }}\n\
         environment: development\nservice: {{ secrets: [app], scaling: {scaling} }}\ndatabase: {{}}\ncache: {{ mode: serverless }}\n\
         auto_shutdown: {times}\n"
    );
    let source = BTreeMap::from([(PathBuf::from("stack.yaml"), text.into_bytes())]);
    let loaded = load_with(&source, Path::new("stack.yaml"));
    loaded
        .map(|loaded| loaded.stack)
        .map_err(|problems| problems.to_string())
}

/// Lives through the year and holds every minute of it to the stack file; how many minutes the stack ran.
fn live(stack: &Stack, year: i16, disturbed: &Disturbed) -> usize {
    let times = stack.auto_shutdown.as_ref().expect("a schedule");
    let told = format!(
        "{} {} {:?} {}",
        times.startup_time, times.shutdown_time, times.days, times.timezone
    );
    let mut cloud = Cloud::new(&blueprint_running(stack, Some(IMAGE)));
    let wall = Wall::of(times, year);
    let calendar = Calendar::new(times);
    let mut turns = calendar
        .turns(wall.minutes[0].at, wall.end)
        .into_iter()
        .peekable();
    let mut on = calendar.is_on(wall.minutes[0].at);
    cloud.begin(on);
    let mut running = 0;
    let mut woken = 0;
    let mut stays_open = false;
    for (position, minute) in wall.minutes.iter().enumerate() {
        while let Some(turn) = turns.next_if(|turn| turn.at <= minute.at) {
            on = turn.on;
        }
        assert_eq!(on, minute.on, "the calendar of {told} at {}", minute.at);
        cloud.pass(minute);
        if disturbed.binary_search(&position).is_ok() && !minute.on {
            cloud.wake();
            // The next repetition is an hour away, or two where the clock shows an hour twice.
            let repetition = 60 + wall.repeated_after(position);
            woken = position + repetition + cloud::STOPPING;
            // Near a start the database is left to it: it has to be down before it is started.
            stays_open = wall.is_on_within(position, repetition + LAST_STOP);
        }
        running += usize::from(minute.on);
        let repeated = wall.repeated_after(position.saturating_sub(LEAD));
        let led = stays_open || wall.is_on_within(position, LEAD + repeated);
        let settled = position >= woken;
        let wrong = match minute.on {
            true => cloud.tasks == 0 || !cloud.database.is_open(),
            false => settled && (cloud.tasks > 0 || (cloud.database.is_open() && !led)),
        };
        assert!(
            !wrong,
            "{told} at {}, {} on the wall: wanted {}, and there are {} tasks and a database that is {:?}",
            minute.at,
            minute.wall,
            if minute.on { "on" } else { "off" },
            cloud.tasks,
            cloud.database
        );
        if minute.on {
            (woken, stays_open) = (0, false);
        }
    }
    running
}

/// The shipped stack, in its zone and in others, both days included on which the clock changes.
#[test]
fn the_state_is_right_at_every_minute_of_a_year() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks/dev.yaml");
    let mut dev = load(&path)
        .unwrap_or_else(|problems| panic!("{problems}"))
        .stack;
    let began = Instant::now();
    // 261 working days of 12 hours; none has a change of the clock within its hours.
    assert_eq!(live(&dev, 2027, &Vec::new()), 261 * 12 * 60);
    let took = began.elapsed();
    // Measured at a thirtieth of this in an optimised build.
    assert!(took < Duration::from_secs(1), "{took:?}");
    for zone in [
        "Europe/Berlin",
        "Australia/Sydney",
        "America/Santiago",
        "Asia/Kolkata",
    ] {
        let times = dev.auto_shutdown.as_mut().expect("a schedule");
        times.timezone = zone.parse().unwrap_or_else(|_| panic!("{zone} is a zone"));
        assert_eq!(live(&dev, 2027, &Vec::new()), 261 * 12 * 60, "{zone}");
    }
}

/// Schedules, zones and interruptions by chance, always the same.
#[test]
fn the_state_is_right_whatever_the_hours() {
    let mut chance = Chance(20_270_314);
    let zones = [
        "America/Toronto",
        "America/St_Johns",
        "Europe/London",
        "Europe/Berlin",
        "Africa/Cairo",
        "Asia/Tehran",
        "Australia/Lord_Howe",
        "Pacific/Auckland",
        "America/Havana",
        "America/Santiago",
        "UTC",
    ];
    let (mut lived, mut refused) = (0, 0);
    while lived < 40 {
        let clock =
            |chance: &mut Chance| format!("{:02}:{:02}", chance.below(24), chance.below(60));
        let (start, stop) = (clock(&mut chance), clock(&mut chance));
        let mask = 1 + chance.below(127);
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .into_iter()
            .enumerate();
        let days: Vec<&str> = days
            .filter(|(at, _)| mask >> at & 1 == 1)
            .map(|(_, day)| day)
            .collect();
        let zone = zones[chance.below(zones.len())];
        let times = format!(
            "{{ shutdown_time: \"{stop}\", startup_time: \"{start}\", timezone: {zone}, days: [{}] }}",
            days.join(", ")
        );
        let scaling = ["{ min: 1, max: 2 }", "{ min: 1, max: 1 }"][chance.below(2)];
        let mut disturbed: Disturbed = (0..200).map(|_| chance.below(525_600)).collect();
        disturbed.sort_unstable();
        match stack(&times, scaling) {
            Ok(stack) => {
                live(
                    &stack,
                    2027 + i16::try_from(chance.below(3)).expect("a year"),
                    &disturbed,
                );
                lived += 1;
            }
            Err(problems) => {
                assert!(
                    problems.contains("jumps over") || problems.contains("would rest for"),
                    "{problems}"
                );
                refused += 1;
            }
        }
    }
    assert!(refused < 10, "{refused}");
}

#[test]
fn a_time_that_the_clock_jumps_over_is_refused() {
    let times = |start: &str, stop: &str, zone: &str, days: &str| {
        format!(
            "{{ startup_time: \"{start}\", shutdown_time: \"{stop}\", timezone: {zone}, days: [{days}] }}"
        )
    };
    let toronto = "America/Toronto";
    let refused = [
        (
            times("02:30", "20:00", toronto, "sun"),
            "the start would be at 02:30 on Sunday, 8 March 2026",
        ),
        (
            times("03:00", "20:00", toronto, "sat, sun"),
            "the start of the database would be at 02:40 on Sunday",
        ),
        (
            times("20:00", "02:00", toronto, "sat"),
            "the stop would be at 02:00 on Sunday, 8 March 2026",
        ),
        (
            times("00:10", "20:00", "Africa/Cairo", "fri"),
            "the start would be at 00:10 on Friday",
        ),
        (
            times("00:15", "20:00", "America/Havana", "sun"),
            "the start would be at 00:15 on Sunday",
        ),
    ];
    for (times, says) in refused {
        let problems = stack(&times, "{ min: 1, max: 1 }").expect_err(&times);
        assert!(problems.contains(says), "{times}: {problems}");
    }
    for times in [
        times("02:30", "20:00", toronto, "mon, sat"),
        times("03:20", "20:00", toronto, "sun"),
        times("20:00", "02:00", toronto, "sun"),
        times("02:30", "20:00", "UTC", "sun"),
    ] {
        stack(&times, "{ min: 1, max: 1 }")
            .unwrap_or_else(|problems| panic!("{times}: {problems}"));
    }
}

/// A small generator, so that a failure comes again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

fn start_of(year: i16, zone: &jiff::tz::TimeZone) -> Timestamp {
    let date = jiff::civil::date(year, 1, 1).to_zoned(zone.clone());
    date.expect("a year begins").timestamp()
}
