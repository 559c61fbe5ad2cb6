//! What became of a text of ours.

use std::time::Duration;

use bella_domain::phone::Mobile;
use tokio::time::sleep;
use tracing::warn;

use crate::app::App;
use crate::twilio::Form;

/// A report can be faster than the answer to the request that sent the text, which tells its name.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(300),
    Duration::from_secs(2),
    Duration::from_secs(10),
];

/// Twilio's code for somebody who answered STOP.
const OPTED_OUT: &str = "21610";

pub(super) async fn note(app: &App, form: &Form) {
    let sid = form.get("MessageSid").or_else(|| form.get("SmsSid"));
    let status = form.get("MessageStatus").or_else(|| form.get("SmsStatus"));
    let (Some(sid), Some(status)) = (sid, status) else {
        return;
    };
    let code = form.get("ErrorCode").filter(|code| plain(code));
    let to = form.get("To").and_then(|to| Mobile::from_e164(to).ok());
    if let (Some(OPTED_OUT), Some(to)) = (code, &to)
        && let Err(err) = app.database.opt_out(to, true).await
    {
        warn!("{err}");
    }
    if !plain(status) {
        return;
    }
    let error = code.map(|code| {
        format!("Twilio reports error {code}; see https://www.twilio.com/docs/api/errors/{code}")
    });
    for pause in PAUSES {
        match app
            .database
            .text_delivery(sid, status, error.as_deref())
            .await
        {
            Ok(true) => return,
            Ok(false) => {}
            Err(err) => warn!("{err}"),
        }
        sleep(pause).await;
    }
}

/// A word or a number: what is kept and shown is not whatever was sent.
fn plain(text: &str) -> bool {
    text.len() <= 32
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
