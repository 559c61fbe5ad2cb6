//! Texts on their way to Twilio.

use std::time::{Duration, Instant};

use bella_domain::booking::CallSid;
use bella_service::db::CallEnd;
use bella_service::outbox;
use bella_service::tariff::Usage;
use jiff::Timestamp;

use crate::fake::Answer;
use crate::world::{World, caller};

const SENT: &str = "select count(*) from outbox where sent_at is not null";

/// Texts are tried again at once, instead of in seconds.
async fn hurry(world: &World) {
    world
        .execute("update outbox set not_before = now() - interval '1 second', claimed_until = null")
        .await;
    world.app.doorbell.ring();
}

#[tokio::test]
async fn a_text_leaves_at_once_and_is_sent_once_whoever_looks() {
    let mut world = World::new(&[]).await;
    world.send();
    // Nobody looks but when the bell rings, for three seconds.
    tokio::task::yield_now().await;
    let began = Instant::now();
    world.put("confirmation:CA1", "Appointment confirmed").await;
    world.until(SENT, "1").await;
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    world.put("confirmation:CA1", "Appointment confirmed").await;
    let sibling = world.sibling();
    let other = tokio::spawn(outbox::run(sibling.clone()));
    for number in 0..20 {
        world
            .put(&format!("confirmation:{number}"), &format!("text {number}"))
            .await;
    }
    world.until(SENT, "21").await;
    sibling.drain.begin();
    other.await.expect("ends");
    assert_eq!(world.fake.known().texts.len(), 21);
    let segments = world.value("select sum(segments) from outbox").await;
    assert_eq!(segments.as_deref(), Some("21"));
}

#[tokio::test]
async fn what_twilio_cannot_do_now_is_tried_again() {
    let mut world = World::new(&[]).await;
    let refusals = [Answer::Refused(429, 20_429), Answer::Refused(503, 20_503)];
    world.fake.known().answers.extend(refusals);
    world.send();
    world.put("confirmation:CA1", "Appointment confirmed").await;
    for attempts in ["1", "2"] {
        world
            .until(
                "select attempts from outbox where error is not null and claimed_until is null",
                attempts,
            )
            .await;
        assert_eq!(world.fake.known().texts.len(), 0);
        hurry(&world).await;
    }
    world.until(SENT, "1").await;
    assert_eq!(world.fake.known().texts.len(), 1);
}

#[tokio::test]
async fn a_text_whose_answer_was_lost_is_not_sent_twice() {
    let mut world = World::new(&[]).await;
    world.fake.known().answers.push_back(Answer::Lost);
    world.send();
    world.put("confirmation:CA1", "Appointment confirmed").await;
    world
        .until(
            "select attempts from outbox where error is not null and claimed_until is null",
            "1",
        )
        .await;
    hurry(&world).await;
    world.until(SENT, "1").await;
    assert_eq!(world.fake.known().texts.len(), 1);
}

#[tokio::test]
async fn a_process_that_dies_after_sending_leaves_nothing_to_send_twice() {
    let mut world = World::new(&[]).await;
    world.put("confirmation:CA1", "Appointment confirmed").await;
    // The first process took the text, marked it, sent it, and died before it recorded that.
    let [due] = &world.app.database.claim_texts(4).await.expect("is there")[..] else {
        panic!("one text");
    };
    world
        .app
        .database
        .text_leaves(due.id)
        .await
        .expect("is marked");
    world
        .app
        .twilio
        .send_text(&due.to, &due.body)
        .await
        .expect("is sent");
    world.send();
    hurry(&world).await;
    world.until(SENT, "1").await;
    assert_eq!(world.fake.known().texts.len(), 1);
    // Had it died before it sent the text, the text would be sent.
    world.put("confirmation:CA2", "Another").await;
    world.until(SENT, "2").await;
    assert_eq!(world.fake.known().texts.len(), 2);
}

