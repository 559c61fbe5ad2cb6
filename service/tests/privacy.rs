//! Personal data: sealed at rest, given out, forgotten, kept no longer than it may be, and sealed anew.

mod data;

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;

use bella_domain::booking::CallSid;
use bella_service::db::{Actor, CallEnd, Database, DbError, Filter, Status};
use bella_service::privacy::retention::{Ran, Report, run};
use bella_service::privacy::{Deleted, Erased, Recordings, Vault, rotate};
use bella_service::tariff::Usage;
use data::{KEYS, NOW, Store, at, booking, mobile, name, text};

const NEWER: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

/// A carrier that deletes recordings, or refuses those that a test names.
#[derive(Default)]
struct Carrier {
    deleted: Mutex<Vec<String>>,
    refuses: BTreeSet<&'static str>,
}

impl Recordings for Carrier {
    type Error = String;

    async fn delete(&self, sid: &str) -> Result<(), String> {
        if self.refuses.contains(sid) {
            return Err("busy".to_owned());
        }
        self.deleted
            .lock()
            .expect("not poisoned")
            .push(sid.to_owned());
        Ok(())
    }
}

/// A person with an appointment, a note, a call that was transcribed and recorded, and a text.
async fn live_through(db: &Database, person: u32, start: &str) {
    let wanted = booking(person, start);
    let booked = db
        .book(&wanted, &[text(&format!("c{person}"), person)])
        .await
        .expect("books");
    let note = format!("note of {}", name(person).as_str());
    db.set_notes(Actor::Admin, booked.id, &note)
        .await
        .expect("notes");
    let said = format!("{} 416 555 {}", name(person).as_str(), 1_000 + person);
    let call = CallEnd {
        sid: &wanted.call,
        mobile: Some(&wanted.mobile),
        test: false,
        started: at(NOW),
        ended: at(NOW),
        outcome: "booked",
        steps: 4,
        failures: 0,
        transcript: Some(&said),
        usage: &Usage::default(),
    };
    db.call_ended(&call).await.expect("logs");
    let recording = format!("RE{person}");
    db.recording_made(&recording, wanted.call.as_str())
        .await
        .expect("notes");
}

