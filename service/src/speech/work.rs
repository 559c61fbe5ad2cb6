//! A recording: fetched, transcribed, deleted.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};

use super::recording::Recording;
use super::transcribe::{Transcriber, Transcript};
use crate::twilio::{Client, RecordingSid};

/// How long a recording is waited for: Twilio stores it after it has told of it.
const STORED_WITHIN: Duration = Duration::from_secs(4);

/// The pause before the second look; each later one is half as long again.
const FIRST_PAUSE: Duration = Duration::from_millis(150);

/// How often a deletion is tried before it is left to the sweep.
const DELETIONS: u32 = 4;

/// What was said; nothing when it cannot be found out in time.
pub(super) async fn hear(
    twilio: &Client,
    transcriber: &Transcriber,
    recording: &Recording,
) -> Option<Transcript> {
    let call = recording.call.as_str();
    let audio = fetch(twilio, recording).await?;
    match transcriber.transcribe(audio, recording.expect).await {
        Ok(transcript) => Some(transcript),
        Err(err) => {
            tracing::warn!(call, "{err}");
            None
        }
    }
}

async fn fetch(twilio: &Client, recording: &Recording) -> Option<Bytes> {
    let call = recording.call.as_str();
    let deadline = Instant::now() + STORED_WITHIN;
    let mut pause = FIRST_PAUSE;
    loop {
        match timeout_at(deadline, twilio.recording(&recording.sid)).await {
            Ok(Ok(Some(audio))) => return Some(audio),
            Ok(Ok(None)) => {}
            Ok(Err(err)) => {
                tracing::warn!(call, "{err}");
                return None;
            }
            Err(_) => break,
        }
        if Instant::now() + pause >= deadline {
            break;
        }
        sleep(pause).await;
        pause = pause * 3 / 2;
    }
    tracing::warn!(call, "a recording was not there in time");
    None
}

/// Deletes a recording; whether Twilio says it is gone.
pub(super) async fn delete(twilio: &Client, sid: &RecordingSid) -> bool {
    let mut pause = Duration::from_secs(1);
    for attempt in 1..=DELETIONS {
        match twilio.delete_recording(sid).await {
            Ok(()) => return true,
            Err(err) => tracing::warn!(recording = sid.as_str(), attempt, "{err}"),
        }
        if attempt < DELETIONS {
            sleep(pause).await;
            pause *= 4;
        }
    }
    false
}
