//! The database: bookings that never overlap, and changes.

mod data;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bella_service::db::{Actor, BookError, ChangeError, Filter, NewAppointment, Status};
use data::{Store, at, booking, mobile, name, text};
use jiff::tz::TimeZone;
use tokio::task::JoinSet;

#[tokio::test]
async fn a_booking_is_there_with_its_person_and_its_text() {
    let store = Store::new().await;
    let db = store.database();
    assert_eq!(db.caller(&mobile(1)).await, Ok(None));
    let booked = db
        .book(
            &booking(1, "2026-12-01T14:00Z"),
            &[text("confirmation:1", 1)],
        )
        .await
        .expect("books");
    assert_eq!(
        (booked.start, booked.minutes),
        (at("2026-12-01T14:00Z"), 30)
    );
    let caller = db
        .caller(&mobile(1))
        .await
        .expect("answers")
        .expect("is known");
    assert_eq!(caller.name, name(1));
    let next = caller.next.expect("has an appointment");
    assert_eq!(next.id.0, booked.id.to_string());
    assert_eq!(
        next.start.to_string(),
        "2026-12-01T09:00:00-05:00[America/Toronto]"
    );
    let row = db
        .appointment(booked.id)
        .await
        .expect("answers")
        .expect("is there");
    assert_eq!((row.name, row.mobile), (Some(name(1)), Some(mobile(1))));
    assert_eq!(
        (row.status, row.call.as_deref()),
        (Status::Booked, Some("CA1"))
    );
    let due = db.claim_texts(10).await.expect("answers");
    assert_eq!(due.len(), 1);
    assert_eq!(
        (&due[0].to, due[0].body.as_str()),
        (&mobile(1), "text confirmation:1")
    );
    assert_eq!(due[0].appointment, Some(booked.id));
    assert_eq!(store.count("audit").await, 1);
}

