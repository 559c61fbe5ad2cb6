//! Bookings that wait in Redis for the database.
//!
//! A caller said yes and the database could not be asked: the booking is written down under `temp_booking:{CallSid}`, sealed, and
//! listed in `temp_bookings` with the moment of the yes. A task in the background books what waits, oldest first, as soon as the
//! database is back. It is booked exactly once however many tasks of the service try: `Database::book` knows the call. Only
//! then the confirmation is sent; whoever finds the slot taken is sent a text that says so.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bella_domain::booking::{CallSid, NewBooking};
use jiff::{Timestamp, Zoned};
use tokio::time::sleep;
use tracing::{error, info, warn};

use crate::app::App;
use crate::db::{BookError, OutboxText};
use crate::http::voice;
use crate::privacy::Field;
use crate::sessions::Away;
use crate::texts::Text;

/// How long a booking waits: longer than any outage that somebody does not notice.
const LIFE: Duration = Duration::from_hours(30 * 24);

/// How often it is looked whether something waits.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How many bookings are looked at in one go.
const AT_ONCE: usize = 100;

/// How long a call may be listed without its booking being there: the two are written one after the other.
const LISTED_FIRST: Duration = Duration::from_secs(60);

/// What came of one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Appointments that were made.
    pub booked: usize,
    /// Bookings whose slot was gone.
    pub lost: usize,
    /// Bookings that still wait.
    pub left: usize,
}

/// Writes a booking down, so that it outlives the database's absence.
///
/// # Errors
/// Redis did not say that it has it: the caller must not be told that it will be booked.
pub async fn put(app: &App, booking: &NewBooking) -> Result<(), Away> {
    let call = booking.call.as_str();
    let plain = serde_json::to_vec(booking).expect("a booking is JSON");
    let sealed = URL_SAFE_NO_PAD.encode(app.config.vault.seal(place(&booking.call), &plain));
    let now = app.config.clock.now().as_millisecond();
    let keys = app.sessions.keys();
    // Listed first: what is listed and not there is dropped, what is there and not listed would be forgotten.
    app.sessions
        .ask(|mut redis| async move {
            let mut list = redis::cmd("ZADD");
            list.arg(keys.all_waiting()).arg("NX").arg(now).arg(call);
            list.query_async::<()>(&mut redis).await
        })
        .await?;
    app.sessions
        .ask(|mut redis| async move {
            let mut set = redis::cmd("SET");
            set.arg(keys.waiting(call));
            set.arg(sealed).arg("EX").arg(LIFE.as_secs());
            set.query_async::<()>(&mut redis).await
        })
        .await?;
    info!(%call, "the database is away; the booking waits");
    Ok(())
}

/// Books what waits whenever the database is there, until `stop` resolves; finishes the booking that it is at.
pub async fn run(app: &App, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = sleep(LOOK_EVERY) => {}
            () = &mut stop => return,
        }
        let waiting = match listed(app).await {
            Ok(waiting) => waiting,
            Err(Away) => continue,
        };
        for (call, since) in waiting {
            // Asked between bookings, never in one.
            let stopped = tokio::time::timeout(Duration::ZERO, &mut stop).await;
            if stopped.is_ok() {
                return;
            }
            match replay(app, &call, since).await {
                Ok(_) => {}
                Err(Blocked) => break,
            }
        }
    }
}

/// Books everything that waits, as far as the stores are there.
///
/// # Errors
/// Redis is away: it is not known what waits.
pub async fn replay_all(app: &App) -> Result<Replayed, Away> {
    let mut replayed = Replayed::default();
    let waiting = listed(app).await?;
    let all = waiting.len();
    for (call, since) in waiting {
        match replay(app, &call, since).await {
            Ok(Became::Booked) => replayed.booked += 1,
            Ok(Became::Lost) => replayed.lost += 1,
            Ok(Became::Nothing) => {}
            Err(Blocked) => break,
        }
    }
    replayed.left = all - replayed.booked - replayed.lost;
    Ok(replayed)
}

