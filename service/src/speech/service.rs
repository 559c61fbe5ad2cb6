//! Asks for an answer, takes the recording, tells what was said.

use std::sync::Arc;
use std::time::Duration;

use bella_domain::dialogue::{Expect, Reply, Then};
use bella_domain::prompts;
use bytes::Bytes;
use tokio::time::{sleep, timeout};

use super::jobs::{Jobs, State};
use super::recording::Recording;
use super::transcribe::{Transcriber, Transcript};
use super::work;
use crate::config::{Config, SpeechMode};
use crate::twilio::Client;
use crate::twiml::{self, Response, Voice};

/// Seconds of silence that end an answer.
const SILENCE: u8 = 2;

/// The longest answer in seconds.
const LONGEST: u8 = 15;

/// How long one webhook waits for a transcript; it has to answer within a second.
const ONE_WAIT: Duration = Duration::from_millis(700);

/// How often it is looked for what another task has heard.
const LOOK: Duration = Duration::from_millis(70);

/// After so many webhooks the step goes on by Gather: seven seconds, while fetching and transcribing take nine at the very most.
const POLLS: u8 = 10;

/// Callers heard by Whisper; a clone is the same.
#[derive(Clone)]
pub struct Speech(Arc<Shared>);

struct Shared {
    twilio: Client,
    transcriber: Option<Transcriber>,
    voice: Voice,
    jobs: Jobs,
}

/// What came of asking what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polled {
    /// Not known yet: this answer makes Twilio ask again.
    Waiting(Bytes),
    /// This was said; empty for silence.
    Said(Transcript),
    /// It cannot be found out: this answer asks again by Gather.
    Failed(Bytes),
}

impl Speech {
    /// What `SPEECH_MODE` asks for.
    pub fn new(config: &Config, twilio: Client, http: reqwest::Client) -> Self {
        let transcriber = match &config.speech {
            SpeechMode::Gather => None,
            SpeechMode::Whisper { api_keys, api_base } => {
                Some(Transcriber::new(api_keys.newest(), api_base, http))
            }
        };
        Self(Arc::new(Shared {
            twilio,
            transcriber,
            voice: Voice::new(&config.public_base_url),
            jobs: Jobs::default(),
        }))
    }

    /// Answers a webhook with the `turn`th reply of its call. Where `SPEECH_MODE` is `whisper`, the caller may be heard by it
    /// (`allowed`, the flag `whisper_transcription`) and the answer is not a number, which can be typed, it is recorded.
    pub fn render(&self, reply: &Reply, turn: u32, allowed: bool) -> Bytes {
        match reply.then {
            Then::Listen(expect) if self.listens(expect) && allowed => {
                self.record(reply, turn, expect)
            }
            _ => twiml::render(reply, &self.0.voice, turn),
        }
    }

    /// Whether callers may be heard by Whisper at all.
    pub fn transcribes(&self) -> bool {
        self.0.transcriber.is_some()
    }

    fn listens(&self, expect: Expect) -> bool {
        self.0.transcriber.is_some() && expect != Expect::Number
    }

    /// Twilio goes on after the Record, not to its action, when nothing was said.
    fn record(&self, reply: &Reply, turn: u32, expect: Expect) -> Bytes {
        let voice = &self.0.voice;
        let record = twiml::Record {
            action: &voice.path(&Recording::action(turn, expect)),
            callback: &voice.path("/twilio/voice/recording/status"),
            timeout: SILENCE,
            max_length: LONGEST,
        };
        Response::new()
            .say(&reply.lines.join(" "), voice)
            .record(&record)
            .redirect(&voice.collect(turn))
            .finish()
    }

    /// Takes a recording on, once, and answers with a filler. `done` is told when it was heard, with the transcript if there is
    /// one, and then when Twilio says that it is deleted.
    pub fn begin<D: Done>(&self, recording: &Recording, done: D) -> Bytes {
        let voice = &self.0.voice;
        if let Some(state) = self.0.jobs.take(recording.sid.as_str()) {
            let (speech, recording) = (self.clone(), recording.clone());
            tokio::spawn(async move {
                let said = speech.hear(&recording).await;
                let known = said.clone().map_or(State::Failed, State::Said);
                state.send_replace(known);
                done.heard(&recording, said.as_ref()).await;
                if work::delete(&speech.0.twilio, &recording.sid).await {
                    done.deleted(&recording).await;
                }
            });
        }
        Response::new()
            .say(prompts::ONE_MOMENT.words, voice)
            .redirect(&voice.path(&recording.poll(1)))
            .finish()
    }

    /// Deletes a recording that nobody wants to hear.
    pub fn discard<D: Done>(&self, recording: &Recording, done: D) {
        let (speech, recording) = (self.clone(), recording.clone());
        tokio::spawn(async move {
            done.heard(&recording, None).await;
            if work::delete(&speech.0.twilio, &recording.sid).await {
                done.deleted(&recording).await;
            }
        });
    }

    async fn hear(&self, recording: &Recording) -> Option<Transcript> {
        let transcriber = self.0.transcriber.as_ref()?;
        work::hear(&self.0.twilio, transcriber, recording).await
    }

    /// What was said in a recording, when the call asks for the `poll`th time. `elsewhere` tells what another task has found out.
    pub async fn poll<F>(
        &self,
        recording: &Recording,
        poll: u8,
        elsewhere: impl Fn() -> F,
    ) -> Polled
    where
        F: Future<Output = Option<Transcript>>,
    {
        let state = match self.0.jobs.watch(recording.sid.as_str()) {
            Some(mut here) => {
                let finished = here.wait_for(|state| *state != State::Working);
                match timeout(ONE_WAIT, finished).await {
                    Ok(Ok(state)) => state.clone(),
                    Ok(Err(_)) => State::Failed,
                    Err(_) => State::Working,
                }
            }
            None => match timeout(ONE_WAIT, told(elsewhere)).await {
                Ok(transcript) => State::Said(transcript),
                Err(_) => State::Working,
            },
        };
        match state {
            State::Said(transcript) => Polled::Said(transcript),
            State::Working if poll < POLLS => Polled::Waiting(self.wait(recording, poll)),
            State::Working | State::Failed => Polled::Failed(self.fall_back(recording)),
        }
    }

    fn wait(&self, recording: &Recording, poll: u8) -> Bytes {
        let again = self.0.voice.path(&recording.poll(poll + 1));
        Response::new().redirect(&again).finish()
    }

    /// Asks again, by Gather.
    pub fn fall_back(&self, recording: &Recording) -> Bytes {
        let reply = Reply {
            lines: vec![prompts::FAILURE_1.say()],
            then: Then::Listen(recording.expect),
        };
        twiml::render(&reply, &self.0.voice, recording.turn)
    }
}

/// What another task has found out, once it has.
async fn told<F>(elsewhere: impl Fn() -> F) -> Transcript
where
    F: Future<Output = Option<Transcript>>,
{
    loop {
        if let Some(transcript) = elsewhere().await {
            return transcript;
        }
        sleep(LOOK).await;
    }
}

/// Who is told what became of a recording; nobody waits for them.
pub trait Done: Send + Sync + 'static {
    /// It was heard, or could not be.
    fn heard(
        &self,
        recording: &Recording,
        said: Option<&Transcript>,
    ) -> impl Future<Output = ()> + Send;
    /// It is gone at Twilio.
    fn deleted(&self, recording: &Recording) -> impl Future<Output = ()> + Send;
}
