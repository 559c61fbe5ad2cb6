//! What the dialogue asks the world to do.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bella_domain::booking::{AppointmentId, CallSid, NewBooking};
use bella_domain::dialogue::{CallerId, Desk, Effect, Outcome};
use bella_domain::phone::Mobile;
use bella_domain::slot;
use jiff::{Timestamp, Zoned};
use tokio::time::timeout;
use tracing::{error, warn};
use uuid::Uuid;

use crate::app::App;
use crate::db::{Actor, BookError, ChangeError, DbError, OutboxText};
use crate::flags::{Flag, Segment};
use crate::plugins::Made;
use crate::texts::Text;
use crate::waiting;

/// How many other times are offered.
const OFFERED: usize = 2;

/// How long a caller waits for the booking before it is written down instead: what remains of the answer's time is for that.
const BOOK_WITHIN: Duration = Duration::from_millis(600);

/// How long a caller waits for what is good to know and can be done without.
const LOOK_WITHIN: Duration = Duration::from_millis(400);

/// What is true outside of a call while a webhook of it is answered.
pub(super) struct Office<'a> {
    pub(super) desk: Desk<'a>,
    /// Who calls, as keys in Redis name the number.
    pub(super) index: Option<String>,
    caller: Option<Mobile>,
    /// Whether a day is packed: [`slot::packed`].
    packs: bool,
}

impl<'a> Office<'a> {
    pub(super) fn open(app: &'a App, call: &CallSid, caller: &CallerId) -> Self {
        let business = &app.config.business;
        let known = caller.number().map(|number| app.config.vault.index(number));
        let on = |flag| {
            // Who calls is not known before they are looked up, which is what the flag is about.
            let key = known.as_deref();
            key.is_some_and(|key| app.config.flags.on(flag, Segment::Returning, key))
        };
        Self {
            desk: Desk {
                now: app.config.clock.now_in(&business.zone),
                rules: &app.rules,
                transfer: business.transfer.clone(),
                recognise_callers: on(Flag::CallerIdOptimization),
                test_data: call.is_check(),
            },
            index: known.as_deref().map(|index| URL_SAFE_NO_PAD.encode(index)),
            caller: caller.number().cloned(),
            packs: on(Flag::SmartScheduling),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.desk.now.timestamp()
    }

    fn zoned(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.desk.now.time_zone().clone())
    }
}

/// Carries an effect out; never fails: what cannot be done now is [`Outcome::Away`].
pub(super) async fn carry_out(app: &App, office: &Office<'_>, effect: Effect) -> Outcome {
    match effect {
        Effect::LookUp { mobile } => look_up(app, &mobile).await,
        Effect::FindSlot {
            start,
            until,
            minutes,
        } => find_slot(app, office, &start, until.as_ref(), minutes).await,
        Effect::Book(booking) => book(app, office, &booking).await,
        Effect::Move { appointment, to } => move_to(app, office, &appointment, to).await,
        Effect::Cancel { appointment } => cancel(app, &appointment).await,
    }
}

async fn look_up(app: &App, mobile: &Mobile) -> Outcome {
    match timeout(LOOK_WITHIN, app.database.caller(mobile)).await {
        Ok(Ok(known)) => Outcome::Caller(known),
        Ok(Err(err)) => away(&err),
        Err(_) => Outcome::Away,
    }
}

async fn find_slot(
    app: &App,
    office: &Office<'_>,
    start: &Zoned,
    until: Option<&Zoned>,
    minutes: u16,
) -> Outcome {
    let candidates = slot::candidates(start, until, office.desk.rules, &office.desk.now);
    // Within a span that the caller named, the earliest is offered.
    let packs = office.packs && until.is_none();
    let how_many = if packs { slot::LOOKED_AT } else { OFFERED };
    let free = app
        .database
        .free_slots(candidates, minutes, how_many, office.desk.test_data);
    match timeout(LOOK_WITHIN, free).await {
        Ok(Ok(free)) if packs => {
            let mut packed = slot::packed(start, free);
            packed.truncate(OFFERED);
            slot::found(start, packed)
        }
        Ok(Ok(free)) => slot::found(start, free.into_iter().map(|slot| slot.start).collect()),
        Ok(Err(err)) => away(&err),
        Err(_) => Outcome::Away,
    }
}

