//! Which answer of which call is recorded.

use bella_domain::booking::CallSid;
use bella_domain::dialogue::Expect;

use crate::twilio::{Form, RecordingSid};

/// A recorded answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Its name at Twilio.
    pub sid: RecordingSid,
    /// The call.
    pub call: CallSid,
    /// The reply of the call that it answers.
    pub turn: u32,
    /// What kind of answer was asked for.
    pub expect: Expect,
    /// Its length, where Twilio said so.
    pub seconds: Option<u32>,
}

impl Recording {
    /// The path, without host, at which an answer to the `turn`th reply arrives when it is recorded.
    pub(super) fn action(turn: u32, expect: Expect) -> String {
        format!(
            "/twilio/voice/recording?turn={turn}&expect={}",
            word(expect)
        )
    }

    /// The path, without host, at which the call asks for the `poll`th time what was said.
    pub(super) fn poll(&self, poll: u8) -> String {
        let action = Self::action(self.turn, self.expect);
        let sid = self.sid.as_str();
        let seconds = self.seconds.unwrap_or(0);
        format!("{action}&recording={sid}&seconds={seconds}&poll={poll}")
    }

    /// Reads a webhook at one of these paths: the recording, and how often it was asked for already. Nothing when there is no
    /// recording, or a name is not one.
    pub fn read(query: &str, form: &Form) -> Option<(Self, u8)> {
        let query = Form::decode(query.as_bytes());
        let sid = form
            .get("RecordingSid")
            .or_else(|| query.get("recording"))?;
        let seconds = form
            .get("RecordingDuration")
            .or_else(|| query.get("seconds"));
        let recording = Self {
            sid: RecordingSid::parse(sid)?,
            call: CallSid::read(form.get("CallSid")?).ok()?,
            turn: turn(&query)?,
            expect: query.get("expect").and_then(expect).unwrap_or(Expect::Time),
            seconds: seconds
                .and_then(|text| text.parse().ok())
                .filter(|seconds| *seconds > 0),
        };
        let poll = query.get("poll").and_then(|poll| poll.parse().ok());
        Some((recording, poll.unwrap_or(0)))
    }
}

fn turn(query: &Form) -> Option<u32> {
    query.get("turn").map_or(Some(0), |turn| turn.parse().ok())
}

fn word(expect: Expect) -> &'static str {
    match expect {
        Expect::Name => "name",
        Expect::Number => "number",
        Expect::Time => "time",
        Expect::Offer => "offer",
        Expect::YesNo => "yes-no",
    }
}

fn expect(text: &str) -> Option<Expect> {
    Expect::ALL.into_iter().find(|known| word(*known) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_address_comes_back() {
        let sid = format!("RE{}", "a1".repeat(16));
        let form = format!("CallSid=CA1&RecordingSid={sid}&RecordingDuration=4");
        for asked in Expect::ALL {
            let action = Recording::action(3, asked);
            let (_, query) = action.split_once('?').expect("has a query");
            let (first, poll) =
                Recording::read(query, &Form::decode(form.as_bytes())).expect("is a recording");
            assert_eq!(
                (first.turn, first.expect, first.seconds, poll),
                (3, asked, Some(4), 0)
            );
            let again = first.poll(7);
            let (_, query) = again.split_once('?').expect("has a query");
            let again = Recording::read(query, &Form::decode(b"CallSid=CA1"));
            assert_eq!(again, Some((first, 7)));
        }
    }

    #[test]
    fn nothing_else_is_a_recording() {
        let sid = format!("RE{}", "a1".repeat(16));
        for (query, form) in [
            ("turn=3", "CallSid=CA1".to_owned()),
            (
                "turn=3",
                "CallSid=CA1&RecordingSid=RE../../Messages".to_owned(),
            ),
            ("turn=3", format!("RecordingSid={sid}")),
            ("turn=x", format!("CallSid=CA1&RecordingSid={sid}")),
        ] {
            assert_eq!(Recording::read(query, &Form::decode(form.as_bytes())), None);
        }
    }
}
