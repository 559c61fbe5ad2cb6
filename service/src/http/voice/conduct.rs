//! A webhook of a call, from its session to its answer.

use std::time::{Duration, Instant};

use bella_domain::booking::CallSid;
use bella_domain::dialogue::{Call, Event, Next, Reply, Step, Then, Turn, step};
use bytes::Bytes;
use tokio::time::sleep;
use tracing::error;

use super::effects::{self, Office};
use super::ended;
use super::session::Session;
use super::webhook::{Kind, Webhook};
use crate::app::App;
use crate::plugins::CallBegan;
use crate::sessions::{Kept, Saved};

/// How many effects a webhook may have.
const MOST_EFFECTS: usize = 3;

/// How often the caller is asked to wait for another task before the last question is asked again.
const MOST_WAITS: u8 = 3;

/// How often, and how far apart, it is looked whether another task has answered.
const LOOKS: usize = 6;
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is to be done with a webhook.
enum Turned {
    /// It was answered before: the same again.
    Again(Session),
    /// Another task is still at it.
    Wait,
    /// It happens to this call.
    Happens(Session, Event),
}

/// Answers a webhook. Webhooks of one call are answered one after the other; a repeated one changes nothing.
pub(super) async fn conduct(app: App, webhook: Webhook) -> Bytes {
    let began = Instant::now();
    let _held = app.sessions.lock(webhook.call.as_str()).await;
    let office = Office::open(&app, &webhook.call, &webhook.caller);
    let (mut session, event) = match turned(&app, &webhook, &office).await {
        Turned::Again(session) => {
            return session.answer(&app, app.sessions.are_shared());
        }
        Turned::Wait => return super::one_moment(&app, &webhook.again()),
        Turned::Happens(session, event) => (session, event),
    };
    let (was, failures) = (session.call.step(), session.call.failures());
    session.hear(&event, webhook.ear, office.now());
    let (call, reply) = talk(&app, &office, session.call, event).await;
    let forward = call.failures() <= failures;
    session.call = call;
    session.say(reply, forward, webhook.token.clone());
    let shared = match save(&app, &webhook, &office, &session).await {
        Saved::Shared => app.sessions.are_shared(),
        Saved::Here => false,
        Saved::Overtaken(theirs) => {
            let theirs = Session::open(&app, &webhook.call, theirs.sealed());
            return theirs.unwrap_or(session).answer(&app, true);
        }
    };
    let answer = session.answer(&app, shared);
    app.metrics.step(was.as_str(), forward, began.elapsed());
    if was == Step::Ringing && !webhook.call.is_check() {
        app.metrics.call_started();
    }
    if !matches!(was, Step::Ended(_)) && session.call.ended().is_some() {
        app.sessions.forget_here(webhook.call.as_str());
        ended::by_dialogue(&app, session);
    }
    answer
}

/// Keeps the session, and of a call that has just come in that it is the number's latest.
async fn save(app: &App, webhook: &Webhook, office: &Office<'_>, session: &Session) -> Saved {
    let call = webhook.call.as_str();
    let kept = session.seal(app);
    let rings = webhook.kind == Kind::Rings;
    match office.index.as_deref().filter(|_| rings) {
        None => app.sessions.save(call, &kept).await,
        Some(caller) => app.sessions.save_as_latest(call, &kept, caller).await,
    }
}

