//! A recorded answer, from the recording to the words.

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bella_domain::dialogue::{Expect, Reply, Then};
use bella_service::https;
use bella_service::speech::{Done, Polled, Recording, Speech, Transcript};
use bella_service::twilio::{Client, Form};
use bytes::Bytes;
use tokio::time::sleep;

use crate::fake::Fake;

/// Notes what it is told.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn note(&self, what: String) {
        self.0.lock().expect("is not poisoned").push(what);
    }

    /// Waits for a note.
    async fn until(&self, what: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self
            .0
            .lock()
            .expect("is not poisoned")
            .iter()
            .any(|note| note == what)
        {
            assert!(Instant::now() < deadline, "no {what}");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Done for Notes {
    async fn heard(&self, _: &Recording, said: Option<&Transcript>) {
        let said = said.map_or("nothing", |said| said.text.as_str());
        self.note(format!("heard {said}"));
    }

    async fn deleted(&self, _: &Recording) {
        self.note("deleted".to_owned());
    }
}

fn speech(fake: &Fake, changes: &[(&str, &str)]) -> Speech {
    let config = fake.config(changes);
    let http = https::client();
    let twilio = Client::new(&config.twilio, &config.public_base_url, http.clone());
    Speech::new(&config, twilio, http)
}

/// A recording that Twilio stores after so many looks.
fn recorded(fake: &Fake, letter: &str, missing: u32) -> Recording {
    let sid = format!("RE{}", letter.repeat(32));
    let audio = b"RIFF and the rest".to_vec();
    fake.known()
        .recordings
        .insert(sid.clone(), (missing, audio));
    let form = format!("CallSid=CA1&RecordingSid={sid}&RecordingDuration=3");
    let read = Recording::read("turn=2&expect=time", &Form::decode(form.as_bytes()));
    read.expect("is a recording").0
}

/// Polls as Twilio does, until there is an answer; with how often.
async fn said(speech: &Speech, recording: &Recording) -> (Polled, u8) {
    for poll in 1..=20 {
        match speech.poll(recording, poll, || ready(None)).await {
            Polled::Waiting(twiml) => {
                let again = format!("&amp;poll={}", poll + 1);
                let twiml = text(&twiml);
                assert!(
                    twiml.contains("<Redirect") && twiml.contains(&again),
                    "{twiml}"
                );
            }
            polled => return (polled, poll),
        }
    }
    panic!("twenty polls without an end");
}

fn text(twiml: &Bytes) -> String {
    String::from_utf8(twiml.to_vec()).expect("is text")
}

#[tokio::test]
async fn an_answer_is_recorded_heard_and_deleted() {
    let fake = Fake::start().await;
    let speech = speech(&fake, &[]);
    let recording = recorded(&fake, "a", 2);
    fake.known().heard = Some(" Tomorrow at 2 PM. ".to_owned());
    let notes = Notes::default();
    let began = Instant::now();
    let filler = text(&speech.begin(&recording, notes.clone()));
    assert!(began.elapsed() < Duration::from_millis(100));
    assert!(filler.contains("One moment"), "{filler}");
    assert!(filler.contains("&amp;poll=1</Redirect>"), "{filler}");
    // Twilio repeats a webhook now and then: nothing is done twice.
    assert_eq!(text(&speech.begin(&recording, notes.clone())), filler);
    let (polled, _) = said(&speech, &recording).await;
    let transcript = Transcript {
        text: "Tomorrow at 2 PM.".to_owned(),
        seconds: Some(3),
    };
    assert_eq!(polled, Polled::Said(transcript.clone()));
    notes.until("deleted").await;
    // Asked again by a repeated webhook, it is the same.
    assert_eq!(said(&speech, &recording).await.0, Polled::Said(transcript));
    let noted = notes.0.lock().expect("is not poisoned").clone();
    assert_eq!(noted, ["heard Tomorrow at 2 PM.", "deleted"]);
    let known = fake.known();
    assert_eq!((known.transcriptions, known.deleted.len()), (1, 1));
}

#[tokio::test]
async fn whatever_fails_the_step_goes_on_by_gather_and_the_recording_is_deleted() {
    let fake = Fake::start().await;
    // OpenAI refuses; Twilio does not store the recording in time.
    for (letter, missing) in [("b", 0), ("c", 1_000)] {
        let speech = speech(&fake, &[]);
        let recording = recorded(&fake, letter, missing);
        let notes = Notes::default();
        speech.begin(&recording, notes.clone());
        let (polled, polls) = said(&speech, &recording).await;
        let Polled::Failed(twiml) = polled else {
            panic!("{polled:?}");
        };
        assert!(polls <= 10, "{polls}");
        let twiml = text(&twiml);
        assert!(twiml.contains("<Gather"), "{twiml}");
        assert!(twiml.contains("/twilio/voice/collect?turn=2"), "{twiml}");
        notes.until("heard nothing").await;
        notes.until("deleted").await;
    }
}

#[tokio::test]
async fn nobody_waits_longer_than_a_second_at_a_time_or_ten_in_all() {
    let fake = Fake::start().await;
    let speech = speech(&fake, &[]);
    let recording = recorded(&fake, "d", 0);
    fake.known().heard = Some("late".to_owned());
    fake.known().transcribing = Duration::from_secs(30);
    speech.begin(&recording, Notes::default());
    let began = Instant::now();
    for poll in 1..=20 {
        let asked = Instant::now();
        let polled = speech.poll(&recording, poll, || ready(None)).await;
        assert!(asked.elapsed() < Duration::from_secs(1));
        if matches!(polled, Polled::Failed(_)) {
            break;
        }
    }
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_deletion_that_fails_is_tried_again() {
    let fake = Fake::start().await;
    let speech = speech(&fake, &[]);
    let recording = recorded(&fake, "e", 0);
    fake.known().heard = Some("yes".to_owned());
    fake.known().deletions_fail = 2;
    let notes = Notes::default();
    speech.begin(&recording, notes.clone());
    notes.until("deleted").await;
    assert_eq!(fake.known().deleted, [recording.sid.as_str()]);
}

#[tokio::test]
async fn another_task_tells_what_it_has_heard() {
    let fake = Fake::start().await;
    let speech = speech(&fake, &[]);
    let recording = recorded(&fake, "f", 0);
    let transcript = Transcript {
        text: "yes".to_owned(),
        seconds: None,
    };
    let polled = speech
        .poll(&recording, 1, || ready(Some(transcript.clone())))
        .await;
    assert_eq!(polled, Polled::Said(transcript));
    let polled = speech.poll(&recording, 1, || ready(None)).await;
    assert!(matches!(polled, Polled::Waiting(_)));
}

#[tokio::test]
async fn answers_are_recorded_where_whisper_is_on_and_nothing_can_be_typed() {
    let fake = Fake::start().await;
    let reply = |then| Reply {
        lines: vec!["When?".to_owned()],
        then,
    };
    let whisper = speech(&fake, &[]);
    let gather = speech(&fake, &[("SPEECH_MODE", "gather")]);
    for expect in Expect::ALL {
        let reply = reply(Then::Listen(expect));
        let twiml = text(&whisper.render(&reply, 3, true));
        assert_eq!(
            twiml.contains("<Record"),
            expect != Expect::Number,
            "{twiml}"
        );
        for twiml in [
            whisper.render(&reply, 3, false),
            gather.render(&reply, 3, true),
        ] {
            assert!(text(&twiml).contains("<Gather"));
        }
    }
    let twiml = text(&whisper.render(&reply(Then::Listen(Expect::Time)), 3, true));
    for part in [
        r#"playBeep="false""#,
        r#"timeout="2""#,
        r#"maxLength="15""#,
        r#"action="/twilio/voice/recording?turn=3&amp;expect=time""#,
        ">/twilio/voice/collect?turn=3</Redirect>",
    ] {
        assert!(twiml.contains(part), "{part} in {twiml}");
    }
    let twiml = text(&whisper.render(&reply(Then::HangUp), 3, true));
    assert!(twiml.contains("<Hangup/>"), "{twiml}");
}
