//! A booking by signed HTTP, as Twilio does it; repeated, concurrent, late, from two processes, cut off.

mod support;

use support::{Call, Environment, Service, Stores, Twiml, signed, wire::Wire};

/// What the usual caller answers, question by question.
const ANSWERS: [&str; 3] = ["John Smith", "next Tuesday at 2 PM", "yes"];

async fn service(environment: &Environment) -> Service {
    Service::start(environment).await
}

async fn say(call: &mut Call, text: &str) -> Twiml {
    let answer = call.says(text).await.expect("answers");
    assert_eq!(answer.0.status, 200, "{}", answer.0.body);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_usual_booking_takes_four_webhooks() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let service = service(&environment).await;
    let mut call = Call::new("CA-usual", "+14165551200", &[&service.address]);
    let answer = call.rings().await.expect("answers");
    assert_eq!(
        answer.said(),
        "Hi! I'll help book your appointment. What's your name?"
    );
    let answer = say(&mut call, "John Smith").await;
    assert_eq!(
        answer.said(),
        "Perfect! I have your number as 416-555-1200. When would you like your appointment?"
    );
    let answer = say(&mut call, "tomorrow at 2 PM").await;
    assert_eq!(
        answer.said(),
        "Great! I'll book John Smith for Tuesday, March 10th at 2:00 PM. Should I confirm this?"
    );
    let answer = say(&mut call, "Yes.").await;
    assert_eq!(
        answer.said(),
        "Perfect! Your appointment is booked. You'll receive a text confirmation. Thank you!"
    );
    assert!(answer.hangs_up());
    assert_eq!(environment.count(APPOINTMENTS).await, 1);
    assert_eq!(environment.count(CONFIRMATIONS).await, 1);
}

const APPOINTMENTS: &str = "select count(*) from appointments where status = 'booked'";
const CONFIRMATIONS: &str = "select count(*) from outbox where kind = 'confirmation'";

/// A check of the platform's talks like a caller and leaves nothing that anybody is told or counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_takes_no_time_and_is_told_to_nobody() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let service = service(&environment).await;
    for (sid, from) in [("check-1", "+14165551290"), ("CA-real", "+14165551291")] {
        let mut call = Call::new(sid, from, &[&service.address]);
        call.rings().await.expect("answers");
        let mut last = String::new();
        for answer in ["John Smith", "tomorrow at 2 PM", "yes"] {
            last = say(&mut call, answer).await.said();
        }
        assert!(last.contains("is booked"), "{sid}: {last}");
    }
    let told = "select count(*) from outbox where call_sid = 'check-1'";
    assert_eq!(environment.count(told).await, 0);
    assert_eq!(environment.count(CONFIRMATIONS).await, 1);
    let checks = "select count(*) from appointments where is_test_data and call_sid = 'check-1'";
    assert_eq!(environment.count(checks).await, 1);
    environment
        .until(
            "select count(*) from calls where is_test_data and sid = 'check-1'",
            1,
        )
        .await;
    let metrics = Wire::new(&service.address).get("/metrics").await;
    let metrics = metrics.expect("answers").body;
    assert!(
        metrics.contains("business_appointments_total 1\n"),
        "{metrics}"
    );
}

/// The forms of the seed's own test: nothing but what it sends, and never a turn.
#[tokio::test(flavor = "multi_thread")]
async fn the_seeds_call_flow() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let service = service(&environment).await;
    let mut wire = Wire::new(&service.address);
    let sid = "test_call_123";
    let mut post = async |path: &str, from: &str, extra: &[(&str, &str)]| {
        let (head, body) = signed(path, sid, from, extra);
        let answer = wire.send(&head, &body).await.expect("answers");
        assert_eq!(answer.status, 200);
        answer.body
    };
    let collect = "/twilio/voice/collect";
    let body = post("/twilio/voice", "+14165551234", &[]).await;
    assert!(body.contains("What's your name?"), "{body}");
    let heard = [("SpeechResult", "John Smith")];
    let body = post(collect, "+14165551234", &heard).await;
    assert!(body.contains("I have your number as"), "{body}");
    let heard = [("SpeechResult", "next Tuesday at 2 PM")];
    let body = post(collect, "", &heard).await;
    assert!(body.to_lowercase().contains("confirm"), "{body}");
    let body = post(collect, "", &[("SpeechResult", "yes")]).await;
    assert!(body.contains("booked"), "{body}");
    assert_eq!(environment.count(APPOINTMENTS).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_twilio_is_let_in() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let service = service(&environment).await;
    let mut wire = Wire::new(&service.address);
    for path in [
        "/twilio/voice",
        "/twilio/voice/collect",
        "/twilio/voice/collect?turn=1",
        "/twilio/voice/status",
    ] {
        let (head, body) = signed(path, "CA1", "+14165551202", &[]);
        let unsigned: String = head
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with("X-Twilio-Signature"))
            .collect();
        let altered = format!("{body}&SpeechResult=yes");
        for (head, body) in [(&unsigned, &body), (&head, &altered)] {
            let answer = wire.send(head, body).await.expect("answers");
            assert_eq!(answer.status, 403, "{path}");
            assert!(answer.body.contains("<Reject/>"), "{}", answer.body);
        }
    }
}

