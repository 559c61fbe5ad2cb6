//! A thousand callers want ten times, all at once.

mod support;

use std::sync::Arc;

use support::{Call, Service, Stores, Told, converse};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CALLERS: usize = 1000;

/// The ten times, all of tomorrow.
const TIMES: [&str; 10] = [
    "9 AM", "9:30 AM", "10 AM", "10:30 AM", "11 AM", "11:30 AM", "12 PM", "1 PM", "1:30 PM", "2 PM",
];

fn caller(place: usize, addresses: &[&str]) -> Call {
    let number = format!("+1647555{:04}", 1000 + place);
    Call::new(format!("CA-race-{place}"), number, addresses)
}

fn time(place: usize) -> String {
    format!("tomorrow at {}", TIMES[place % TIMES.len()])
}

/// Everybody is read back a time that is free; only then all of them say yes.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_callers_racing_for_ten_slots_book_exactly_ten() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let services = [
        Service::start(&environment).await,
        Service::start(&environment).await,
    ];
    let addresses = services.each_ref().map(|service| service.address.clone());
    let at_once = Arc::new(Semaphore::new(50));
    let mut asking = JoinSet::new();
    for place in 0..CALLERS {
        let (addresses, at_once) = (addresses.clone(), Arc::clone(&at_once));
        asking.spawn(async move {
            let _turn = at_once.acquire().await.expect("is open");
            let mut call = caller(place, &addresses.each_ref().map(String::as_str));
            call.rings().await.expect("answers");
            call.says("Ann Lee").await.expect("answers");
            let answer = call.says(&time(place)).await.expect("answers");
            assert!(answer.said().contains("confirm"), "{}", answer.said());
            call.disconnects();
            call
        });
    }
    let calls = asking.join_all().await;
    let at_once = Arc::new(Semaphore::new(200));
    let mut confirming = JoinSet::new();
    for mut call in calls {
        let at_once = Arc::clone(&at_once);
        confirming.spawn(async move {
            let _turn = at_once.acquire().await.expect("is open");
            let answer = call.says("yes").await.expect("answers");
            assert_eq!(answer.0.status, 200);
            let booked = answer.said().contains("Your appointment is booked.");
            let waits = answer.said().contains("being processed");
            assert!(
                booked || waits || answer.said().contains("taken"),
                "{}",
                answer.said()
            );
            booked
        });
    }
    let told = confirming.join_all().await;
    let booked = told.into_iter().filter(|booked| *booked).count();
    let live = "select count(*) from appointments where status = 'booked'";
    let slots = "select count(distinct starts_at) from appointments where status = 'booked'";
    // Whoever was put off while the database was busy has been booked or told so by text by then.
    environment.until(live, 10).await;
    assert_eq!(environment.count(slots).await, 10);
    assert!(booked <= 10, "{booked} were told that they have one");
    let confirmed = "select count(*) from outbox where kind = 'confirmation'";
    assert_eq!(environment.count(confirmed).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_the_slot_taken_is_offered_the_two_nearest() {
    let stores = Stores::shared();
    let environment = stores.environment().await;
    let service = Service::start(&environment).await;
    let mut first = Call::new("CA-taken-1", "+14165559001", &[&service.address]);
    let told = converse(&mut first, "Ann Lee", "tomorrow at 2 PM").await;
    assert_eq!(told.expect("answers"), Told::Booked);
    let mut second = Call::new("CA-taken-2", "+14165559002", &[&service.address]);
    second.rings().await.expect("answers");
    second.says("Bob Ray").await.expect("answers");
    let answer = second.says("tomorrow at 2 PM").await.expect("answers");
    let said = answer.said();
    assert!(
        said.contains("1:30 PM") && said.contains("2:30 PM"),
        "{said}"
    );
    let answer = second.says("the second one").await.expect("answers");
    assert!(answer.said().contains("2:30 PM"), "{}", answer.said());
    let answer = second.says("yes").await.expect("answers");
    assert!(answer.said().contains("is booked"), "{}", answer.said());
}
