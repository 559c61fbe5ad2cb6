//! Whole calls that are heard by Whisper, or by Gather.

use std::io::Write;
use std::time::{Duration, Instant};

use bella_stores::Redis;

use crate::world::{CALLER, World};

const CALL: &str = "CA0123456789abcdef0123456789abcdef";

/// A Tuesday morning.
const NOW: &str = "2026-03-10T09:00:00-04:00";

/// A call as Twilio conducts it.
struct Call<'a> {
    world: &'a mut World,
    twiml: String,
    answers: u8,
    /// How long the caller waited for each answer to what was said.
    waited: Vec<Duration>,
    /// Whether another process answers each poll.
    wandering: bool,
}

impl<'a> Call<'a> {
    async fn rings(world: &'a mut World) -> Self {
        let mut call = Self {
            world,
            twiml: String::new(),
            answers: 0,
            waited: Vec::new(),
            wandering: false,
        };
        call.twiml = call.post("/twilio/voice", &[]).await;
        call
    }

    async fn post(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut form = vec![
            ("CallSid", CALL),
            ("From", CALLER),
            ("CallStatus", "in-progress"),
        ];
        form.extend(more);
        let began = Instant::now();
        let (status, body) = self.world.webhook(path, &form).await;
        assert_eq!(status, 200, "{body}");
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "{path} {:?}",
            began.elapsed()
        );
        body
    }

    fn action(&self, verb: &str) -> Option<String> {
        let (_, rest) = self.twiml.split_once(verb)?;
        let (_, rest) = rest.split_once("action=\"")?;
        Some(rest.split_once('"')?.0.replace("&amp;", "&"))
    }

    /// The caller says something, and waits for what comes of it.
    async fn says(&mut self, text: &str) {
        let began = Instant::now();
        if let Some(action) = self.action("<Record") {
            self.answers += 1;
            let sid = format!("RE{:032x}", self.answers);
            let audio = b"RIFF and the rest".to_vec();
            {
                let mut known = self.world.fake.known();
                known.recordings.insert(sid.clone(), (1, audio));
                known.heard = Some(text.to_owned());
            }
            let form = [("RecordingSid", sid.as_str()), ("RecordingDuration", "3")];
            self.twiml = self.post(&action, &form).await;
        } else {
            let action = self.action("<Gather").expect("asks for something");
            let form = [("SpeechResult", text), ("Confidence", "0.93")];
            self.twiml = self.post(&action, &form).await;
        }
        while !["<Record", "<Gather", "<Hangup"]
            .iter()
            .any(|verb| self.twiml.contains(verb))
        {
            let (_, rest) = self.twiml.split_once("<Redirect").expect("goes on");
            let path = rest
                .split_once('>')
                .and_then(|(_, rest)| rest.split_once('<'));
            let path = path.expect("names a path").0.replace("&amp;", "&");
            if self.wandering {
                self.world.change_over().await;
            }
            self.twiml = self.post(&path, &[]).await;
        }
        self.waited.push(began.elapsed());
    }

    fn hears(&self, words: &str) {
        assert!(self.twiml.contains(words), "{words} in {}", self.twiml);
    }

    /// Name, time, yes.
    async fn books(&mut self) {
        self.says("John Smith").await;
        self.hears("I have your number as 416-555-1234");
        self.says("Tomorrow at 2 PM").await;
        self.hears("confirm");
        self.says("Yes").await;
        self.hears("booked");
        self.hears("<Hangup");
    }

    async fn ends(&self) {
        let form = [
            ("CallSid", CALL),
            ("From", CALLER),
            ("CallStatus", "completed"),
            ("CallDuration", "75"),
        ];
        assert_eq!(
            self.world.webhook("/twilio/voice/status", &form).await.0,
            200
        );
    }
}

async fn booked(mode: &str, redis: &Redis, wandering: bool) -> World {
    let changes = [
        ("SPEECH_MODE", mode),
        ("REDIS_URL", &redis.url()),
        ("TEST_NOW", NOW),
    ];
    let mut world = World::new(&changes).await;
    world.fake.known().transcribing = Duration::from_millis(400);
    world.send();
    let mut call = Call::rings(&mut world).await;
    call.wandering = wandering;
    call.books().await;
    call.ends().await;
    // What docs/speech.md says; `cargo test -- --nocapture` shows it.
    writeln!(std::io::stdout(), "{mode}: {:?}", call.waited).expect("is written");
    world
        .until(
            "select count(*) from calls where usage->>'call_seconds' = '75'",
            "1",
        )
        .await;
    world
        .until("select count(*) from outbox where sent_at is not null", "1")
        .await;
    let bodies: Vec<_> = world
        .fake
        .known()
        .texts
        .iter()
        .map(|text| text.body.clone())
        .collect();
    assert_eq!(bodies, ["Appointment confirmed: Wed Mar 11, 2:00 PM"]);
    world
}