async fn book(app: &App, office: &Office<'_>, booking: &NewBooking) -> Outcome {
    let start = office.zoned(booking.start);
    // Whoever owns the number that a check gives is not written to.
    let texts = match booking.test {
        true => Vec::new(),
        false => texts(app, booking, &start, office.now()),
    };
    let booked = timeout(BOOK_WITHIN, app.database.book(booking, &texts)).await;
    match booked.unwrap_or_else(|_| Err(too_slow().into())) {
        Ok(booked) => {
            app.doorbell.ring();
            if !booked.repeated && !booking.test {
                app.metrics.booked(app.config.business.price_cents);
            }
            Outcome::Booked {
                start: booked.start,
            }
        }
        Err(BookError::Taken) => find_slot(app, office, &start, None, booking.minutes).await,
        Err(BookError::OtherTime(booked)) => Outcome::Booked {
            start: booked.start,
        },
        Err(BookError::Database(err)) => {
            // What the database refuses today it may take after a repair: the caller's yes is not lost.
            away(&err);
            match waiting::put(app, booking).await {
                Ok(()) => Outcome::Queued,
                Err(_) => Outcome::Away,
            }
        }
    }
}

fn too_slow() -> DbError {
    DbError::Away {
        doing: "booking an appointment",
        said: format!("no answer within {} ms", BOOK_WITHIN.as_millis()),
    }
}

async fn move_to(
    app: &App,
    office: &Office<'_>,
    appointment: &AppointmentId,
    to: Zoned,
) -> Outcome {
    let Ok(id) = Uuid::try_parse(&appointment.0) else {
        return Outcome::Gone;
    };
    let minutes = office.desk.rules.slot_minutes();
    let mut texts = Vec::new();
    if let Some(number) = office.caller.as_ref().filter(|_| !office.desk.test_data) {
        texts = app.plugins.appointment(&Made {
            key: &appointment.0,
            mobile: number,
            start: &to,
            now: office.now(),
            person: &app.config.vault.index(number),
        });
        texts.push(moved(id, number, &to, office.now()));
    }
    let moved = app
        .database
        .move_to(Actor::Caller, id, (to.timestamp(), minutes), &texts);
    match moved.await {
        Ok(_) => {
            app.doorbell.ring();
            Outcome::Moved
        }
        Err(ChangeError::Gone) => Outcome::Gone,
        Err(ChangeError::Taken) => find_slot(app, office, &to, None, minutes).await,
        Err(ChangeError::Database(err)) => away(&err),
    }
}

async fn cancel(app: &App, appointment: &AppointmentId) -> Outcome {
    let Ok(id) = Uuid::try_parse(&appointment.0) else {
        return Outcome::Gone;
    };
    match app.database.cancel(Actor::Caller, id, &[]).await {
        Ok(_) => Outcome::Cancelled,
        Err(ChangeError::Gone) => Outcome::Gone,
        // Nobody can be in the way of an end.
        Err(ChangeError::Taken) => Outcome::Away,
        Err(ChangeError::Database(err)) => away(&err),
    }
}

/// The texts that are written with an appointment: that it is booked, and what plugins add.
pub(crate) fn texts(
    app: &App,
    booking: &NewBooking,
    start: &Zoned,
    now: Timestamp,
) -> Vec<OutboxText> {
    let mut texts = app.plugins.appointment(&Made {
        key: booking.call.as_str(),
        mobile: &booking.mobile,
        start,
        now,
        person: &app.config.vault.index(&booking.mobile),
    });
    texts.push(OutboxText {
        key: format!("confirmation:{}", booking.call),
        to: booking.mobile.clone(),
        body: Text::Confirmed(start).body(),
        not_before: now,
        kind: "confirmation",
    });
    texts
}

/// The text that says where an appointment was moved to; it is found by the number that calls, which is its person's.
fn moved(appointment: Uuid, to: &Mobile, start: &Zoned, now: Timestamp) -> OutboxText {
    OutboxText {
        // Moved there, back, and there again are three texts; a repeated webhook comes within the minute.
        key: format!(
            "moved:{appointment}:{}:{}",
            start.timestamp().as_second(),
            now.as_second() / 60
        ),
        to: to.clone(),
        body: Text::Moved(start).body(),
        not_before: now,
        kind: "moved",
    }
}

/// Says in the log what a caller does not need to hear.
fn away(err: &DbError) -> Outcome {
    if err.is_away() {
        warn!(%err, "a step goes on without the database");
    } else {
        error!(%err, "a step goes on without the database");
    }
    Outcome::Away
}
