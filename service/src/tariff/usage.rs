//! What a call used.

use serde::{Deserialize, Serialize};

/// What a call used so far. Only what was counted is here; a figure that did not arrive stays absent, and costs no line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// `CallDuration` of Twilio's last status callback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_seconds: Option<u32>,
    /// Intervals of 15 seconds begun while Twilio listened for speech; at least one a Gather.
    #[serde(skip_serializing_if = "is_zero")]
    pub gather_intervals: u32,
    /// Minutes begun of what was recorded; at least one a recording.
    #[serde(skip_serializing_if = "is_zero")]
    pub recorded_minutes: u32,
    /// Seconds of audio that were transcribed.
    #[serde(skip_serializing_if = "is_zero")]
    pub transcribed_seconds: u32,
    /// Segments that were texted.
    #[serde(skip_serializing_if = "is_zero")]
    pub text_segments: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Usage {
    /// A Gather for speech was answered or gave up, so many seconds after it was handed to Twilio: it listens from the first word
    /// of its prompt.
    pub fn gathered(&mut self, seconds: u32) {
        self.gather_intervals += seconds.div_ceil(15).max(1);
    }

    /// A recording of this length was made.
    pub fn recorded(&mut self, seconds: u32) {
        self.recorded_minutes += seconds.div_ceil(60).max(1);
    }

    /// Audio of this length was transcribed.
    pub fn transcribed(&mut self, seconds: u32) {
        self.transcribed_seconds += seconds;
    }

    /// A text of so many segments was taken by Twilio.
    pub fn texted(&mut self, segments: u32) {
        self.text_segments += segments;
    }
}
