//! PostgreSQL and Redis are killed, frozen and refused under load: no confirmed booking is lost, every answer comes within a
//! second, and none is an error.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support::{Call, Environment, Service, Stores, Told, converse};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// A test that measures a second of a process must not share the machine with another one.
static ALONE: Mutex<()> = Mutex::const_new(());

/// How many call at the same time.
const CALLERS: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Which {
    Postgres,
    Redis,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// Ended under load, started again under load.
    Killed,
    /// Connections stay open, and nothing is answered.
    Frozen,
    /// Nothing listens from before the first call.
    Refused,
}

/// What a caller who heard "is booked" or "is being processed" relies on.
struct Confirmed {
    sid: String,
    told: Told,
}

impl Fault {
    fn begin(self, which: Which, stores: &mut Stores) {
        match (which, self) {
            (Which::Postgres, Self::Frozen) => stores.postgres.freeze(),
            (Which::Postgres, _) => stores.postgres.kill(),
            (Which::Redis, Self::Frozen) => stores.redis.freeze(),
            (Which::Redis, _) => stores.redis.kill(),
        }
    }

    fn end(self, which: Which, stores: &mut Stores) {
        match (which, self) {
            (Which::Postgres, Self::Frozen) => stores.postgres.thaw(),
            (Which::Postgres, _) => stores.postgres.restart().expect("starts again"),
            (Which::Redis, Self::Frozen) => stores.redis.thaw(),
            (Which::Redis, _) => stores.redis.restart().expect("starts again"),
        }
    }
}

async fn under_load(which: Which, fault: Fault) {
    let mut stores = Stores::own();
    let environment = stores
        .environment()
        .await
        .with("BUSINESS_HOURS", "mon-sun 00:00-24:00");
    let services = [
        Service::start(&environment).await,
        Service::start(&environment).await,
    ];
    if fault == Fault::Refused {
        fault.begin(which, &mut stores);
    }
    let calls = Calls::begin(&services);
    calls.go_on(20).await;
    if fault != Fault::Refused {
        fault.begin(which, &mut stores);
    }
    calls.go_on(20).await;
    fault.end(which, &mut stores);
    calls.go_on(20).await;
    let confirmed = calls.end().await;
    assert!(confirmed.len() > 40, "{} confirmed", confirmed.len());
    if which == Which::Postgres {
        let queued = confirmed.iter().any(|one| one.told == Told::Processed);
        assert!(queued, "nobody was put off: the fault was not met");
    }
    all_are_kept(&environment, &confirmed).await;
}

