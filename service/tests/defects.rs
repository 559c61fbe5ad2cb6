//! What went wrong with the service's predecessor, each proven absent by a call.

mod support;

use support::{Call, Environment, Service, Stores, Told, Twiml, converse};

struct Desk {
    service: Service,
    environment: Environment,
    calls: u32,
}

impl Desk {
    async fn open(stores: &Stores) -> Self {
        let environment = stores.environment().await;
        Self {
            service: Service::start(&environment).await,
            environment,
            calls: 0,
        }
    }

    fn call(&mut self, from: &str) -> Call {
        self.calls += 1;
        // Tests share a Redis: the port tells their calls apart.
        let port = self.service.address.rsplit(':').next().unwrap_or_default();
        let sid = format!("CA-{port}-{}", self.calls);
        Call::new(sid, from, &[&self.service.address])
    }

    async fn appointments(&self) -> i64 {
        self.environment
            .count("select count(*) from appointments where status = 'booked'")
            .await
    }
}

async fn say(call: &mut Call, text: &str) -> Twiml {
    call.says(text).await.expect("answers")
}

/// Rings and says each of these; the last answer.
async fn after(call: &mut Call, said: &[&str]) -> Twiml {
    let mut answer = call.rings().await.expect("answers");
    for text in said {
        answer = say(call, text).await;
    }
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_number_is_read_back_as_it_is_and_belongs_to_one_person() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    let mut call = desk.call("+14035550188");
    let answer = after(&mut call, &["John Smith"]).await;
    assert!(answer.said().contains("403-555-0188"), "{}", answer.said());
    let mut ann = desk.call("+17805550120");
    let told = converse(&mut ann, "Ann Lee", "tomorrow at 2 PM").await;
    assert_eq!(told.expect("answers"), Told::Booked);
    // One digit apart is somebody else.
    let answer = after(&mut desk.call("+17805550127"), &[]).await;
    assert!(!answer.said().contains("Ann"), "{}", answer.said());
    let answer = after(&mut desk.call("+17805550120"), &[]).await;
    assert!(answer.said().contains("Ann"), "{}", answer.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_number_is_not_mangled() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    let mut call = desk.call("+447911123456");
    let answer = after(&mut call, &["John Smith"]).await;
    assert!(!answer.said().contains("447-911"), "{}", answer.said());
    assert!(answer.said().contains("number"), "{}", answer.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_unambiguous_yes_books() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    for (place, doubt) in [
        "I'm not sure",
        "no don't book it",
        "incorrect",
        "that's not right",
        "not yet",
        "no yes I mean no",
        "maybe",
        "I don't know",
        "yes but not at that time",
    ]
    .into_iter()
    .enumerate()
    {
        let mut call = desk.call(&format!("+1416555{:04}", 2000 + place));
        let answer = after(&mut call, &["John Smith", "tomorrow at 2 PM", doubt]).await;
        assert!(
            !answer.said().contains("is booked."),
            "{doubt}: {}",
            answer.said()
        );
    }
    assert_eq!(desk.appointments().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_taken_as_they_are() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    for (place, name) in [
        "Noah Thiessen",
        "Whitney Brown",
        "Chima Okafor",
        "Sinead O'Connor",
        "Jean-Pierre Dubois",
    ]
    .into_iter()
    .enumerate()
    {
        let mut call = desk.call(&format!("+1416555{:04}", 3000 + place));
        let mut answer = after(&mut call, &[name]).await;
        if answer.said().contains("Is that correct?") {
            assert!(answer.said().contains(name), "{}", answer.said());
            answer = say(&mut call, "yes").await;
        }
        assert!(
            answer.said().contains("416-555-3"),
            "{name}: {}",
            answer.said()
        );
        let answer = say(&mut call, "tomorrow at 2 PM").await;
        let expected = format!("I'll book {name} for");
        assert!(answer.said().contains(&expected), "{}", answer.said());
    }
    for other in ["yes", "can you book an appointment", "next Tuesday at 2 PM"] {
        let mut call = desk.call(&format!("+1416555{:04}", 3900 + other.len()));
        let answer = after(&mut call, &[other]).await;
        assert!(
            answer.said().contains("name?"),
            "{other}: {}",
            answer.said()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_callers_cannot_have_one_slot() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    let (mut one, mut two) = (desk.call("+14165554001"), desk.call("+14165554002"));
    let said = ["Ann Lee", "tomorrow at 2 PM"];
    after(&mut one, &said).await;
    after(&mut two, &said).await;
    let (one, two) = tokio::join!(say(&mut one, "yes"), say(&mut two, "yes"));
    let booked = [one, two].map(|answer| answer.said().contains("is booked."));
    assert_eq!(booked.into_iter().filter(|booked| *booked).count(), 1);
    assert_eq!(desk.appointments().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_what_they_say() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    // It is Monday, March 9th.
    for (place, (said, meant)) in [
        (
            "the day after tomorrow at noon",
            "Wednesday, March 11th at 12:00 PM",
        ),
        ("tomorrow at two PM", "Tuesday, March 10th at 2:00 PM"),
        (
            "tomorrow at half past two",
            "Tuesday, March 10th at 2:30 PM",
        ),
        ("tomorrow at 2", "Tuesday, March 10th at 2:00 PM"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut call = desk.call(&format!("+1416555{:04}", 5000 + place));
        let answer = after(&mut call, &["John Smith", said]).await;
        assert!(answer.said().contains(meant), "{said}: {}", answer.said());
    }
    // 17:00 is the end of the day, not the beginning of an appointment.
    let answer = after(
        &mut desk.call("+14165555999"),
        &["John Smith", "tomorrow at 5 PM"],
    )
    .await;
    assert!(!answer.said().contains("I'll book"), "{}", answer.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_caller_says_is_never_markup() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    for (place, hostile) in [
        "</Say><Dial>+19005550100</Dial><Say>",
        "Smith & Sons",
        "my name is <Redirect>http://evil.example</Redirect>",
        "]]><Hangup/>",
        "\u{0}\u{b}\u{fffe}John\u{202e} Smith",
    ]
    .into_iter()
    .enumerate()
    {
        let number = format!("+1416555{:04}", 6000 + place);
        let mut call = desk.call(&number);
        let mut answer = call.rings().await.expect("answers");
        for _ in 0..3 {
            // Parsing it is the proof that it is XML.
            let office = answer.dials().is_none_or(|number| number == "+14165550199");
            assert!(office && !answer.hangs_up(), "{}", answer.0.body);
            assert!(!answer.0.body.contains("evil.example</Redirect>"));
            if answer.ends() {
                break;
            }
            answer = say(&mut call, hostile).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_a_number_is_asked_for_one() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    for from in ["", "anonymous", "+266696687", "Restricted"] {
        let mut call = desk.call(from);
        let answer = after(&mut call, &["John Smith"]).await;
        assert!(
            answer.said().contains("number"),
            "{from}: {}",
            answer.said()
        );
        let answer = say(
            &mut call,
            "four one six five five five double one two three",
        )
        .await;
        assert!(
            answer.said().contains("416-555-1123"),
            "{from}: {}",
            answer.said()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_not_transferred_at_once_and_does_not_go_on_for_ever() {
    let stores = Stores::shared();
    let mut desk = Desk::open(&stores).await;
    let mut call = desk.call("+14165557001");
    call.rings().await.expect("answers");
    for expected in [
        "I didn't catch that. Could you please repeat?",
        "I'm having trouble understanding. Could you speak slowly and clearly?",
    ] {
        let answer = call.is_silent().await.expect("answers");
        assert!(answer.said().starts_with(expected), "{}", answer.said());
        assert_eq!(answer.dials(), None);
    }
    let answer = call.is_silent().await.expect("answers");
    let expected = "I'm having technical difficulties. Let me connect you to our office.";
    assert_eq!(answer.said(), expected);
    assert_eq!(answer.dials().as_deref(), Some("+14165550199"));
}
