//! The next question, from what is known.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, Zoned};

use super::call::{NumberState, Pending, Wanted};
use super::openings::spoken_spans;
use super::talk::Talk;
use super::{Effect, Expect, Step, Turn};
use crate::prompts;
use crate::rules::{MINIMUM_NOTICE, Refusal};
use crate::when::{When, spoken_day, spoken_time};

impl Talk<'_> {
    /// The caller said something that helps: asks for the first thing that is still missing, or reads everything back.
    pub(super) fn advance(mut self) -> Turn {
        self.call.failures = 0;
        if let Some(step) = self.missing_person() {
            self.call.step = step;
            return self.ask();
        }
        self = self.tell_number();
        if let Some(wanted) = self.call.wanted.take() {
            return self.look(wanted);
        }
        if let Some(day) = self.call.day
            && let Err(refusal) = self.desk.rules.check_day(day, &self.desk.now)
        {
            let noon = Time::constant(12, 0, 0, 0);
            let asked = self.desk.rules.moment(day, self.call.time.unwrap_or(noon));
            return match asked {
                Some(asked) => {
                    let said = self.call.time;
                    self.refuse(&refusal, &asked, said)
                }
                None => self.failed(),
            };
        }
        self.call.step = match self.call.slot {
            Some(_) => Step::Confirm,
            None if self.call.offers.is_empty() => Step::Time,
            None => Step::Offer,
        };
        self.ask()
    }

    /// What is missing of name and number; both are known already when an appointment is moved.
    fn missing_person(&self) -> Option<Step> {
        let call = &self.call;
        if self.is_move() {
            None
        } else if call.name.is_none() {
            Some(Step::Name)
        } else if call.name_doubtful {
            Some(Step::NameCheck)
        } else if call.mobile.is_none() {
            Some(Step::Number)
        } else if call.number == NumberState::Doubtful {
            Some(Step::NumberCheck)
        } else {
            None
        }
    }

    fn tell_number(mut self) -> Self {
        if self.is_move() || self.call.number == NumberState::Told {
            return self;
        }
        self.call.number = NumberState::Told;
        let number = self.number();
        self.say_with(prompts::NUMBER, &[("number", &number)])
    }

    /// Keeps what was said about a time, together with what was said or agreed before; a day or a time alone changes
    /// that part only.
    pub(super) fn take_time(&mut self, when: When) {
        let slot = self.slot();
        match when {
            When::Moment(start) => self.want(Wanted::Moment(start.timestamp())),
            When::Window { from, to } => self.want(Wanted::Window {
                from: from.timestamp(),
                until: to.timestamp(),
            }),
            When::Day(day) => {
                let time = self.call.time.or(slot.map(|slot| slot.time()));
                self.take_parts(Some(day), time);
            }
            When::Time(time) => {
                let day = self.call.day.or(slot.map(|slot| slot.date()));
                self.take_parts(day.or(self.offered_day()), Some(time));
            }
        }
    }

    pub(super) fn take_parts(&mut self, day: Option<Date>, time: Option<Time>) {
        let both = day.zip(time);
        match both.and_then(|(day, time)| self.desk.rules.moment(day, time)) {
            Some(start) => self.want(Wanted::Moment(start.timestamp())),
            None => {
                self.forget_time();
                self.call.day = day;
                // Both, and yet no moment: clocks skip it.
                self.call.time = if both.is_some() { None } else { time };
            }
        }
    }

    fn want(&mut self, wanted: Wanted) {
        self.forget_time();
        self.call.wanted = Some(wanted);
    }

    pub(super) fn forget_time(&mut self) {
        self.call.wanted = None;
        self.call.day = None;
        self.call.time = None;
        self.call.slot = None;
        self.call.offers.clear();
    }

    /// The day of all the times that are offered, when it is one.
    pub(super) fn offered_day(&self) -> Option<Date> {
        let mut days = self
            .call
            .offers
            .iter()
            .map(|offer| self.zoned(*offer).date());
        let first = days.next()?;
        days.all(|day| day == first).then_some(first)
    }

    /// Finds out whether a wish can be met.
    fn look(self, wanted: Wanted) -> Turn {
        let (rules, now) = (self.desk.rules, &self.desk.now);
        match wanted {
            Wanted::Moment(start) if self.has_it_already(start) => self.keep(),
            Wanted::Moment(start) => {
                let start = self.zoned(start);
                match rules.check(&start, now) {
                    Ok(()) => self.find(
                        Pending::Slot {
                            start: start.timestamp(),
                        },
                        start,
                        None,
                    ),
                    Err(refusal) => self.refuse(&refusal, &start, Some(start.time())),
                }
            }
            Wanted::Window { from, until } => {
                let (from, to) = (self.zoned(from), self.zoned(until));
                match rules.within(&from, &to, now).next() {
                    Some(start) => self.find(
                        Pending::Window {
                            start: start.timestamp(),
                            until,
                        },
                        start,
                        Some(to),
                    ),
                    None => {
                        let refusal = rules.check(&from, now).err();
                        self.refuse(&refusal.unwrap_or(Refusal::OutsideHours), &from, None)
                    }
                }
            }
        }
    }

    /// Whether it is when this person's next appointment is: nothing is to be booked or moved, and "taken" would
    /// mislead.
    fn has_it_already(&self, start: Timestamp) -> bool {
        let Some(known) = &self.call.known else {
            return false;
        };
        let same_person = self.is_move() || self.call.name.as_ref() == Some(&known.name);
        let next = known.next.as_ref().map(|next| next.start.timestamp());
        same_person && next == Some(start)
    }

    fn find(self, pending: Pending, start: Zoned, until: Option<Zoned>) -> Turn {
        let minutes = self.desk.rules.slot_minutes();
        self.act(
            pending,
            Effect::FindSlot {
                start,
                until,
                minutes,
            },
        )
    }

    /// Says why a time cannot be had, and finds out what can instead. What was wrong with it is forgotten, the time
    /// that was `said` or the day are kept for what the caller says next.
    pub(super) fn refuse(mut self, refusal: &Refusal, asked: &Zoned, said: Option<Time>) -> Turn {
        self.forget_time();
        let (day, time) = (asked.date(), asked.time());
        match refusal {
            Refusal::Closed(_) | Refusal::Holiday(_) => self.call.time = said,
            Refusal::OutsideHours | Refusal::BesideGrid => self.call.day = Some(day),
            Refusal::Past | Refusal::TooSoon | Refusal::TooFar { .. } => {}
        }
        let minutes = self.desk.rules.slot_minutes().to_string();
        let weekday = asked.strftime("%A").to_string();
        let talk = match refusal {
            Refusal::Past => self.say(prompts::PAST),
            Refusal::TooSoon => {
                let minutes = MINIMUM_NOTICE.as_mins().to_string();
                self.say_with(prompts::TOO_SOON, &[("minutes", &minutes)])
            }
            Refusal::TooFar { last } => {
                self.call.step = Step::Time;
                return self
                    .say_with(prompts::TOO_FAR, &[("day", &spoken_day(*last))])
                    .ask();
            }
            Refusal::Closed(_) => self.say_with(prompts::CLOSED, &[("weekday", &weekday)]),
            Refusal::Holiday(name) => self.say_with(prompts::HOLIDAY, &[("holiday", name)]),
            Refusal::OutsideHours => {
                let hours = spoken_spans(&self.desk.rules.hours, asked.weekday());
                self.say_with(
                    prompts::OUTSIDE_HOURS,
                    &[
                        ("weekday", &weekday),
                        ("hours", &hours),
                        ("minutes", &minutes),
                    ],
                )
            }
            Refusal::BesideGrid => {
                self.say_with(prompts::BESIDE_GRID, &[("time", &spoken_time(time))])
            }
        };
        talk.find(
            Pending::Instead {
                asked: asked.timestamp(),
            },
            asked.clone(),
            None,
        )
    }

    /// Offers times, at most two, earliest first.
    pub(super) fn offer(mut self, mut times: Vec<Zoned>) -> Turn {
        times.truncate(2);
        times.sort();
        self.call.slot = None;
        self.call.offers = times.iter().map(Zoned::timestamp).collect();
        if times.is_empty() {
            self.call.step = Step::Time;
            return self.question(prompts::NOTHING_NEAR, Expect::Time);
        }
        self.call.step = Step::Offer;
        self.ask()
    }
}
