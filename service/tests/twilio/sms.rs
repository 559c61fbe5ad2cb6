//! Texts that come in.

use crate::fake::FROM;
use crate::world::World;

const STATUS: &str = "select status from appointments order by starts_at limit 1";

fn message(twiml: &str) -> &str {
    let (_, rest) = twiml
        .split_once("<Message>")
        .unwrap_or_else(|| panic!("{twiml}"));
    rest.split_once("</Message>").expect("is closed").0
}

#[tokio::test]
async fn confirm_confirms_the_next_appointment() {
    let world = World::new(&[]).await;
    let start = world.books("CA1", 3).await;
    world.books("CA2", 5).await;
    let answer = world.text("SM1", "Confirm").await;
    let when = start.strftime("%a %b %-d, %-I:%M %p");
    assert_eq!(
        message(&answer),
        format!("Confirmed: {when}. See you then.")
    );
    assert_eq!(world.value(STATUS).await.as_deref(), Some("confirmed"));
    let others = world
        .value("select count(*) from appointments where status = 'booked'")
        .await;
    assert_eq!(others.as_deref(), Some("1"));
    let audited = "select actor || ' ' || action from audit order by id desc limit 1";
    assert_eq!(
        world.value(audited).await.as_deref(),
        Some("texter appointment.marked")
    );
}

#[tokio::test]
async fn cancel_frees_the_time_and_a_repeated_webhook_cancels_nothing_more() {
    let world = World::new(&[]).await;
    let start = world.books("CA1", 3).await;
    world.books("CA2", 5).await;
    let answer = world.text("SM1", "CANCEL IT").await;
    let when = start.strftime("%a %b %-d, %-I:%M %p");
    assert_eq!(
        message(&answer),
        format!("Appointment cancelled: {when}. Call us to book again.")
    );
    for _ in 0..3 {
        assert_eq!(world.text("SM1", "CANCEL IT").await, answer);
    }
    let cancelled = "select count(*) from appointments where status = 'cancelled'";
    assert_eq!(world.value(cancelled).await.as_deref(), Some("1"));
    world.books("CA3", 3).await;
    let answers = tokio::join!(world.text("SM2", "cancel"), world.text("SM2", "cancel"));
    assert!(answers.0.contains("cancelled") || answers.1.contains("cancelled"));
    assert_eq!(world.value(cancelled).await.as_deref(), Some("2"));
}

#[tokio::test]
async fn without_an_appointment_it_is_said_so() {
    let world = World::new(&[]).await;
    for (sid, body) in [("SM1", "CONFIRM"), ("SM2", "CANCEL")] {
        let answer = world.text(sid, body).await;
        assert_eq!(
            message(&answer),
            "You have no appointment coming up. Call us to book one."
        );
    }
    world.books("CA1", 3).await;
    let stranger = world.text_from("+14165559999", "SM3", "CANCEL").await;
    assert!(
        message(&stranger).starts_with("You have no appointment"),
        "{stranger}"
    );
    assert_eq!(world.value(STATUS).await.as_deref(), Some("booked"));
}

#[tokio::test]
async fn stop_and_start_are_noted_and_left_to_twilio_to_answer() {
    let world = World::new(&[]).await;
    world.books("CA1", 3).await;
    let out = "select opted_out_at is not null from users";
    for (sid, body, opted_out) in [("SM1", "STOP", "true"), ("SM2", "start", "false")] {
        let answer = world.text(sid, body).await;
        assert!(!answer.contains("<Message>"), "{answer}");
        assert_eq!(world.value(out).await.as_deref(), Some(opted_out));
    }
    // In a messaging service Twilio says what it took a bare CANCEL for: both are true then.
    let form = [
        ("MessageSid", "SM3"),
        ("From", crate::world::CALLER),
        ("Body", "Cancel"),
        ("OptOutType", "STOP"),
    ];
    let (status, _) = world.webhook("/twilio/sms", &form).await;
    assert_eq!(status, 200);
    assert_eq!(world.value(out).await.as_deref(), Some("true"));
    assert_eq!(world.value(STATUS).await.as_deref(), Some("cancelled"));
}

#[tokio::test]
async fn help_is_the_answer_to_what_is_not_understood() {
    let world = World::new(&[]).await;
    for (sid, body) in [
        ("SM1", "HELP"),
        ("SM2", "what?"),
        ("SM3", ""),
        ("SM4", "4"),
        ("SM5", "don't cancel"),
    ] {
        let answer = world.text(sid, body).await;
        assert!(
            message(&answer).starts_with("Reply CONFIRM to confirm"),
            "{answer}"
        );
        assert!(answer.contains(FROM), "{answer}");
    }
}

#[tokio::test]
async fn a_number_answers_an_open_question() {
    let world = World::new(&[]).await;
    world.books("CA1", 3).await;
    let id = world
        .value("select id from appointments")
        .await
        .expect("is there");
    let asked = world
        .app
        .database
        .rating_asked(id.parse().expect("an id"))
        .await;
    assert_eq!(asked, Ok(true));
    let answer = world.text("SM1", "4").await;
    assert_eq!(message(&answer), "Thank you for your answer.");
    assert_eq!(
        world.value("select score from ratings").await.as_deref(),
        Some("4")
    );
    let answer = world.text("SM2", "5").await;
    assert!(message(&answer).starts_with("Reply CONFIRM"), "{answer}");
}

#[tokio::test]
async fn without_the_database_it_is_said_so_within_a_second() {
    let world = World::new(&[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")]).await;
    let began = std::time::Instant::now();
    let answer = world.text("SM1", "CANCEL").await;
    assert!(began.elapsed() < std::time::Duration::from_secs(1));
    assert!(
        message(&answer).starts_with("Sorry, we cannot look up"),
        "{answer}"
    );
}

#[tokio::test]
async fn forged_texts_are_refused() {
    let world = World::new(&[]).await;
    world.books("CA1", 3).await;
    let form = [
        ("MessageSid", "SM1"),
        ("From", crate::world::CALLER),
        ("Body", "CANCEL"),
    ];
    for signature in [None, Some(""), Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")] {
        let (status, body) = world.post("/twilio/sms", &form, signature).await;
        assert_eq!(status, 403);
        assert!(body.ends_with("<Response><Reject/></Response>"), "{body}");
    }
    assert_eq!(world.value(STATUS).await.as_deref(), Some("booked"));
}
