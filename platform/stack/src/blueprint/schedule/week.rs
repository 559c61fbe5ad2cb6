//! A week of on-hours and off-hours, and the cron expressions that tell them apart.

use crate::{
    stack::{AutoShutdown, Day},
    value::TimeOfDay,
};
use std::collections::BTreeMap;

const DAY: u32 = 24 * 60;
const DAYS: [Day; 7] = [
    Day::Mon,
    Day::Tue,
    Day::Wed,
    Day::Thu,
    Day::Fri,
    Day::Sat,
    Day::Sun,
];

/// A week of a schedule, in minutes from Monday 00:00 on the schedule's own clock.
pub(super) struct Week<'a> {
    times: &'a AutoShutdown,
    /// Minutes before a start in which something is started already.
    lead: u32,
}

fn minute(time: TimeOfDay) -> u32 {
    u32::from(time.hour()) * 60 + u32::from(time.minute())
}

impl<'a> Week<'a> {
    pub(super) fn new(times: &'a AutoShutdown, lead: u32) -> Self {
        Self { times, lead }
    }

    /// Whether the stack runs: on the named days from start to stop; a night that it runs through belongs to the day it began on.
    fn is_on(&self, at: u32) -> bool {
        let at = at % (7 * DAY);
        let (day, now) = (at / DAY, at % DAY);
        let named = |day: u32| self.times.days.contains(&DAYS[(day % 7) as usize]);
        let (start, stop) = (
            minute(self.times.startup_time),
            minute(self.times.shutdown_time),
        );
        match start < stop {
            true => named(day) && (start..stop).contains(&now),
            false => (named(day) && now >= start) || (named(day + 6) && now < stop),
        }
    }

    /// Every hour of the week in which nothing is to run, at the minute of the stop.
    pub(super) fn off_hours(&self) -> Vec<String> {
        self.crons(|_, _| true)
    }

    /// The same without the stops themselves.
    pub(super) fn off_hours_after_shutdown(&self) -> Vec<String> {
        let stop = minute(self.times.shutdown_time);
        self.crons(|day, at| at % DAY != stop || !self.stop_days().contains(&day))
    }

    /// One expression for all days with the same hours.
    fn crons(&self, wanted: impl Fn(Day, u32) -> bool) -> Vec<String> {
        let past = u32::from(self.times.shutdown_time.minute());
        let mut by_hours: BTreeMap<Vec<u32>, Vec<Day>> = BTreeMap::new();
        for (day, start) in DAYS.into_iter().zip((0..).step_by(DAY as usize)) {
            let hours: Vec<u32> = (0..24)
                .filter(|hour| {
                    let at: u32 = start + hour * 60 + past;
                    !self.is_on(at) && !self.is_on(at + self.lead) && wanted(day, at)
                })
                .collect();
            if !hours.is_empty() {
                by_hours.entry(hours).or_default().push(day);
            }
        }
        let mut all: Vec<_> = by_hours.into_iter().collect();
        all.sort_by_key(|(_, days)| days[0]);
        all.into_iter()
            .map(|(hours, days)| cron(past, &ranges(&hours), &days))
            .collect()
    }

    fn stop_days(&self) -> Vec<Day> {
        let passes_midnight = self.times.startup_time > self.times.shutdown_time;
        self.shifted(if passes_midnight { 1 } else { 0 })
    }

    /// The named days, so many days later.
    fn shifted(&self, by: usize) -> Vec<Day> {
        let days = DAYS.into_iter().enumerate();
        days.filter(|(index, _)| self.times.days.contains(&DAYS[(index + 7 - by) % 7]))
            .map(|(_, day)| day)
            .collect()
    }

    /// The moments the stack stops.
    pub(super) fn shutdown(&self) -> String {
        moment(minute(self.times.shutdown_time), &self.stop_days())
    }

    /// The moments it starts.
    pub(super) fn startup(&self) -> String {
        moment(minute(self.times.startup_time), &self.shifted(0))
    }

    /// The moments that lie the lead before it starts.
    pub(super) fn before_startup(&self) -> String {
        let start = minute(self.times.startup_time);
        match start.checked_sub(self.lead) {
            Some(before) => moment(before, &self.shifted(0)),
            None => moment(start + DAY - self.lead, &self.shifted(6)),
        }
    }
}