#[tokio::test]
async fn nothing_that_is_stored_tells_a_name_or_a_number() {
    let store = Store::new().await;
    let db = store.database();
    for person in 1..=20 {
        live_through(&db, person, &format!("2026-12-{person:02}T14:00Z")).await;
    }
    let answer = format!("{} {}", name(1).as_str(), mobile(1).e164());
    db.begin_once("key", b"hash").await.expect("begins");
    db.finish_once("key", 201, answer.as_bytes())
        .await
        .expect("keeps");
    db.answer("SM1", &answer).await.expect("keeps");
    let dump = Command::new("pg_dump")
        .arg(store.url())
        .output()
        .expect("pg_dump runs");
    assert!(
        dump.status.success(),
        "{}",
        String::from_utf8_lossy(&dump.stderr)
    );
    let dump = String::from_utf8(dump.stdout).expect("is text");
    assert!(dump.contains("COPY public.users"), "is whole");
    // pg_dump writes binary columns as hexadecimal digits.
    let hex = |text: &str| {
        text.bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    for person in 1..=20 {
        let name = name(person);
        let last = name.as_str().split(' ').next_back().expect("a last name");
        for secret in [
            last,
            &mobile(person).e164()[1..],
            &format!("555 {}", 1_000 + person),
        ] {
            assert!(!dump.contains(secret), "{secret}");
            assert!(!dump.contains(&hex(secret)), "{secret} in hexadecimal");
        }
    }
}

#[tokio::test]
async fn a_person_is_told_everything_and_a_stranger_nothing() {
    let store = Store::new().await;
    let db = store.database();
    let told = async |person| {
        let export = db
            .export(Actor::Api, &mobile(person))
            .await
            .expect("answers");
        serde_json::to_string(&export).expect("is JSON")
    };
    assert_eq!(told(1).await, "{}");
    live_through(&db, 1, "2026-12-01T14:00Z").await;
    let second = db
        .book(
            &{
                let mut other = booking(1, "2027-07-01T14:00Z");
                other.call = CallSid::read("CAother").expect("an id");
                other
            },
            &[],
        )
        .await
        .expect("books");
    db.cancel(Actor::Caller, second.id, &[])
        .await
        .expect("cancels");
    assert_eq!(
        told(1).await,
        "{\"personal_data\":{\"name\":\"Canary Qaaab\",\"mobile\":\"+14165551001\",\"created\":\"2026-11-02T07:00:00-05:00\"},\
        \"appointments\":[{\"date\":\"2026-12-01T09:00:00-05:00\",\"duration\":30,\"status\":\"booked\"},\
        {\"date\":\"2027-07-01T10:00:00-04:00\",\"duration\":30,\"status\":\"cancelled\"}]}"
    );
    assert_eq!(
        store
            .number("select count(*) from audit where action = 'user.exported'")
            .await,
        1
    );
}

#[tokio::test]
async fn whoever_is_forgotten_is_gone_everywhere() {
    let store = Store::new().await;
    let db = store.database();
    live_through(&db, 1, "2026-12-01T14:00Z").await;
    live_through(&db, 2, "2026-12-02T14:00Z").await;
    let erased = db.erase(Actor::Api, &mobile(1)).await.expect("forgets");
    let expected = Erased {
        people: 1,
        cancelled: 1,
        transcripts: 1,
        recordings: 1,
    };
    assert_eq!(erased, expected);
    assert_eq!(
        db.erase(Actor::Api, &mobile(1)).await,
        Ok(Erased::default())
    );
    assert_eq!(db.caller(&mobile(1)).await, Ok(None));
    assert!(
        db.export(Actor::Api, &mobile(1))
            .await
            .expect("answers")
            .is_empty()
    );
    let rows = db
        .appointments(&Filter::default(), 10)
        .await
        .expect("lists");
    assert_eq!(
        (
            rows[0].status,
            &rows[0].name,
            &rows[0].mobile,
            &rows[0].notes
        ),
        (Status::Cancelled, &None, &None, &None)
    );
    assert_eq!(rows[1].name, Some(name(2)));
    assert_eq!(
        db.call("CA1")
            .await
            .expect("answers")
            .expect("is logged")
            .transcript,
        None
    );
    let due = db.claim_texts(10).await.expect("answers");
    assert_eq!(
        due.iter().map(|due| due.key.as_str()).collect::<Vec<_>>(),
        ["c2"]
    );
    assert_eq!(
        store
            .number("select count(*) from outbox where body is null and recipient is null")
            .await,
        1
    );
    let carrier = Carrier::default();
    let gone =
        bella_service::privacy::delete_recordings(&db, &carrier, at("2026-01-01T00:00Z")).await;
    assert_eq!(gone.expect("deletes").deleted, 1);
    assert_eq!(*carrier.deleted.lock().expect("not poisoned"), ["RE1"]);
    let audited =
        "select count(*) from audit where action in ('user.forgotten', 'appointment.cancelled')";
    assert_eq!(store.number(audited).await, 2);
    // The same number is a new person.
    db.book(
        &{
            let mut again = booking(1, "2027-01-05T14:00Z");
            again.call = CallSid::read("CAagain").expect("an id");
            again
        },
        &[],
    )
    .await
    .expect("books");
    assert_eq!(store.count("users").await, 3);
}

#[tokio::test]
async fn what_is_too_old_goes_and_the_rest_stays() {
    let store = Store::new().await;
    let db = store.database();
    live_through(&db, 1, "2026-11-20T14:00Z").await;
    live_through(&db, 2, "2026-11-21T14:00Z").await;
    live_through(&db, 3, "2028-01-10T14:00Z").await;
    for due in db.claim_texts(10).await.expect("answers") {
        db.text_sent(due.id, &format!("SM{}", due.key), Some(1))
            .await
            .expect("notes");
    }
    // A year and a bit later; person 2 has booked again in between.
    let between = store.database_at("2027-06-01T12:00Z", KEYS);
    let mut again = booking(2, "2027-06-10T14:00Z");
    again.call = CallSid::read("CAagain").expect("an id");
    between.book(&again, &[]).await.expect("books");
    let later = store.database_at("2027-12-01T12:00Z", KEYS);
    let carrier = Carrier {
        refuses: BTreeSet::from(["RE2"]),
        ..Carrier::default()
    };
    // Person 1 alone; of the others, what is old: a note of 2, transcripts and texts of 2 and 3, recordings of all.
    let mut expected = Report {
        people: 1,
        transcripts: 2,
        notes: 1,
        texts: 2,
        recordings: Deleted {
            deleted: 3,
            failed: 0,
            said: None,
        },
    };
    let would = run(&later, &carrier, 365, true).await;
    assert_eq!(would, Ok(Ran::Done(expected.clone())));
    assert_eq!(
        store
            .number("select count(*) from users where anonymised_at is not null")
            .await,
        0
    );
    expected.recordings = Deleted {
        deleted: 2,
        failed: 1,
        said: Some("busy".to_owned()),
    };
    assert_eq!(
        run(&later, &carrier, 365, false).await,
        Ok(Ran::Done(expected))
    );
    let next = Carrier::default();
    let rest = Report {
        recordings: Deleted {
            deleted: 1,
            ..Deleted::default()
        },
        ..Report::default()
    };
    assert_eq!(run(&later, &next, 365, false).await, Ok(Ran::Done(rest)));
    assert_eq!(
        run(&later, &next, 365, false).await,
        Ok(Ran::Done(Report::default()))
    );
    assert_eq!(later.caller(&mobile(1)).await, Ok(None));
    for person in [2, 3] {
        let known = later.caller(&mobile(person)).await.expect("answers");
        assert_eq!(known.map(|caller| caller.name), Some(name(person)));
    }
    let kept = later
        .appointments(
            &Filter {
                mobile: Some(mobile(3)),
                ..Filter::default()
            },
            5,
        )
        .await
        .expect("lists");
    assert_eq!(kept[0].notes, Some(format!("note of {}", name(3).as_str())));
    assert_eq!(
        store
            .number("select count(*) from audit where action = 'retention.ran'")
            .await,
        3
    );
}

#[tokio::test]
async fn one_process_at_a_time_runs_retention() {
    let store = Store::new().await;
    let mut elsewhere = store.connect().await;
    sqlx::query("select pg_advisory_lock(hashtext('bella retention'))")
        .execute(&mut elsewhere)
        .await
        .expect("locks");
    let db = store.database();
    assert_eq!(
        run(&db, &Carrier::default(), 365, false).await,
        Ok(Ran::Elsewhere)
    );
    drop(elsewhere);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while run(&db, &Carrier::default(), 365, false).await != Ok(Ran::Done(Report::default())) {
        assert!(
            std::time::Instant::now() < until,
            "the lock ends with its connection"
        );
    }
}

#[tokio::test]
async fn rotation_leaves_nothing_under_the_old_key_and_nobody_behind() {
    let store = Store::new().await;
    let old = store.database();
    for person in 1..=3 {
        live_through(&old, person, &format!("2026-12-{person:02}T14:00Z")).await;
    }
    old.begin_once("key", b"hash").await.expect("begins");
    old.finish_once("key", 201, b"made").await.expect("keeps");
    let both_keys = format!("{NEWER},{KEYS}");
    let both = store.database_at(NOW, &both_keys);
    let known = both.caller(&mobile(1)).await.expect("answers");
    assert_eq!(known.map(|caller| caller.name), Some(name(1)));
    // Person 4 is added by the new list, and again by a task with the old one.
    both.book(&booking(4, "2026-12-04T14:00Z"), &[])
        .await
        .expect("books");
    let mut again = booking(4, "2026-12-05T14:00Z");
    again.call = CallSid::read("CAagain").expect("an id");
    old.book(&again, &[]).await.expect("books");
    assert_eq!(store.count("users").await, 5);
    let mut columns = BTreeSet::new();
    let sealed = rotate(&both, |progress| {
        columns.insert(progress.column);
    })
    .await
    .expect("rotates");
    // Four people's names and numbers, three notes, transcripts, texts with two values each, one answer.
    assert_eq!(sealed, 8 + 3 + 3 + 6 + 1);
    assert_eq!(columns.len(), 7);
    assert_eq!(rotate(&both, |_| ()).await, Ok(0));
    assert_eq!(store.count("users").await, 4);
    let new = store.database_at(NOW, NEWER);
    for person in 1..=4 {
        let known = new
            .caller(&mobile(person))
            .await
            .expect("answers")
            .expect("is known");
        assert_eq!(known.name, name(person));
    }
    let merged = Filter {
        mobile: Some(mobile(4)),
        ..Filter::default()
    };
    assert_eq!(new.appointments(&merged, 10).await.expect("lists").len(), 2);
    assert_eq!(new.claim_texts(10).await.expect("opens").len(), 3);
    let unreadable = old.appointments(&Filter::default(), 10).await;
    assert!(
        matches!(unreadable, Err(DbError::Unreadable { .. })),
        "{unreadable:?}"
    );
}

#[tokio::test]
async fn a_ciphertext_in_another_row_does_not_open() {
    let store = Store::new().await;
    let db = store.database();
    for person in 1..=2 {
        db.book(&booking(person, &format!("2026-12-0{person}T14:00Z")), &[])
            .await
            .expect("books");
    }
    store
        .run("update users set name = (select name from users order by id limit 1)")
        .await;
    assert!(db.caller(&mobile(1)).await.is_ok());
    let moved = db.caller(&mobile(2)).await;
    assert!(
        matches!(moved, Err(DbError::Unreadable { .. })),
        "{moved:?}"
    );
    assert!(Vault::parse(KEYS).is_ok());
}

#[tokio::test]
async fn the_audit_log_is_only_added_to() {
    let store = Store::new().await;
    store
        .database()
        .book(&booking(1, "2026-12-01T14:00Z"), &[])
        .await
        .expect("books");
    for change in [
        "update audit set actor = 'nobody'",
        "delete from audit",
        "truncate audit",
    ] {
        assert_eq!(store.refused(change).await, "42501", "{change}");
    }
}