/// What the call cost, in millionths of a dollar.
async fn cost(world: &World) -> u64 {
    world
        .until("select usage->>'text_segments' from calls", "1")
        .await;
    let cost = world.value("select micro_usd from calls").await;
    cost.expect("is metered").parse().expect("is a number")
}

#[tokio::test]
async fn a_booking_by_whisper_costs_less_than_5_cents_and_leaves_no_recording() {
    let redis = Redis::start().expect("Redis starts");
    let world = booked("whisper", &redis, false).await;
    world
        .until(
            "select count(*) from recordings where deleted_at is not null",
            "3",
        )
        .await;
    assert_eq!(world.fake.known().deleted.len(), 3);
    assert!(world.fake.known().recordings.is_empty());
    // 2 minutes, 3 recordings of a minute begun, 9 seconds transcribed, 1 segment.
    assert_eq!(cost(&world).await, 17_000 + 7_500 + 900 + 8_300 + 7_000);
}

#[tokio::test]
async fn a_booking_by_gather_is_metered_by_what_was_listened_to() {
    let redis = Redis::start().expect("Redis starts");
    let world = booked("gather", &redis, false).await;
    assert_eq!(world.fake.known().transcriptions, 0);
    // Nobody speaks slowly in this test: 3 times the least that is billed.
    assert_eq!(cost(&world).await, 17_000 + 3 * 20_000 + 8_300 + 7_000);
}

#[tokio::test]
async fn whichever_task_is_asked_knows_what_was_said() {
    let redis = Redis::start().expect("Redis starts");
    let world = booked("whisper", &redis, true).await;
    assert_eq!(world.fake.known().transcriptions, 3);
    let keys = std::process::Command::new("redis-cli")
        .args(["-u", &redis.url(), "--scan"])
        .output();
    let keys = String::from_utf8(keys.expect("runs").stdout).expect("is text");
    assert!(keys.contains("heard:RE"), "{keys}");
}

#[tokio::test]
async fn a_step_that_openai_refuses_goes_on_by_gather_and_the_next_by_whisper() {
    let redis = Redis::start().expect("Redis starts");
    let mut world = World::new(&[("REDIS_URL", &redis.url()), ("TEST_NOW", NOW)]).await;
    let mut call = Call::rings(&mut world).await;
    let action = call.action("<Record").expect("records");
    let sid = format!("RE{}", "9".repeat(32));
    call.world
        .fake
        .known()
        .recordings
        .insert(sid.clone(), (0, b"RIFF".to_vec()));
    call.twiml = call.post(&action, &[("RecordingSid", &sid)]).await;
    // Nothing is heard: OpenAI refuses.
    while !call.twiml.contains("<Gather") {
        let (_, rest) = call
            .twiml
            .split_once("<Redirect method=\"POST\">")
            .expect("goes on");
        let path = rest
            .split_once('<')
            .expect("is closed")
            .0
            .replace("&amp;", "&");
        call.twiml = call.post(&path, &[]).await;
    }
    call.says("John Smith").await;
    call.hears("I have your number as 416-555-1234");
    call.hears("<Record");
}

#[tokio::test]
async fn keys_are_an_answer_too_and_a_caller_who_is_gone_is_none() {
    let redis = Redis::start().expect("Redis starts");
    let mut world = World::new(&[("REDIS_URL", &redis.url()), ("TEST_NOW", NOW)]).await;
    let mut call = Call::rings(&mut world).await;
    call.says("John Smith").await;
    call.says("Tomorrow at 2 PM").await;
    let action = call.action("<Record").expect("records");
    let sid = format!("RE{}", "8".repeat(32));
    call.world
        .fake
        .known()
        .recordings
        .insert(sid.clone(), (0, b"RIFF".to_vec()));
    let keys = |keys| [("RecordingSid", sid.as_str()), ("Digits", keys)];
    let gone = call.post(&action, &keys("hangup")).await;
    assert!(
        gone.ends_with("<Response></Response>") || gone.ends_with("<Response/>"),
        "{gone}"
    );
    call.twiml = call.post(&action, &keys("1")).await;
    call.hears("booked");
    call.world
        .until("select count(*) from appointments", "1")
        .await;
}
