//! The call is over: counted, and written into the log of calls.

use bella_domain::booking::CallSid;
use tracing::warn;

use super::session::Session;
use crate::app::App;
use crate::db::CallEnd;
use crate::plugins::CallEnded;
use crate::tariff;
use crate::twilio::Form;

/// Statuses after which a call has no more webhooks.
const OVER: [&str; 5] = ["completed", "busy", "failed", "no-answer", "canceled"];

/// What is noted of a call that its caller ended before the dialogue did.
const ABANDONED: &str = "abandoned";

/// The dialogue has come to its end; nobody waits for the log.
pub(super) fn by_dialogue(app: &App, session: Session) {
    count(app, &session);
    let task = app.clone();
    app.drain
        .beside(async move { write(&task, &session).await });
}

/// Twilio says that the call is over: a call whose caller hung up before is counted now, once, however often Twilio says so; and
/// how long it was is known.
pub(super) async fn by_status(app: App, form: &Form) {
    let over = form
        .get("CallStatus")
        .is_some_and(|status| OVER.contains(&status));
    let call = form.get("CallSid").and_then(|sid| CallSid::read(sid).ok());
    let Some(call) = call.filter(|_| over) else {
        return;
    };
    let first = app.sessions.first_end(call.as_str()).await;
    let kept = app.sessions.load(call.as_str()).await;
    let session = kept.and_then(|kept| Session::open(&app, &call, kept.sealed()));
    let Some(mut session) = session else {
        return;
    };
    let seconds = form.get("CallDuration");
    session.usage.call_seconds = seconds.and_then(|seconds| seconds.parse().ok());
    if first && session.call.ended().is_none() {
        count(&app, &session);
    }
    if first && !call.is_check() {
        // Texts are not part of it: they are counted when they are sent.
        for (service, micro_usd) in tariff::metered(&session.usage) {
            app.metrics.cost(service, micro_usd);
        }
    }
    let task = app.clone();
    app.drain
        .beside(async move { write(&task, &session).await });
}

fn count(app: &App, session: &Session) {
    if session.call.sid().is_check() {
        return;
    }
    let succeeded = session.call.ended().is_some_and(|ending| ending.success());
    app.metrics.call_ended(succeeded);
    app.plugins.after_call(&CallEnded {
        call: session.call.sid().as_str(),
        succeeded,
        seconds: session.usage.call_seconds,
    });
}

async fn write(app: &App, session: &Session) {
    let call = &session.call;
    let mobile = call.mobile().or_else(|| call.caller().number());
    let end = CallEnd {
        sid: call.sid(),
        mobile,
        test: call.sid().is_check(),
        started: call.started_at(),
        ended: app.config.clock.now(),
        outcome: call.ended().map_or(ABANDONED, |ending| ending.as_str()),
        steps: call.turn(),
        failures: session.failures,
        transcript: (!session.transcript.is_empty()).then_some(&session.transcript),
        usage: &session.usage,
    };
    if let Err(err) = app.database.call_ended(&end).await {
        warn!(%err, call = %call.sid(), "the call is not in the log");
    }
}