/// After every step of a booking, every webhook so far comes again, in any order: nothing changes, and what is said last is
/// said again.
#[tokio::test(flavor = "multi_thread")]
async fn repeated_and_late_webhooks_change_nothing() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let (one, two) = (service(&environment).await, service(&environment).await);
    let mut call = Call::new("CA-repeat", "+14165551203", &[&one.address, &two.address]);
    let mut sent: Vec<(String, Option<&str>)> = vec![("/twilio/voice".to_owned(), None)];
    let mut last = call.rings().await.expect("answers");
    for answer in ANSWERS {
        sent.push((call.action.clone(), Some(answer)));
        last = say(&mut call, answer).await;
        for (path, said) in sent.iter().rev() {
            let extra = said.map(|said| [("SpeechResult", said), ("Confidence", "0.93")]);
            let extra = extra.as_ref().map_or(&[][..], |extra| &extra[..]);
            let again = call.post(path, extra).await.expect("answers");
            assert_eq!(again.0.body, last.0.body, "{path} after {answer}");
        }
    }
    assert!(last.hangs_up());
    assert_eq!(environment.count(APPOINTMENTS).await, 1);
    assert_eq!(environment.count(CONFIRMATIONS).await, 1);
}

/// Every webhook comes eight times at once, to two processes.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_webhooks_of_a_call_get_one_answer() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let services = [service(&environment).await, service(&environment).await];
    let mut path = "/twilio/voice".to_owned();
    for said in [None, Some(ANSWERS[0]), Some(ANSWERS[1]), Some(ANSWERS[2])] {
        let mut asked = tokio::task::JoinSet::new();
        for place in 0..8 {
            let address = services[place % 2].address.clone();
            let path = path.clone();
            asked.spawn(async move {
                let mut call = Call::new("CA-at-once", "+14165551204", &[&address]);
                let extra = said.map(|said| [("SpeechResult", said)]);
                let extra = extra.as_ref().map_or(&[][..], |extra| &extra[..]);
                let answer = call.webhook(&path, extra).await.expect("answers");
                (answer, call.action)
            });
        }
        let answers = asked.join_all().await;
        for (answer, _) in &answers {
            assert_eq!(answer.0.status, 200);
            assert_eq!(answer.0.body, answers[0].0.0.body);
        }
        path.clone_from(&answers[0].1);
    }
    assert_eq!(environment.count(APPOINTMENTS).await, 1);
    assert_eq!(environment.count(CONFIRMATIONS).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_can_go_to_another_process_at_every_webhook() {
    let stores = Stores::shared();
    let shared = stores.environment().await;
    // The second time no Redis listens: then the call travels in the action's URL, sealed.
    let refused = shared.clone().with("REDIS_URL", "redis://127.0.0.1:9");
    let without = shared.clone().without("REDIS_URL");
    for (place, environment) in [shared.clone(), refused, without].into_iter().enumerate() {
        let (one, two) = (service(&environment).await, service(&environment).await);
        let (sid, number) = (format!("CA-moves-{place}"), format!("+1416555125{place}"));
        let mut call = Call::new(&sid, number, &[&one.address, &two.address]);
        call.rings().await.expect("answers");
        let time = format!("next Tuesday at {} AM", 9 + place);
        say(&mut call, "John Smith").await;
        say(&mut call, &time).await;
        assert!(!call.action.contains("John") && !call.action.contains("416"));
        let answer = say(&mut call, "yes").await;
        assert!(
            answer.said().contains("is booked"),
            "{sid}: {}",
            answer.said()
        );
        assert!(call.slowest.as_secs_f64() < 1.0, "{:?}", call.slowest);
    }
    assert_eq!(shared.count(APPOINTMENTS).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_cut_off_goes_on_when_the_same_number_calls() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let service = service(&environment).await;
    let mut call = Call::new("CA-first", "+14165551206", &[&service.address]);
    call.rings().await.expect("answers");
    say(&mut call, "John Smith").await;
    let ended = [("CallStatus", "completed"), ("CallDuration", "12")];
    call.post("/twilio/voice/status", &ended)
        .await
        .expect("answers");
    let mut again = Call::new("CA-second", "+14165551206", &[&service.address]);
    let answer = again.rings().await.expect("answers");
    let said = answer.said();
    assert_eq!(
        said,
        "Hi John Smith, I'm back. When would you like your appointment?"
    );
    say(&mut again, "next Tuesday at 2 PM").await;
    let answer = say(&mut again, "yes").await;
    assert!(answer.said().contains("is booked"), "{}", answer.said());
    // Somebody else's call is nobody's continuation.
    let mut other = Call::new("CA-third", "+14165559876", &[&service.address]);
    let answer = other.rings().await.expect("answers");
    assert!(answer.said().contains("What's your name?"));
}