/// Callers who call again and again, each for a time of their own.
struct Calls {
    calling: JoinSet<Vec<Confirmed>>,
    done: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Calls {
    fn begin(services: &[Service; 2]) -> Self {
        let addresses = services.each_ref().map(|service| service.address.clone());
        let done = Arc::new(AtomicUsize::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let next = Arc::new(AtomicUsize::new(0));
        let mut calling = JoinSet::new();
        for _ in 0..CALLERS {
            let (addresses, next) = (addresses.clone(), Arc::clone(&next));
            let (done, stop) = (Arc::clone(&done), Arc::clone(&stop));
            calling.spawn(async move {
                let addresses = addresses.each_ref().map(String::as_str);
                let mut confirmed = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    confirmed.extend(one(place, &addresses).await);
                    done.fetch_add(1, Ordering::Relaxed);
                }
                confirmed
            });
        }
        Self {
            calling,
            done,
            stop,
        }
    }

    /// Waits for so many more calls.
    async fn go_on(&self, more: usize) {
        let until = self.done.load(Ordering::Relaxed) + more;
        let deadline = Instant::now() + Duration::from_secs(120);
        while self.done.load(Ordering::Relaxed) < until {
            assert!(Instant::now() < deadline, "the calls do not go on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn end(self) -> Vec<Confirmed> {
        self.stop.store(true, Ordering::Relaxed);
        self.calling
            .join_all()
            .await
            .into_iter()
            .flatten()
            .collect()
    }
}

/// One call; what it was promised.
async fn one(place: usize, addresses: &[&str]) -> Option<Confirmed> {
    let sid = format!("CA-chaos-{place}");
    let number = format!("+1416555{:04}", 1000 + place);
    let mut call = Call::new(&sid, number, addresses);
    let told = converse(&mut call, "Ann Lee", &time(place)).await;
    let told = told.unwrap_or_else(|err| panic!("{sid}: {err}"));
    assert!(call.worst == 200, "{sid}: {}", call.worst);
    let slowest = call.slowest;
    assert!(slowest < Duration::from_secs(1), "{sid}: {slowest:?}");
    (told != Told::Nothing).then_some(Confirmed { sid, told })
}

/// A time that no other place has: every half hour from March 11th on.
fn time(place: usize) -> String {
    let first = jiff::civil::date(2026, 3, 11).at(0, 0, 0, 0);
    let minutes = i64::try_from(place).unwrap_or(0) * 30;
    let time = first.saturating_add(jiff::Span::new().minutes(minutes));
    time.strftime("%B %-d at %-I:%M %p").to_string()
}

/// Every promise is kept: an appointment of that call, and one only.
async fn all_are_kept(environment: &Environment, confirmed: &[Confirmed]) {
    let expected: Vec<String> = confirmed.iter().map(|one| one.sid.clone()).collect();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let have = environment.calls_with_appointments().await;
        let missing: Vec<_> = expected.iter().filter(|sid| !have.contains(*sid)).collect();
        if missing.is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "lost: {missing:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let twice =
        "select count(*) - count(distinct starts_at) from appointments where status = 'booked'";
    assert_eq!(environment.count(twice).await, 0);
    let texts =
        "select count(*) - count(distinct call_sid) from outbox where kind = 'confirmation'";
    assert_eq!(environment.count(texts).await, 0);
    let unconfirmed = "select count(*) from appointments a where status = 'booked' and not exists (select 1 from outbox o where o.appointment_id = a.id and o.kind = 'confirmation')";
    assert_eq!(environment.count(unconfirmed).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_store_killed_frozen_and_refused_under_load_loses_no_confirmed_booking() {
    let _alone = ALONE.lock().await;
    for which in [Which::Postgres, Which::Redis] {
        for fault in [Fault::Killed, Fault::Frozen, Fault::Refused] {
            let begun = Instant::now();
            let passed = tokio::spawn(under_load(which, fault)).await;
            assert!(
                passed.is_ok(),
                "{which:?} {fault:?} after {:?}",
                begun.elapsed()
            );
        }
    }
}

/// Neither store can be asked: the caller is told the truth, at once, and nobody is promised anything.
#[tokio::test(flavor = "multi_thread")]
async fn without_both_stores_nothing_is_promised() {
    let _alone = ALONE.lock().await;
    let mut stores = Stores::own();
    let environment = stores.environment().await;
    let service = Service::start(&environment).await;
    stores.postgres.freeze();
    stores.redis.kill();
    let mut call = Call::new("CA-neither", "+14165551234", &[&service.address]);
    let told = converse(&mut call, "Ann Lee", "tomorrow at 2 PM").await;
    assert_eq!(told.expect("answers"), Told::Nothing);
    assert!(call.worst == 200 && call.slowest < Duration::from_secs(1));
    stores.postgres.thaw();
}

/// Two callers are put off for the same time: one is booked, the other is sent a text that says so.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_waiting_bookings_for_one_slot_the_second_is_told_by_text() {
    let _alone = ALONE.lock().await;
    let mut stores = Stores::own();
    let environment = stores.environment().await;
    let service = Service::start(&environment).await;
    stores.postgres.kill();
    for caller in 1..3 {
        let number = format!("+1416555100{caller}");
        let mut call = Call::new(format!("CA-{caller}"), number, &[&service.address]);
        let told = converse(&mut call, "Ann Lee", "tomorrow at 2 PM").await;
        assert_eq!(told.expect("answers"), Told::Processed);
    }
    // Nothing of the callers can be read in Redis.
    let kept = stores.everything_in_redis().await;
    assert!(kept.contains("temp_booking:CA-1"), "{kept}");
    assert!(!kept.contains("Ann") && !kept.contains("5551001"), "{kept}");
    stores.postgres.restart().expect("starts again");
    let booked = "select count(*) from appointments where call_sid = 'CA-1' and status = 'booked'";
    environment.until(booked, 1).await;
    environment
        .until("select count(*) from outbox where kind = 'lost'", 1)
        .await;
    assert_eq!(
        environment.count("select count(*) from appointments").await,
        1
    );
    let confirmed = "select count(*) from outbox where kind = 'confirmation'";
    assert_eq!(environment.count(confirmed).await, 1);
    stores.until_nothing_waits().await;
}