/// What became of a booking that waited.
enum Became {
    Booked,
    Lost,
    /// It was not there, or cannot be read.
    Nothing,
}

/// A store is away: nothing more can be done for now.
struct Blocked;

impl From<Away> for Blocked {
    fn from(_: Away) -> Self {
        Self
    }
}

async fn replay(app: &App, call: &str, since: i64) -> Result<Became, Blocked> {
    let key = app.sessions.keys().waiting(call);
    let sealed: Option<String> = app
        .sessions
        .ask(|mut redis| async move { redis::cmd("GET").arg(key).query_async(&mut redis).await })
        .await?;
    let now = app.config.clock.now();
    let Some(sealed) = sealed else {
        if now.as_millisecond() - since > LISTED_FIRST.as_millis() as i64 {
            unlist(app, call).await?;
        }
        return Ok(Became::Nothing);
    };
    let Some(booking) = open(app, call, &sealed) else {
        error!(%call, "a waiting booking cannot be read; it stays until its key is listed again");
        return Ok(Became::Nothing);
    };
    let start = booking.start.to_zoned(app.config.business.zone.clone());
    let booked = if booking.start <= now {
        Err(BookError::Taken)
    } else {
        let texts = voice::texts(app, &booking, &start, now);
        app.database.book(&booking, &texts).await
    };
    let became = match booked {
        Ok(booked) => {
            if !booked.repeated {
                app.metrics.booked(app.config.business.price_cents);
            }
            info!(%call, "a booking that waited is made");
            Became::Booked
        }
        // The call has booked meanwhile, and was told so.
        Err(BookError::OtherTime(_)) => Became::Nothing,
        Err(BookError::Taken) => {
            if let Err(err) = app.database.enqueue(&[sorry(&booking, &start, now)]).await {
                error!(%err, %call, "a booking still waits");
                return Err(Blocked);
            }
            warn!(%call, "a booking that waited found its slot taken; the caller is told");
            Became::Lost
        }
        Err(BookError::Database(err)) => {
            error!(%err, %call, "a booking still waits");
            return if err.is_away() {
                Err(Blocked)
            } else {
                Ok(Became::Nothing)
            };
        }
    };
    drop_booking(app, call).await?;
    Ok(became)
}

/// The text to whoever waited and lost.
fn sorry(booking: &NewBooking, start: &Zoned, now: Timestamp) -> OutboxText {
    OutboxText {
        key: format!("lost:{}", booking.call),
        to: booking.mobile.clone(),
        body: Text::Lost(start).body(),
        not_before: now,
        kind: "lost",
    }
}

/// What waits, oldest first.
async fn listed(app: &App) -> Result<Vec<(String, i64)>, Away> {
    let list = app.sessions.keys().all_waiting();
    app.sessions
        .ask(|mut redis| async move {
            let mut range = redis::cmd("ZRANGE");
            range.arg(list).arg(0).arg(AT_ONCE - 1).arg("WITHSCORES");
            range.query_async(&mut redis).await
        })
        .await
}

/// Takes a booking off; the list last, so that nothing is left behind unlisted.
async fn drop_booking(app: &App, call: &str) -> Result<(), Away> {
    let key = app.sessions.keys().waiting(call);
    app.sessions
        .ask(|mut redis| async move {
            redis::cmd("DEL")
                .arg(key)
                .query_async::<()>(&mut redis)
                .await
        })
        .await?;
    unlist(app, call).await
}

async fn unlist(app: &App, call: &str) -> Result<(), Away> {
    let list = app.sessions.keys().all_waiting();
    app.sessions
        .ask(|mut redis| async move {
            redis::cmd("ZREM")
                .arg(list)
                .arg(call)
                .query_async::<()>(&mut redis)
                .await
        })
        .await
}

fn open(app: &App, call: &str, sealed: &str) -> Option<NewBooking> {
    let call = CallSid::read(call).ok()?;
    let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let plain = app.config.vault.open(place(&call), &sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

fn place(call: &CallSid) -> Field<'_> {
    Field::new("temp_booking", call.as_str())
}
