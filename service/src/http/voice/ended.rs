//! The call is over.

use bella_domain::booking::CallSid;

use super::session::Session;
use crate::app::App;
use crate::twilio::Form;

/// Statuses after which a call has no more webhooks.
const OVER: [&str; 5] = ["completed", "busy", "failed", "no-answer", "canceled"];

/// Counts a call that ended before its dialogue did; once, however often Twilio says so.
pub(super) async fn note(app: App, form: &Form) {
    let Some(call) = form.get("CallSid").and_then(|sid| CallSid::read(sid).ok()) else {
        return;
    };
    if !form
        .get("CallStatus")
        .is_some_and(|status| OVER.contains(&status))
    {
        return;
    }
    let first = app.sessions.first_end(call.as_str()).await;
    let kept = app.sessions.load(call.as_str()).await;
    let session = kept.and_then(|kept| Session::open(&app, &call, kept.sealed()));
    let Some(session) = session else {
        return;
    };
    if first && session.call.ended().is_none() {
        app.metrics.call_ended(false);
    }
}