#[tokio::test]
async fn what_can_never_be_sent_is_given_up_with_the_reason() {
    let mut world = World::new(&[]).await;
    world
        .fake
        .known()
        .answers
        .push_back(Answer::Refused(400, 21_211));
    world.send();
    world.put("confirmation:CA1", "Appointment confirmed").await;
    world
        .until(
            "select count(*) from outbox where given_up_at is not null",
            "1",
        )
        .await;
    let error = world
        .value("select error from outbox")
        .await
        .expect("is there");
    assert!(error.contains("error 21211"), "{error}");
    assert!(!error.contains("4165551234"), "{error}");
    let audited = "select count(*) from audit where action = 'text.given_up'";
    assert_eq!(world.value(audited).await.as_deref(), Some("1"));
}

#[tokio::test]
async fn tries_end() {
    let mut world = World::new(&[]).await;
    world.put("confirmation:CA1", "Appointment confirmed").await;
    world.execute("update outbox set attempts = 11").await;
    world
        .fake
        .known()
        .answers
        .push_back(Answer::Refused(500, 20_500));
    world.send();
    world
        .until(
            "select count(*) from outbox where given_up_at is not null",
            "1",
        )
        .await;
}

#[tokio::test]
async fn who_wants_no_texts_gets_none() {
    let mut world = World::new(&[]).await;
    world.books("CA1", 3).await;
    world
        .fake
        .known()
        .answers
        .push_back(Answer::Refused(400, 21_610));
    world.send();
    world.put("confirmation:CA1", "Appointment confirmed").await;
    world
        .until(
            "select count(*) from outbox where given_up_at is not null",
            "1",
        )
        .await;
    let out = "select count(*) from users where opted_out_at is not null";
    assert_eq!(world.value(out).await.as_deref(), Some("1"));
    world.put("confirmation:CA2", "Appointment confirmed").await;
    world
        .until(
            "select count(*) from outbox where given_up_at is not null",
            "2",
        )
        .await;
    assert_eq!(world.fake.known().texts.len(), 0);
    world
        .app
        .database
        .opt_out(&caller(), false)
        .await
        .expect("is noted");
    world.put("confirmation:CA3", "Appointment confirmed").await;
    world.until(SENT, "1").await;
}

#[tokio::test]
async fn reports_of_delivery_are_kept_and_the_last_word_stays() {
    let mut world = World::new(&[]).await;
    world.send();
    world.put("confirmation:CA1", "Appointment confirmed").await;
    world.until(SENT, "1").await;
    let sid = world
        .value("select provider_sid from outbox")
        .await
        .expect("is there");
    for (status, expected) in [
        ("sent", "sent"),
        ("undelivered", "undelivered"),
        ("sent", "undelivered"),
    ] {
        let form = [
            ("MessageSid", sid.as_str()),
            ("MessageStatus", status),
            ("ErrorCode", "30003"),
        ];
        let (answered, _) = world.webhook("/twilio/sms/status", &form).await;
        assert_eq!(answered, 200);
        let kept = world.value("select delivery_status from outbox").await;
        assert_eq!(kept.as_deref(), Some(expected));
    }
    let form = [("MessageSid", sid.as_str()), ("MessageStatus", "delivered")];
    assert_eq!(
        world
            .post("/twilio/sms/status", &form, Some("forged"))
            .await
            .0,
        403
    );
    assert_eq!(world.post("/twilio/sms/status", &form, None).await.0, 403);
}

#[tokio::test]
async fn a_text_that_was_sent_before_its_call_is_logged_is_in_the_calls_cost() {
    let mut world = World::new(&[]).await;
    world.put("early", "Appointment confirmed").await;
    world
        .execute("update outbox set call_sid = 'CAearly'")
        .await;
    world.send();
    world.until(SENT, "1").await;
    let sid = CallSid::read("CAearly").expect("is one");
    let end = CallEnd {
        sid: &sid,
        mobile: None,
        test: false,
        started: Timestamp::now(),
        ended: Timestamp::now(),
        outcome: "booked",
        steps: 4,
        failures: 0,
        transcript: None,
        usage: &Usage::default(),
    };
    world
        .app
        .database
        .call_ended(&end)
        .await
        .expect("is logged");
    let logged = world.value("select micro_usd from calls").await;
    // A segment, and the carriers' fee.
    assert_eq!(logged.as_deref(), Some("15300"));
}