/// What a webhook means for what is kept of its call.
async fn turned(app: &App, webhook: &Webhook, office: &Office<'_>) -> Turned {
    let call = webhook.call.as_str();
    let (kept, latest) = match (webhook.kind, &office.index) {
        (Kind::Rings, Some(caller)) => app.sessions.load_with_latest(call, caller).await,
        _ => (app.sessions.load(call).await, None),
    };
    let Some(session) = newest(app, webhook, kept) else {
        return match webhook.kind {
            Kind::Rings => first(app, webhook, office, latest).await,
            Kind::Answers => {
                // Who calls is known again before the caller is told of the interruption.
                let event = Event::Answered {
                    from: webhook.caller.clone(),
                };
                let mut session = Session::begin(webhook.call.clone(), office.now());
                let (call, reply) = talk(app, office, session.call, event).await;
                session.call = call;
                session.reply = reply;
                lost(session, webhook)
            }
        };
    };
    let turn = webhook.turn.unwrap_or(session.turn());
    let repeated = webhook.token.is_some() && webhook.token == session.token;
    match &webhook.event {
        Some(event) if webhook.kind == Kind::Answers && turn == session.turn() && !repeated => {
            Turned::Happens(session, event.clone())
        }
        None if turn == session.turn() && webhook.waited < MOST_WAITS => {
            match later(app, webhook, turn).await {
                Some(session) => Turned::Again(session),
                None => Turned::Wait,
            }
        }
        Some(_) if turn > session.turn() => lost(session, webhook),
        _ => Turned::Again(session),
    }
}

/// The session after the `turn`th answer, as soon as another task has kept it; nothing when that takes longer than an answer may.
async fn later(app: &App, webhook: &Webhook, turn: u32) -> Option<Session> {
    for _ in 0..LOOKS {
        sleep(LOOK_EVERY).await;
        let kept = app.sessions.load(webhook.call.as_str()).await;
        let session = newest(app, webhook, kept)?;
        if session.turn() > turn {
            return Some(session);
        }
    }
    None
}

/// The newest session of the webhook's call: the one that is kept, or the one that the URL carries.
fn newest(app: &App, webhook: &Webhook, kept: Option<Kept>) -> Option<Session> {
    let carried = webhook.carried.as_deref();
    let carried = carried.and_then(|sealed| Session::open(app, &webhook.call, sealed));
    let known = carried.as_ref().map_or(0, Session::turn);
    match kept {
        Some(kept) if carried.is_none() || kept.turn > known => {
            Session::open(app, &webhook.call, kept.sealed()).or(carried)
        }
        _ => carried,
    }
}

/// What was said last is not known any more: the caller is told of the interruption, and the call goes on from what is.
fn lost(session: Session, webhook: &Webhook) -> Turned {
    let call = webhook.call.clone();
    Turned::Happens(session, Event::Rejoined { call })
}

/// A call that nothing is kept of: a new one, or one that was cut off and comes again.
async fn first(
    app: &App,
    webhook: &Webhook,
    office: &Office<'_>,
    latest: Option<String>,
) -> Turned {
    app.plugins.before_call(&CallBegan {
        call: webhook.call.as_str(),
        at: office.now(),
    });
    let mut session = Session::begin(webhook.call.clone(), office.now());
    if let Some(call) = cut_off(app, webhook, latest).await {
        session.call = call;
        return lost(session, webhook);
    }
    let event = Event::Answered {
        from: webhook.caller.clone(),
    };
    Turned::Happens(session, event)
}

/// The last call from the same number, when it did not come to its end but further than to a name.
async fn cut_off(app: &App, webhook: &Webhook, latest: Option<String>) -> Option<Call> {
    let latest = CallSid::read(&latest?).ok()?;
    if latest == webhook.call {
        return None;
    }
    let kept = app.sessions.load(latest.as_str()).await?;
    let call = Session::open(app, &latest, kept.sealed())?.call;
    (call.ended().is_none() && call.name().is_some()).then_some(call)
}

/// The dialogue's step, with what it asks the world to do.
async fn talk(app: &App, office: &Office<'_>, mut call: Call, mut event: Event) -> (Call, Reply) {
    for _ in 0..=MOST_EFFECTS {
        let Turn {
            call: next,
            next: what,
        } = step(call, event, &office.desk);
        call = next;
        match what {
            Next::Say(reply) => return (call, reply),
            Next::Do(effect) => {
                let outcome = effects::carry_out(app, office, effect).await;
                event = Event::Outcome(outcome);
            }
        }
    }
    error!(call = %call.sid(), step = call.step().as_str(), "the dialogue asks for too much at once");
    let reply = Reply {
        lines: vec![bella_domain::prompts::FAILURE_3.say()],
        then: office
            .desk
            .transfer
            .clone()
            .map_or(Then::HangUp, Then::Dial),
    };
    (call, reply)
}