#[tokio::test]
async fn a_repeat_from_the_same_call_is_the_same_booking() {
    let store = Store::new().await;
    let db = store.database();
    let wanted = booking(1, "2026-12-01T14:00Z");
    let first = db
        .book(&wanted, &[text("confirmation:1", 1)])
        .await
        .expect("books");
    assert!(!first.repeated);
    let again = db
        .book(&wanted, &[text("confirmation:1", 1)])
        .await
        .expect("repeats");
    assert_eq!((again.id, again.repeated), (first.id, true));
    let other = db.book(&booking(1, "2026-12-01T15:00Z"), &[]).await;
    assert_eq!(other, Err(BookError::OtherTime(again.clone())));
    db.move_to(Actor::Caller, first.id, (at("2026-12-02T14:00Z"), 30), &[])
        .await
        .expect("moves");
    let moved = db.book(&wanted, &[]).await.expect("repeats");
    assert_eq!((moved.id, moved.start), (first.id, at("2026-12-02T14:00Z")));
    for table in ["appointments", "users", "outbox"] {
        assert_eq!(store.count(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn a_repeat_at_the_same_moment_books_once() {
    let store = Store::new().await;
    let db = store.database();
    let mut tries = JoinSet::new();
    for _ in 0..20 {
        let db = db.clone();
        tries.spawn(async move {
            db.book(&booking(1, "2026-12-01T14:00Z"), &[text("c", 1)])
                .await
        });
    }
    let booked = tries.join_all().await;
    let ids: BTreeSet<_> = booked
        .iter()
        .map(|one| one.as_ref().expect("books").id)
        .collect();
    assert_eq!(ids.len(), 1);
    let new = booked
        .iter()
        .filter(|one| !one.as_ref().expect("books").repeated);
    assert_eq!(new.count(), 1);
    assert_eq!(
        (
            store.count("appointments").await,
            store.count("outbox").await
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn an_overlap_is_taken_and_writes_nothing() {
    let store = Store::new().await;
    let db = store.database();
    let first = db
        .book(&booking(1, "2026-12-01T14:00Z"), &[])
        .await
        .expect("books");
    for (caller, start) in [
        (2, "2026-12-01T14:00Z"),
        (3, "2026-12-01T13:31Z"),
        (4, "2026-12-01T14:29Z"),
    ] {
        let taken = db.book(&booking(caller, start), &[text("t", caller)]).await;
        assert_eq!(taken, Err(BookError::Taken), "{start}");
    }
    assert_eq!(
        (store.count("users").await, store.count("outbox").await),
        (1, 0)
    );
    for (caller, start) in [(5, "2026-12-01T13:30Z"), (6, "2026-12-01T14:30Z")] {
        db.book(&booking(caller, start), &[])
            .await
            .expect("touches only");
    }
    db.cancel(Actor::Caller, first.id, &[])
        .await
        .expect("cancels");
    db.book(&booking(7, "2026-12-01T14:00Z"), &[])
        .await
        .expect("is free again");
}

#[tokio::test]
async fn no_sql_can_book_twice() {
    let store = Store::new().await;
    let db = store.database();
    db.book(&booking(1, "2026-12-01T14:00Z"), &[])
        .await
        .expect("books");
    let insert = "insert into appointments (id, user_id, starts_at, ends_at, booked_for, created_at, modified_at)
        select gen_random_uuid(), user_id, starts_at, ends_at, starts_at, now(), now() from appointments";
    assert_eq!(store.refused(insert).await, "23P01");
    let minutes = "update appointments set minutes = 5";
    assert_eq!(store.refused(minutes).await, "428C9");
}

#[tokio::test]
async fn test_data_takes_no_time_from_anybody_but_itself() {
    let store = Store::new().await;
    let db = store.database();
    let mut trial = booking(1, "2026-12-01T14:00Z");
    trial.test = true;
    db.book(&trial, &[]).await.expect("books");
    db.book(&booking(2, "2026-12-01T14:00Z"), &[])
        .await
        .expect("books");
    let mut other = booking(3, "2026-12-01T14:00Z");
    other.test = true;
    assert_eq!(db.book(&other, &[]).await, Err(BookError::Taken));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_callers_race_for_ten_slots_and_ten_book() {
    let store = Store::new().await;
    let db = store.database();
    let slots: Vec<String> = (0..10)
        .map(|slot| format!("2026-12-01T{:02}:{:02}Z", 14 + slot / 2, slot % 2 * 30))
        .collect();
    let slots = Arc::new(slots);
    let taken = Arc::new(AtomicUsize::new(0));
    let mut callers = JoinSet::new();
    for caller in 0..1_000_u32 {
        let (db, slots, taken) = (db.clone(), slots.clone(), taken.clone());
        callers.spawn(async move {
            let wanted = booking(caller, &slots[caller as usize % 10]);
            loop {
                match db
                    .book(&wanted, &[text(&format!("c{caller}"), caller)])
                    .await
                {
                    Ok(booked) => break Some(booked.start),
                    Err(BookError::Taken) => {
                        taken.fetch_add(1, Ordering::Relaxed);
                        break None;
                    }
                    // A thousand at once do not fit into eight connections: the same call asks again.
                    Err(BookError::Database(err)) if err.is_away() => {}
                    Err(err) => panic!("{err}"),
                }
            }
        });
    }
    let starts: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
    let different: BTreeSet<_> = starts.iter().collect();
    assert_eq!((starts.len(), different.len()), (10, 10));
    assert_eq!(taken.load(Ordering::Relaxed), 990);
    assert_eq!(
        (
            store.count("appointments").await,
            store.count("outbox").await
        ),
        (10, 10)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_race_like_bookings() {
    let store = Store::new().await;
    let db = store.database();
    let mut ids = Vec::new();
    for caller in 0..20 {
        let start = format!("2026-12-{:02}T10:00Z", caller + 1);
        ids.push(
            db.book(&booking(caller, &start), &[])
                .await
                .expect("books")
                .id,
        );
    }
    let mut moves = JoinSet::new();
    for id in ids {
        let db = db.clone();
        moves.spawn(async move {
            db.move_to(Actor::Admin, id, (at("2027-01-05T15:00Z"), 30), &[])
                .await
        });
    }
    let mut done = 0;
    for moved in moves.join_all().await {
        match moved {
            Ok(_) => done += 1,
            Err(err) => assert_eq!(err, ChangeError::Taken),
        }
    }
    assert_eq!(done, 1);
}

#[tokio::test]
async fn an_appointment_is_moved_marked_noted_and_cancelled() {
    let store = Store::new().await;
    let db = store.database();
    let one = db
        .book(&booking(1, "2026-12-01T14:00Z"), &[])
        .await
        .expect("books")
        .id;
    let two = db
        .book(&booking(2, "2026-12-01T15:00Z"), &[])
        .await
        .expect("books")
        .id;
    let taken = db
        .move_to(
            Actor::Api,
            one,
            (at("2026-12-01T15:15Z"), 30),
            &[text("m", 1)],
        )
        .await;
    assert_eq!(taken, Err(ChangeError::Taken));
    db.set_status(Actor::Texter, one, Status::Confirmed, &[])
        .await
        .expect("confirms");
    let moved = db
        .move_to(
            Actor::Api,
            one,
            (at("2026-12-01T14:15Z"), 45),
            &[text("m", 1)],
        )
        .await;
    assert!(!moved.expect("moves into its own time").repeated);
    let again = db
        .move_to(
            Actor::Api,
            one,
            (at("2026-12-01T14:15Z"), 45),
            &[text("m", 1)],
        )
        .await;
    assert!(again.expect("is there").repeated);
    db.set_notes(Actor::Admin, one, "left knee")
        .await
        .expect("notes");
    let row = db
        .appointment(one)
        .await
        .expect("answers")
        .expect("is there");
    assert_eq!(
        (row.start, row.minutes, row.moves),
        (at("2026-12-01T14:15Z"), 45, 1)
    );
    assert_eq!(
        (row.status, row.notes.as_deref()),
        (Status::Booked, Some("left knee"))
    );
    db.set_status(Actor::Admin, one, Status::NoShow, &[])
        .await
        .expect("marks");
    db.book(&booking(3, "2026-12-01T14:15Z"), &[])
        .await
        .expect("its time is free");
    let back = db
        .set_status(Actor::Admin, one, Status::Completed, &[])
        .await;
    assert_eq!(back, Err(ChangeError::Taken));
    assert!(
        !db.cancel(Actor::Caller, two, &[])
            .await
            .expect("cancels")
            .repeated
    );
    assert!(
        db.cancel(Actor::Caller, two, &[])
            .await
            .expect("is cancelled")
            .repeated
    );
    for gone in [
        db.set_status(Actor::Admin, two, Status::Booked, &[]).await,
        db.move_to(Actor::Admin, two, (at("2026-12-05T14:15Z"), 45), &[])
            .await,
        db.cancel(Actor::Admin, uuid::Uuid::nil(), &[]).await,
    ] {
        assert_eq!(gone, Err(ChangeError::Gone));
    }
    assert_eq!(store.count("outbox").await, 1);
}

#[tokio::test]
async fn free_times_are_told_in_the_order_asked() {
    let store = Store::new().await;
    let db = store.database();
    db.book(&booking(1, "2026-12-01T14:00Z"), &[])
        .await
        .expect("books");
    let zone = TimeZone::get("America/Toronto").expect("a zone");
    let asked = ["14:00", "14:30", "13:30", "13:45", "15:00"]
        .map(|time| at(&format!("2026-12-01T{time}Z")).to_zoned(zone.clone()));
    let free = db
        .nearest_free(asked.clone().into_iter(), 30, 2, false)
        .await
        .expect("answers");
    assert_eq!(free, [asked[1].clone(), asked[2].clone()]);
    let hour = db
        .nearest_free(asked.clone().into_iter(), 60, 9, false)
        .await
        .expect("answers");
    assert_eq!(hour, [asked[1].clone(), asked[4].clone()]);
    let adjoins: Vec<bool> = db
        .free_slots(asked.clone().into_iter(), 30, 9, false)
        .await
        .expect("answers")
        .into_iter()
        .map(|slot| slot.adjoins)
        .collect();
    // 14:30 follows the appointment, 13:30 ends where it begins, 15:00 is by itself.
    assert_eq!(adjoins, [true, true, false]);
    let trial = db
        .nearest_free(asked.into_iter(), 30, 9, true)
        .await
        .expect("answers");
    assert_eq!(trial.len(), 5);
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let store = Store::new().await;
    let db = store.database();
    for caller in 1..=5 {
        let made = NewAppointment {
            name: name(caller),
            mobile: mobile(caller % 2),
            start: at(&format!("2026-12-0{caller}T14:00Z")),
            minutes: 30,
            notes: None,
            test: caller == 5,
        };
        db.create(Actor::Api, &made, &[]).await.expect("makes");
    }
    let days = |rows: Vec<bella_service::db::AppointmentRow>| -> Vec<i8> {
        rows.iter()
            .map(|row| row.start.to_zoned(TimeZone::UTC).day())
            .collect()
    };
    let list =
        async |filter: Filter, limit| days(db.appointments(&filter, limit).await.expect("lists"));
    assert_eq!(list(Filter::default(), 100).await, [1, 2, 3, 4, 5]);
    let page = db.appointments(&Filter::default(), 2).await.expect("lists");
    let after = page.last().map(|row| (row.start, row.id));
    assert_eq!(
        list(
            Filter {
                after,
                ..Filter::default()
            },
            2
        )
        .await,
        [3, 4]
    );
    let between = Filter {
        from: Some(at("2026-12-02T14:10Z")),
        to: Some(at("2026-12-04T14:00Z")),
        ..Filter::default()
    };
    assert_eq!(list(between, 100).await, [2, 3]);
    assert_eq!(
        list(
            Filter {
                mobile: Some(mobile(1)),
                ..Filter::default()
            },
            100
        )
        .await,
        [1, 3, 5]
    );
    assert_eq!(
        list(
            Filter {
                test: Some(true),
                ..Filter::default()
            },
            100
        )
        .await,
        [5]
    );
    assert_eq!(
        list(
            Filter {
                status: Some(Status::Cancelled),
                ..Filter::default()
            },
            100
        )
        .await,
        [0_i8; 0]
    );
}
