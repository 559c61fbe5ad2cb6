//! Callers heard by Whisper: an answer is recorded, transcribed while the caller hears a filler, and given to the dialogue.
//!
//! - [`Speech`]: asks for an answer, takes the recording, tells what was said
//! - [`Recording`]: which answer of which call; it travels in the address that Twilio calls, which is signed
//! - `work`: fetches, transcribes, deletes
//! - `transcribe`: OpenAI
//!
//! Whatever fails, that one step falls back to Twilio's own recogniser. `docs/speech.md` has the times and the reasons.

mod jobs;
mod recording;
mod service;
mod transcribe;
mod work;

pub use recording::Recording;
pub use service::{Done, Polled, Speech};
pub use transcribe::{Transcriber, Transcript, TranscriptionError};
