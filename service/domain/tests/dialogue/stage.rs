//! The world around a call: an appointment book in memory, the clock, the office.

use std::collections::BTreeSet;

use bella_domain::booking::{Appointment, AppointmentId, CallSid, KnownCaller, NewBooking};
use bella_domain::dialogue::{Call, CallerId, Desk, Effect, Event, Next, Outcome, Reply, step};
use bella_domain::name::PersonName;
use bella_domain::phone::Mobile;
use bella_domain::rules::Rules;
use bella_domain::slot;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// How the stores do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stores {
    Well,
    DatabaseAway,
    BothAway,
}

/// The world around a call.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) now: Zoned,
    pub(crate) rules: Rules,
    pub(crate) office: bool,
    pub(crate) recognise: bool,
    pub(crate) from: CallerId,
    pub(crate) known: Option<KnownCaller>,
    pub(crate) taken: BTreeSet<Timestamp>,
    /// Taken by somebody else between looking and booking.
    pub(crate) snatched: BTreeSet<Timestamp>,
    pub(crate) stores: Stores,
    pub(crate) booked: Vec<NewBooking>,
    pub(crate) done: Vec<String>,
}

pub(crate) fn zone() -> TimeZone {
    TimeZone::get("America/Toronto").expect("is bundled")
}

pub(crate) fn at(text: &str) -> Zoned {
    let civil: DateTime = text.parse().expect("a date and a time");
    civil.to_zoned(zone()).expect("exists")
}

impl Stage {
    pub(crate) fn new() -> Self {
        let hours = "mon-fri 09:00-17:00".parse().expect("good hours");
        Self {
            now: at("2024-03-11T10:00"),
            rules: Rules::new(zone(), hours, 30),
            office: true,
            recognise: true,
            from: CallerId::read("+14165551234"),
            known: None,
            taken: BTreeSet::new(),
            snatched: BTreeSet::new(),
            stores: Stores::Well,
            booked: Vec::new(),
            done: Vec::new(),
        }
    }

    pub(crate) fn know(&mut self, name: &str, next: Option<&str>) {
        self.known = Some(KnownCaller {
            name: PersonName::written(name).expect("a name"),
            next: next.map(|start| Appointment {
                id: AppointmentId("7".to_owned()),
                start: at(start),
                minutes: 30,
            }),
        });
    }

    pub(crate) fn begin(&self) -> Call {
        let sid = CallSid::read("CA1").expect("an id");
        Call::begin(sid, self.now.timestamp())
    }

    /// One webhook: the event, and every effect until there is something to say.
    pub(crate) fn play(&mut self, mut call: Call, mut event: Event) -> (Call, Reply) {
        for _ in 0..4 {
            let rules = self.rules.clone();
            let desk = Desk {
                now: self.now.clone(),
                rules: &rules,
                transfer: self
                    .office
                    .then(|| Mobile::from_e164("+14165550199").expect("a number")),
                recognise_callers: self.recognise,
                test_data: false,
            };
            let turn = step(call, event, &desk);
            // What is kept survives being kept.
            let json = serde_json::to_string(&turn.call).expect("is JSON");
            call = serde_json::from_str(&json).expect("is a call");
            assert_eq!(call, turn.call);
            match turn.next {
                Next::Say(reply) => return (call, reply),
                Next::Do(effect) => event = Event::Outcome(self.carry_out(effect)),
            }
        }
        panic!("more than three effects in a row");
    }

    fn carry_out(&mut self, effect: Effect) -> Outcome {
        self.done.push(describe(&effect));
        if self.stores != Stores::Well {
            return match (effect, self.stores) {
                (Effect::Book(booking), Stores::DatabaseAway) => {
                    self.booked.push(booking);
                    Outcome::Queued
                }
                _ => Outcome::Away,
            };
        }
        match effect {
            Effect::LookUp { .. } => Outcome::Caller(self.known.clone()),
            Effect::FindSlot { start, until, .. } => {
                let free = self.free(&start, until.as_ref());
                slot::found(&start, free)
            }
            Effect::Book(booking) => {
                let start = booking.start;
                if !self.claim(start) {
                    let nearest = self.free(&start.to_zoned(zone()), None);
                    return Outcome::Taken { nearest };
                }
                self.booked.push(booking);
                Outcome::Booked { start }
            }
            Effect::Move { to, .. } => {
                if !self.claim(to.timestamp()) {
                    return Outcome::Taken {
                        nearest: self.free(&to, None),
                    };
                }
                self.appointment().map_or(Outcome::Gone, |_| Outcome::Moved)
            }
            Effect::Cancel { .. } => self
                .appointment()
                .map_or(Outcome::Gone, |_| Outcome::Cancelled),
        }
    }

    /// Nothing is free any more.
    pub(crate) fn take_all(&mut self) {
        let all = self.rules.nearest(&self.now, &self.now);
        self.taken.extend(all.map(|slot| slot.timestamp()));
    }

    fn appointment(&self) -> Option<&Appointment> {
        self.known.as_ref()?.next.as_ref()
    }

    fn claim(&mut self, start: Timestamp) -> bool {
        if self.snatched.remove(&start) {
            self.taken.insert(start);
        }
        self.taken.insert(start)
    }

    fn free(&self, start: &Zoned, until: Option<&Zoned>) -> Vec<Zoned> {
        slot::candidates(start, until, &self.rules, &self.now)
            .filter(|slot| !self.taken.contains(&slot.timestamp()))
            .take(2)
            .collect()
    }
}

fn describe(effect: &Effect) -> String {
    let time = |moment: &Zoned| moment.strftime("%Y-%m-%d %H:%M").to_string();
    match effect {
        Effect::LookUp { mobile } => format!("look up {}", mobile.e164()),
        Effect::FindSlot {
            start, until: None, ..
        } => format!("find {}", time(start)),
        Effect::FindSlot {
            start,
            until: Some(until),
            ..
        } => {
            format!("find {} to {}", time(start), time(until))
        }
        Effect::Book(booking) => format!(
            "book {} {} {} for {} minutes",
            time(&booking.start.to_zoned(zone())),
            booking.name.as_str(),
            booking.mobile.e164(),
            booking.minutes
        ),
        Effect::Move { appointment, to } => format!("move {} to {}", appointment.0, time(to)),
        Effect::Cancel { appointment } => format!("cancel {}", appointment.0),
    }
}
