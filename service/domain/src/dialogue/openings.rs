//! Questions that a caller asks back: what is free, when the business is open, a moment to think.

use std::ops::ControlFlow;

use jiff::Zoned;
use jiff::civil::Weekday;

use super::call::Pending;
use super::said::Said;
use super::talk::Talk;
use super::{Effect, Step, Turn};
use crate::prompts;
use crate::rules::Hours;
use crate::when::{When, spoken_time};

impl Talk<'_> {
    /// Answers a question that the caller asks instead of answering one; nothing when there is none.
    pub(super) fn asked_back(self, said: &Said<'_>) -> ControlFlow<Turn, Self> {
        if said.wants_a_moment() {
            return ControlFlow::Break(self.say(prompts::TAKE_YOUR_TIME).ask());
        }
        if said.asks_for_hours() {
            let hours = spoken_hours(&self.desk.rules.hours);
            return ControlFlow::Break(self.say_with(prompts::HOURS, &[("hours", &hours)]).ask());
        }
        let about_time = matches!(
            self.call.step,
            Step::Time | Step::Offer | Step::Confirm | Step::Change | Step::Another
        );
        if about_time && let Some((from, until)) = self.openings_asked_for(said) {
            return ControlFlow::Break(self.openings(from, until));
        }
        ControlFlow::Continue(self)
    }

    /// The span in which the caller wants to know what is free.
    fn openings_asked_for(&self, said: &Said<'_>) -> Option<(Zoned, Zoned)> {
        let rules = self.desk.rules;
        let now = &self.desk.now;
        let day = |day: jiff::civil::Date| {
            let zone = rules.zone.clone();
            let end = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
            Some((day.to_zoned(zone).ok()?, end))
        };
        if said.asks_what_is_free() {
            return match &said.when {
                Ok(When::Day(asked)) => day(*asked),
                Ok(When::Window { from, to }) => Some((from.clone(), to.clone())),
                // "Is Friday at ten free?" is asked by looking it up.
                Ok(_) => None,
                Err(_) => match self.call.day {
                    Some(asked) => day(asked),
                    None => Some((now.clone(), day(rules.last_day(now))?.1)),
                },
            };
        }
        if said.when.is_ok() {
            return None;
        }
        let first = self.call.offers.first().copied();
        let spoken_of = self.call.slot.or(first).map(|start| self.zoned(start))?;
        let (begin, end) = day(spoken_of.date())?;
        if said.contains(&[
            "anything earlier",
            "something earlier",
            "bit earlier",
            "any earlier",
            "anything sooner",
        ]) {
            Some((begin, spoken_of))
        } else if said.contains(&[
            "anything later",
            "something later",
            "bit later",
            "any later",
        ]) {
            let after = spoken_of.saturating_add(jiff::SignedDuration::from_mins(1));
            Some((after, end))
        } else {
            None
        }
    }

    /// Offers what is free in a span, or near it.
    fn openings(mut self, from: Zoned, until: Zoned) -> Turn {
        self.call.failures = 0;
        if let Some(first) = self.desk.rules.within(&from, &until, &self.desk.now).next() {
            self.forget_time();
            self.call.day = Some(first.date());
            let asked = from.timestamp();
            let minutes = self.desk.rules.slot_minutes();
            let effect = Effect::FindSlot {
                start: from,
                until: Some(until),
                minutes,
            };
            return self.act(Pending::Instead { asked }, effect);
        }
        match self.desk.rules.check_day(from.date(), &self.desk.now) {
            Err(refusal) => self.refuse(&refusal, &from, None),
            Ok(()) => self.say(prompts::NOTHING_THEN).ask(),
        }
    }
}

impl Said<'_> {
    fn wants_a_moment(&self) -> bool {
        let counted = self.contains(&[
            "one second",
            "one sec",
            "one moment",
            "one minute",
            "a second",
            "a minute",
            "a sec",
        ]);
        let said = self.contains(&[
            "hold on",
            "hang on",
            "just a moment",
            "let me think",
            "let me check",
            "let me look",
        ]);
        let only = self.mentions(&["wait"]) && self.text.split_whitespace().count() <= 3;
        let short = self.text.split_whitespace().count() <= 6;
        (counted && short) || ((said || only) && self.when.is_err())
    }

    fn asks_for_hours(&self) -> bool {
        self.contains(&[
            "your hours",
            "opening hours",
            "business hours",
            "office hours",
            "when are you open",
            "when do you open",
            "when do you close",
            "how late are you open",
        ])
    }

    fn asks_what_is_free(&self) -> bool {
        self.contains(&[
            "what times",
            "which times",
            "what time do you have",
            "what do you have",
            "what have you got",
            "when are you free",
            "what is free",
            "what's free",
            "what is available",
            "what's available",
            "what are you",
            "available times",
            "availability",
            "any openings",
            "openings",
        ])
    }
}

/// "Monday to Friday from 9:00 AM to 5:00 PM": weekdays with the same hours together.
fn spoken_hours(hours: &Hours) -> String {
    let week: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
    let mut runs: Vec<(Weekday, Weekday, String)> = Vec::new();
    for day in week {
        let spans = spoken_spans(hours, day);
        match runs.last_mut() {
            Some((_, last, same)) if *same == spans => *last = day,
            _ => runs.push((day, day, spans)),
        }
    }
    let open = runs.into_iter().filter(|(_, _, spans)| !spans.is_empty());
    let parts: Vec<String> = open
        .map(|(first, last, spans)| {
            if first == last {
                format!("{} from {spans}", weekday(first))
            } else {
                format!("{} to {} from {spans}", weekday(first), weekday(last))
            }
        })
        .collect();
    parts.join(", ")
}

/// The hours of a weekday: "9:00 AM to 12:00 PM and 1:00 PM to 5:00 PM".
pub(super) fn spoken_spans(hours: &Hours, day: Weekday) -> String {
    let clock = |minute: u16| {
        let hour = i8::try_from(minute / 60 % 24).unwrap_or_default();
        let minute = i8::try_from(minute % 60).unwrap_or_default();
        spoken_time(jiff::civil::Time::constant(hour, minute, 0, 0))
    };
    let ranges = hours.on(day).iter();
    let spans: Vec<String> = ranges
        .map(|range| format!("{} to {}", clock(range.from), clock(range.to)))
        .collect();
    spans.join(" and ")
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
