//! OpenAI's transcription.

use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::audio::{
    AudioInput, AudioResponseFormat, CreateTranscriptionRequest, CreateTranscriptionResponseJson,
};
use bella_domain::dialogue::Expect;
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::timeout;

/// The model: it is billed by the second of audio.
const MODEL: &str = "whisper-1";

/// How long a transcription may take, repeats after a refusal included.
const WITHIN: Duration = Duration::from_secs(5);

/// OpenAI's account.
#[derive(Clone)]
pub struct Transcriber(Client<OpenAIConfig>);

/// What was said. Does not show it: the words are personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Transcript {
    /// The words; empty for silence.
    pub text: String,
    /// Seconds that are billed, where OpenAI says so.
    pub seconds: Option<u32>,
}

impl std::fmt::Debug for Transcript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let length = self.text.chars().count();
        write!(f, "Transcript({length} characters, {:?} s)", self.seconds)
    }
}

/// A recording was not transcribed. Names the kind of failure only: what OpenAI says may repeat the caller's words.
#[derive(Debug, thiserror::Error)]
#[error("transcribe a recording at OpenAI: {0}")]
pub struct TranscriptionError(String);

impl Transcriber {
    /// The account of this key, at `api_base` (`https://api.openai.com/v1`).
    pub fn new(api_key: &SecretString, api_base: &str, http: reqwest::Client) -> Self {
        let config = OpenAIConfig::new()
            .with_api_key(api_key.expose_secret())
            .with_api_base(api_base);
        Self(Client::build(http, config))
    }

    /// Writes down what was said in a WAV file, in five seconds at most.
    ///
    /// # Errors
    /// OpenAI cannot be reached, refuses, or takes longer.
    pub async fn transcribe(
        &self,
        wav: Bytes,
        expect: Expect,
    ) -> Result<Transcript, TranscriptionError> {
        let request = CreateTranscriptionRequest {
            file: AudioInput::from_bytes("answer.wav".to_owned(), wav),
            model: MODEL.to_owned(),
            language: Some("en".to_owned()),
            prompt: Some(prompt(expect).to_owned()),
            response_format: Some(AudioResponseFormat::Json),
            temperature: Some(0.0),
            ..CreateTranscriptionRequest::default()
        };
        let audio = self.0.audio();
        let transcription = audio.transcription();
        match timeout(WITHIN, transcription.create(request)).await {
            Err(_) => Err(TranscriptionError(format!(
                "no answer in {} s",
                WITHIN.as_secs()
            ))),
            Ok(Ok(answer)) => Ok(read(answer)),
            Ok(Err(OpenAIError::JSONDeserialize(_, answer))) => bare(&answer),
            Ok(Err(err)) => Err(TranscriptionError(kind(&err))),
        }
    }
}

/// The crate keeps the type of `usage` to itself: its JSON is read, where `seconds` stands for a model billed by the second.
fn read(answer: CreateTranscriptionResponseJson) -> Transcript {
    let usage = serde_json::to_value(&answer.usage).unwrap_or_default();
    let seconds = usage.get("seconds").and_then(serde_json::Value::as_f64);
    Transcript {
        text: answer.text.trim().to_owned(),
        seconds: seconds.map(|seconds| seconds.ceil() as u32),
    }
}

/// Servers of the same interface, and OpenAI's before it metered, say nothing of usage.
fn bare(answer: &str) -> Result<Transcript, TranscriptionError> {
    #[derive(Deserialize)]
    struct Bare {
        text: String,
    }
    let answer: Bare = serde_json::from_str(answer)
        .map_err(|_| TranscriptionError("an answer without text".to_owned()))?;
    Ok(Transcript {
        text: answer.text.trim().to_owned(),
        seconds: None,
    })
}

fn kind(err: &OpenAIError) -> String {
    match err {
        OpenAIError::Reqwest(err) if err.is_connect() => "it cannot be reached".to_owned(),
        OpenAIError::Reqwest(err) if err.is_timeout() => "no answer in time".to_owned(),
        OpenAIError::Reqwest(_) => "the connection failed".to_owned(),
        OpenAIError::ApiError(refusal) => format!(
            "refused with {}; check OPENAI_API_KEY and the account's limits",
            refusal.status_code
        ),
        _ => "an answer that cannot be read".to_owned(),
    }
}

/// Whisper continues in the style of its prompt; this keeps digits and times in the form that is understood best.
fn prompt(expect: Expect) -> &'static str {
    match expect {
        Expect::Name => "My name is Ann Smith. It's Jean-Pierre Roy. This is Noah Thiessen.",
        Expect::Number => "My number is 416-555-0134.",
        Expect::Time => {
            "Next Tuesday at 2:30 PM. Tomorrow at noon. Friday, March 12th at 10 in the morning."
        }
        Expect::Offer => "The first one. The later one. 3:30 PM, please. Neither.",
        Expect::YesNo => "Yes, please. No, change the time. That's right.",
    }
}