fn moment(at: u32, days: &[Day]) -> String {
    cron(at % 60, &(at / 60).to_string(), days)
}

fn cron(minute: u32, hours: &str, days: &[Day]) -> String {
    let names: Vec<&str> = days.iter().map(|day| name(*day)).collect();
    format!("cron({minute} {hours} ? * {} *)", names.join(","))
}

const fn name(day: Day) -> &'static str {
    match day {
        Day::Mon => "MON",
        Day::Tue => "TUE",
        Day::Wed => "WED",
        Day::Thu => "THU",
        Day::Fri => "FRI",
        Day::Sat => "SAT",
        Day::Sun => "SUN",
    }
}

/// Hours as cron writes them: `0-7,20-23`.
fn ranges(hours: &[u32]) -> String {
    let runs = hours.chunk_by(|one, next| one + 1 == *next);
    let text = runs.map(|run| match run {
        [only] => only.to_string(),
        _ => format!("{}-{}", run[0], run[run.len() - 1]),
    });
    text.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::Week;
    use crate::stack::AutoShutdown;
    use serde_json::json;

    #[test]
    fn weeks_are_cut_into_cron_expressions() {
        let cases = [
            (
                json!({ "shutdown_time": "20:00", "startup_time": "08:00" }),
                "off 0 0-7,20-23 ? * MON,TUE,WED,THU,FRI *; 0 0-23 ? * SAT,SUN *
again 0 0-7,21-23 ? * MON,TUE,WED,THU,FRI *; 0 0-23 ? * SAT,SUN *
stop 0 20 ? * MON,TUE,WED,THU,FRI *
start 0 8 ? * MON,TUE,WED,THU,FRI *
before 40 7 ? * MON,TUE,WED,THU,FRI *",
            ),
            // The last repetition before a start leaves the database its time to open.
            (
                json!({ "shutdown_time": "18:45", "startup_time": "09:00", "days": ["mon"] }),
                "off 45 0-7,18-23 ? * MON *; 45 0-23 ? * TUE,WED,THU,FRI,SAT,SUN *
again 45 0-7,19-23 ? * MON *; 45 0-23 ? * TUE,WED,THU,FRI,SAT,SUN *
stop 45 18 ? * MON *
start 0 9 ? * MON *
before 40 8 ? * MON *",
            ),
            (
                json!({ "shutdown_time": "06:30", "startup_time": "00:10", "days": ["tue", "sun"] }),
                "off 30 0-23 ? * MON,WED,THU,FRI,SAT *; 30 6-23 ? * TUE,SUN *
again 30 0-23 ? * MON,WED,THU,FRI,SAT *; 30 7-23 ? * TUE,SUN *
stop 30 6 ? * TUE,SUN *
start 10 0 ? * TUE,SUN *
before 50 23 ? * MON,SAT *",
            ),
            // Through the night: Friday's ends on Saturday.
            (
                json!({ "shutdown_time": "02:00", "startup_time": "20:00", "days": ["thu", "fri"] }),
                "off 0 0-23 ? * MON,TUE,WED,SUN *; 0 0-19 ? * THU *; 0 2-19 ? * FRI *; 0 2-23 ? * SAT *
again 0 0-23 ? * MON,TUE,WED,SUN *; 0 0-19 ? * THU *; 0 3-19 ? * FRI *; 0 3-23 ? * SAT *
stop 0 2 ? * FRI,SAT *
start 0 20 ? * THU,FRI *
before 40 19 ? * THU,FRI *",
            ),
        ];
        for (times, expected) in cases {
            let text = times.to_string();
            let times: AutoShutdown = serde_json::from_value(times).expect("a schedule");
            let week = Week::new(&times, 20);
            let seen = format!(
                "off {}\nagain {}\nstop {}\nstart {}\nbefore {}",
                week.off_hours().join("; "),
                week.off_hours_after_shutdown().join("; "),
                week.shutdown(),
                week.startup(),
                week.before_startup()
            );
            assert_eq!(
                seen.replace("cron(", "").replace(')', ""),
                expected,
                "{text}"
            );
        }
    }
}
