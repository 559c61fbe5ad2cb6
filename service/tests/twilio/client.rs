//! The REST client.

use bella_domain::phone::Mobile;
use bella_service::https;
use bella_service::twilio::{Client, Instead, RecordingSid, Verdict};
use jiff::{SignedDuration, Timestamp};

use crate::fake::{Answer, FROM, Fake};

fn client(fake: &Fake, changes: &[(&str, &str)]) -> Client {
    let config = fake.config(changes);
    Client::new(&config.twilio, &config.public_base_url, https::client())
}

fn caller() -> Mobile {
    Mobile::from_e164("+14165551234").expect("a number")
}

#[tokio::test]
async fn a_text_is_sent_from_our_number_and_reports_to_us() {
    let fake = Fake::start().await;
    let taken = client(&fake, &[]).send_text(&caller(), "é & +1").await;
    assert_eq!(taken.map(|taken| taken.num_segments).ok(), Some(Some(1)));
    let known = fake.known();
    let [text] = &known.texts[..] else {
        panic!("one text, not {:?}", known.texts);
    };
    assert_eq!(
        (text.to.as_str(), text.body.as_str()),
        ("+14165551234", "é & +1")
    );
    assert_eq!(
        text.callback,
        "https://book.bella.example/twilio/sms/status"
    );
}

#[tokio::test]
async fn a_text_whose_answer_was_lost_is_found_again() {
    let fake = Fake::start().await;
    let client = client(&fake, &[]);
    let before = Timestamp::now() - SignedDuration::from_secs(2);
    fake.known().answers.push_back(Answer::Lost);
    let lost = client.send_text(&caller(), "lost").await;
    assert_eq!(lost.map_err(|err| err.verdict()), Err(Verdict::LookFirst));
    let find = |body: &'static str, since| {
        let client = client.clone();
        async move {
            client
                .find_text(&caller(), body, since)
                .await
                .expect("is listed")
        }
    };
    assert!(find("lost", before).await.is_some());
    assert!(find("another", before).await.is_none());
    let later = Timestamp::now() + SignedDuration::from_secs(5);
    assert!(find("lost", later).await.is_none());
    fake.known().texts[0].to = FROM.to_owned();
    assert!(find("lost", before).await.is_none());
}

#[tokio::test]
async fn what_is_refused_says_why_without_the_number() {
    let fake = Fake::start().await;
    let client = client(&fake, &[]);
    for (answer, verdict) in [
        (Answer::Refused(429, 20_429), Verdict::Later),
        (Answer::Refused(400, 21_610), Verdict::OptedOut),
        (Answer::Refused(400, 21_211), Verdict::BadNumber),
        (Answer::Refused(503, 20_503), Verdict::LookFirst),
    ] {
        fake.known().answers.push_back(answer);
        let err = client
            .send_text(&caller(), "x")
            .await
            .expect_err("is refused");
        assert_eq!(err.verdict(), verdict, "{err}");
        assert!(!err.to_string().contains("4165551234"), "{err}");
        assert!(
            err.to_string()
                .contains("https://www.twilio.com/docs/api/errors/"),
            "{err}"
        );
    }
    assert_eq!(fake.known().texts.len(), 0);
}

#[tokio::test]
async fn nobody_there_and_wrong_credentials_are_for_later() {
    let fake = Fake::start().await;
    let nobody = client(&fake, &[("TWILIO_API_BASE", "http://127.0.0.1:1")]);
    let err = nobody.send_text(&caller(), "x").await.expect_err("is away");
    assert_eq!(err.verdict(), Verdict::Later);
    assert!(
        err.to_string()
            .starts_with("send a text: Twilio cannot be reached: "),
        "{err}"
    );
    let stranger = client(&fake, &[("TWILIO_AUTH_TOKEN", "wrong")]);
    let err = stranger
        .send_text(&caller(), "x")
        .await
        .expect_err("is refused");
    assert_eq!((err.verdict(), err.code()), (Verdict::Later, Some(20_003)));
}

#[tokio::test]
async fn a_recording_is_fetched_and_deleted_with_credentials() {
    let fake = Fake::start().await;
    let client = client(&fake, &[]);
    let name = format!("RE{}", "b".repeat(32));
    let sid = RecordingSid::parse(&name).expect("is a name");
    fake.known()
        .recordings
        .insert(name.clone(), (1, b"RIFF".to_vec()));
    let missing = client.recording(&sid).await.expect("is answered");
    assert_eq!(missing, None);
    let there = client.recording(&sid).await.expect("is answered");
    assert_eq!(there.as_deref(), Some(&b"RIFF"[..]));
    fake.known().deletions_fail = 1;
    let failed = client.delete_recording(&sid).await;
    assert_eq!(failed.map_err(|err| err.verdict()), Err(Verdict::LookFirst));
    client.delete_recording(&sid).await.expect("is deleted");
    client.delete_recording(&sid).await.expect("is gone");
    assert_eq!(fake.known().deleted, std::slice::from_ref(&name));
    let huge = vec![0; 1024 * 1024 + 1];
    fake.known().recordings.insert(name, (0, huge));
    let err = client.recording(&sid).await.expect_err("is too much");
    assert!(err.to_string().contains("more than a megabyte"), "{err}");
    assert_eq!(fake.known().strangers, 0);
}

#[tokio::test]
async fn a_call_is_placed_changed_and_asked_for() {
    let fake = Fake::start().await;
    let client = client(&fake, &[]);
    let url = "https://book.bella.example/twilio/voice";
    let call = client.call(&caller(), url).await.expect("is placed");
    assert_eq!((call.status.as_str(), call.duration), ("queued", None));
    let state = client.call_state(&call.sid).await.expect("is known");
    assert_eq!(
        (state.status.as_str(), state.duration),
        ("completed", Some(61))
    );
    let twiml = "<Response/>";
    client
        .change_call(&call.sid, Instead::Twiml(twiml))
        .await
        .expect("is changed");
    client
        .change_call(&call.sid, Instead::HangUp)
        .await
        .expect("is changed");
    let elsewhere = client.call_state("../Messages").await;
    assert!(elsewhere.is_err());
    let known = fake.known();
    assert_eq!(known.calls[0]["Url"], url);
    assert_eq!(known.calls[1]["Twiml"], twiml);
    assert_eq!(known.calls[2]["Status"], "completed");
}

#[tokio::test]
async fn the_command_places_a_call_and_follows_it_to_its_end() {
    let fake = Fake::start().await;
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_bella-service"));
    command
        .args(["call", "--to", "+14165551234"])
        .env_clear()
        .env("TWILIO_ACCOUNT_SID", crate::fake::ACCOUNT)
        .env("TWILIO_AUTH_TOKEN", crate::fake::TOKEN)
        .env("TWILIO_FROM", FROM)
        .env("TWILIO_API_BASE", &fake.base)
        .env("PUBLIC_BASE_URL", "https://book.bella.example");
    let output = command.output().await.expect("runs");
    let sid = format!("CA{:032x}", 1);
    let said = String::from_utf8(output.stdout).expect("is text");
    assert_eq!(said, format!("{sid} queued\n{sid} completed after 61 s\n"));
    assert!(output.status.success());
    let url = fake.known().calls[0]["Url"].clone();
    assert_eq!(url, "https://book.bella.example/twilio/voice");
    let output = command
        .env_remove("TWILIO_FROM")
        .output()
        .await
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
}
