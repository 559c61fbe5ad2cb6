//! Answers to when.

use jiff::Timestamp;

use super::call::Wanted;
use super::said::Said;
use super::talk::Talk;
use super::{Expect, Step, Turn};
use crate::answer::Answer;
use crate::prompts;
use crate::rules::Refusal;
use crate::when::When;

impl Talk<'_> {
    pub(super) fn time_said(mut self, said: &Said<'_>) -> Turn {
        if said.any_time() {
            // "The earliest you have tomorrow", "Tuesday, any time".
            match said.when {
                Ok(When::Day(day)) => {
                    self.call.day = Some(day);
                    return self.soonest();
                }
                Ok(_) => {}
                Err(_) => return self.soonest(),
            }
        }
        if let Ok(when) = said.when.clone() {
            self.take_time(when);
            return self.advance();
        }
        if !self.is_move() {
            if let Ok(number) = said.number() {
                self.take_number(number);
                return self.advance();
            }
            if self.greeted_by_name()
                && let Some(heard) = said.plain_name()
            {
                return self.other_name(heard);
            }
        } else if said.answer == Answer::No {
            return self.keep();
        }
        self.no_time(said)
    }

    /// Nothing that says a time, or one that is over, for which others are offered.
    pub(super) fn no_time(self, said: &Said<'_>) -> Turn {
        match said.why_no_time() {
            Some(prompts::PAST) => {
                let now = self.desk.now.clone();
                self.refuse(&Refusal::Past, &now, None)
            }
            Some(why) => self.failed_because(Some(why)),
            None => self.not_an_answer(said),
        }
    }

    /// A time in the answer to another question is kept, and the question asked again.
    pub(super) fn time_meanwhile(mut self, said: &Said<'_>) -> Turn {
        match said.time_besides(None) {
            Some(when) => {
                self.take_time(when);
                self.ask()
            }
            None => self.not_an_answer(said),
        }
    }

    /// Whether the name comes from the appointment book and not from the caller.
    fn greeted_by_name(&self) -> bool {
        let known = self.call.known.as_ref().map(|known| &known.name);
        known.is_some() && known == self.call.name.as_ref()
    }

    /// The first slot that is free, of the day that is talked about or at all.
    fn soonest(mut self) -> Turn {
        let rules = self.desk.rules;
        let day = self.call.day.take();
        let from = day.and_then(|day| rules.slots(day).first().cloned());
        let last = day.unwrap_or_else(|| rules.last_day(&self.desk.now));
        let end = last.tomorrow().unwrap_or(last).to_zoned(rules.zone.clone());
        let Ok(end) = end else {
            return self.failed();
        };
        self.forget_time();
        self.call.wanted = Some(Wanted::Window {
            from: from.as_ref().unwrap_or(&self.desk.now).timestamp(),
            until: end.timestamp(),
        });
        self.advance()
    }

    pub(super) fn offer_said(mut self, said: &Said<'_>) -> Turn {
        let when = said
            .when
            .clone()
            .ok()
            .map(|when| self.of_offered_week(said, when));
        if let Some(picked) = self.picked(said, when.as_ref()) {
            return self.pick(picked);
        }
        if let Some(when) = when {
            self.take_time(when);
            return self.advance();
        }
        if said.answer == Answer::No || said.mentions(&["neither", "none"]) {
            self.call.offers.clear();
            self.call.failures = 0;
            self.call.step = Step::Time;
            return self.question(prompts::ANOTHER_TIME, Expect::Time);
        }
        self.no_time(said)
    }

    /// Takes a time that was offered; it is read back before it is booked.
    pub(super) fn pick(mut self, offer: Timestamp) -> Turn {
        self.call.failures = 0;
        self.agree(offer)
    }

    /// "Monday" means the Monday that was offered, not the coming one.
    fn of_offered_week(&self, said: &Said<'_>, when: When) -> When {
        let day = match &when {
            When::Day(day) => *day,
            When::Moment(start) => start.date(),
            _ => return when,
        };
        let offered = self
            .call
            .offers
            .iter()
            .map(|offer| self.zoned(*offer).date());
        let mut same = offered.filter(|offered| offered.weekday() == day.weekday());
        let Some(offered) = same.next().filter(|_| said.names_only_a_weekday()) else {
            return when;
        };
        match &when {
            When::Moment(start) => self
                .desk
                .rules
                .moment(offered, start.time())
                .map_or(when, When::Moment),
            _ => When::Day(offered),
        }
    }

    fn picked(&self, said: &Said<'_>, when: Option<&When>) -> Option<Timestamp> {
        let offers = &self.call.offers;
        let by_time: Vec<Timestamp> = match when {
            Some(when) => {
                let fits = |offer: &&Timestamp| is_of(when, &self.zoned(**offer));
                offers.iter().filter(fits).copied().collect()
            }
            None => Vec::new(),
        };
        if let [only] = by_time.as_slice() {
            return Some(*only);
        }
        // "The first one" is neither one o'clock nor the first of a month, unless it is named.
        if !said.names_a_date() && !matches!(when, Some(When::Moment(_) | When::Window { .. })) {
            if said.contains(&["number one", "number 1", "option one", "option 1"])
                || said.mentions(&["first", "1st", "earlier", "earliest", "former", "sooner"])
            {
                return offers.first().copied();
            }
            if said.contains(&["number two", "number 2", "option two", "option 2"])
                || said.mentions(&[
                    "second", "2nd", "later", "latest", "latter", "last", "other",
                ])
            {
                return offers.get(1).copied();
            }
        }
        let easy =
            when.is_none() && (said.any_time() || said.mentions(&["either", "whichever", "both"]));
        let yes = said.answer == Answer::Yes && offers.len() == 1 && when.is_none();
        (easy || yes).then(|| offers.first().copied()).flatten()
    }
}

/// Whether what was said of a time is true of `start`.
pub(super) fn is_of(when: &When, start: &jiff::Zoned) -> bool {
    match when {
        When::Moment(moment) => moment == start,
        When::Window { from, to } => from <= start && start < to,
        When::Day(day) => *day == start.date(),
        When::Time(time) => *time == start.time(),
    }
}
