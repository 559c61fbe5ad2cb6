//! What is done about a text, and answered.

use bella_domain::phone::Mobile;
use jiff::Zoned;
use sha2::{Digest, Sha256};
use tracing::{info, warn};

use crate::app::App;
use crate::db::{Actor, AppointmentRow, Begun, ChangeError, DbError, OutboxText, Status};
use crate::texts::{Text, Wish};
use crate::twilio::Form;

/// A text that came in. Does not show what it says or from whom.
#[derive(Clone)]
pub(super) struct Message {
    sid: String,
    from: Mobile,
    wish: Wish,
    /// Twilio has taken it for the wish to have no more texts (`OptOutType`, where the number is in a messaging service).
    stopped: bool,
}

impl Message {
    /// Nothing without an id or a telephone number: short codes and names cannot be answered.
    pub(super) fn read(form: &Form) -> Option<Self> {
        let sid = form.get("MessageSid").or_else(|| form.get("SmsSid"))?;
        let fits =
            (1..=64).contains(&sid.len()) && sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let from = Mobile::from_e164(form.get("From")?).ok()?;
        let kind = form.get("OptOutType").unwrap_or_default();
        let wish = match (Wish::read(form.get("Body").unwrap_or_default()), kind) {
            (Wish::Unclear, "STOP") => Wish::Stop,
            (Wish::Unclear, "START") => Wish::Start,
            (Wish::Unclear, "HELP") => Wish::Help,
            (wish, _) => wish,
        };
        fits.then(|| Self {
            sid: sid.to_owned(),
            from,
            wish,
            stopped: kind == "STOP",
        })
    }

    fn once(&self) -> String {
        format!("sms:{}", self.sid)
    }
}

/// Does what a text asks for, once; the answer, if it is ours to give.
///
/// A text that this process began and did not end, because it died, is not begun again: nobody knows how far it came, and a
/// CANCEL that is carried out twice would take the appointment after the next one too.
pub(super) async fn reply(app: App, message: Message) -> Option<String> {
    let key = message.once();
    match app
        .database
        .begin_once(&key, &Sha256::digest(message.from.e164()))
        .await
    {
        Ok(Begun::First) => {}
        Ok(Begun::Done { body, .. }) => {
            return String::from_utf8(body).ok().filter(|body| !body.is_empty());
        }
        Ok(Begun::Running | Begun::Other) => return None,
        Err(err) => return Some(away(&err)),
    }
    match carry_out(&app, &message).await {
        Ok(answer) => {
            let kept = answer.as_deref().unwrap_or_default();
            if let Err(err) = app.database.finish_once(&key, 200, kept.as_bytes()).await {
                warn!("{err}");
            }
            answer
        }
        Err(err) => {
            if let Err(err) = app.database.forget_once(&key).await {
                warn!("{err}");
            }
            Some(away(&err))
        }
    }
}

/// Texts an answer that came too late for Twilio.
pub(super) async fn follow(app: &App, message: &Message, body: String) {
    if body == Text::Away.body() {
        return;
    }
    let text = OutboxText {
        key: format!("reply:{}", message.sid),
        to: message.from.clone(),
        body,
        not_before: app.config.clock.now(),
        kind: "reply",
    };
    match app.database.enqueue(&[text]).await {
        Ok(()) => app.doorbell.ring(),
        Err(err) => warn!("{err}"),
    }
}

fn away(err: &DbError) -> String {
    warn!("{err}");
    Text::Away.body()
}

/// The answer to STOP and START is Twilio's.
async fn carry_out(app: &App, message: &Message) -> Result<Option<String>, DbError> {
    if message.stopped && message.wish != Wish::Stop {
        app.database.opt_out(&message.from, true).await?;
    }
    let answer = match message.wish {
        Wish::Confirm => mark(app, &message.from, Status::Confirmed).await?,
        Wish::Cancel => mark(app, &message.from, Status::Cancelled).await?,
        Wish::Stop => {
            app.database.opt_out(&message.from, true).await?;
            info!("a texter wants no texts");
            return Ok(None);
        }
        Wish::Start => {
            app.database.opt_out(&message.from, false).await?;
            info!("a texter wants texts again");
            return Ok(None);
        }
        Wish::Score(score) if app.database.rate(&message.from, score).await? => Text::Thanks.body(),
        Wish::Score(_) | Wish::Help | Wish::Unclear => Text::Help(&app.config.twilio.from).body(),
    };
    Ok(Some(answer))
}

/// Confirms or cancels the texter's next appointment. When it goes just then, the one after it is not touched.
async fn mark(app: &App, from: &Mobile, status: Status) -> Result<String, DbError> {
    let Some(next) = app.database.next_appointment(from).await? else {
        return Ok(Text::NoAppointment.body());
    };
    let changed = app
        .database
        .set_status(Actor::Texter, next.id, status, &[])
        .await;
    match changed {
        Ok(_) => {
            let start = start(app, &next);
            info!(appointment = %next.id, status = status.as_str(), "by text");
            Ok(match status {
                Status::Cancelled => Text::Cancelled(&start).body(),
                _ => Text::SeeYou(&start).body(),
            })
        }
        Err(ChangeError::Gone | ChangeError::Taken) => Ok(Text::NoAppointment.body()),
        Err(ChangeError::Database(err)) => Err(err),
    }
}

fn start(app: &App, appointment: &AppointmentRow) -> Zoned {
    appointment.start.to_zoned(app.config.business.zone.clone())
}
