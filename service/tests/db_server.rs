//! The database's server: migrated once and never back; frozen, killed, gone.

mod data;

use std::time::{Duration, Instant};

use bella_service::db::{BookError, Database, DbError, MigrateError, Migrated, Schema, migrate};
use data::{Store, booking, mobile, name};
use tokio::task::JoinSet;

#[tokio::test]
async fn a_database_is_migrated_once_and_never_back() {
    let store = Store::empty();
    let db = store.database();
    assert_eq!(
        db.schema().await,
        Schema::Behind {
            have: 0,
            want: store.newest()
        }
    );
    let all = (0..4).map(|_| {
        let options = store.options();
        async move { migrate(&options).await }
    });
    let done: JoinSet<_> = all.collect();
    for migrated in done.join_all().await {
        assert_eq!(migrated.expect("migrates").to, store.newest());
    }
    assert_eq!(db.schema().await, Schema::Ready);
    let (from, to) = (store.newest(), store.newest());
    assert_eq!(
        migrate(&store.options()).await.expect("again"),
        Migrated { from, to }
    );
    store
        .run("insert into _sqlx_migrations select 9999, description, now(), true, checksum, 0 from _sqlx_migrations limit 1")
        .await;
    assert_eq!(
        db.schema().await,
        Schema::Ahead {
            have: 9999,
            want: to
        }
    );
    let newer = migrate(&store.options()).await.expect_err("is newer");
    assert!(
        matches!(newer, MigrateError::Newer { have: 9999, .. }),
        "{newer}"
    );
    assert_eq!(
        newer.to_string(),
        format!(
            "the database's schema is 9999, newer than {to} of this version; deploy a version that knows 9999"
        )
    );
}

/// Every call says that the database is away, within a second, ten at a time.
async fn away_at_once(db: &Database) {
    for _ in 0..2 {
        let started = Instant::now();
        let mut calls = JoinSet::new();
        for caller in 0..20 {
            let db = db.clone();
            calls.spawn(async move {
                let booked = db.book(&booking(caller, "2026-12-09T14:00Z"), &[]).await;
                let known = db.caller(&mobile(caller)).await;
                (booked, known)
            });
        }
        for (booked, known) in calls.join_all().await {
            assert!(
                matches!(booked, Err(BookError::Database(DbError::Away { .. }))),
                "{booked:?}"
            );
            assert!(matches!(known, Err(DbError::Away { .. })), "{known:?}");
        }
        // Two calls each.
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{:?}",
            started.elapsed()
        );
        assert_eq!(db.schema().await, Schema::Away);
    }
}

async fn answers_again(db: &Database, caller: u32) {
    let until = Instant::now() + Duration::from_secs(20);
    let start = format!("2027-02-{caller:02}T14:00Z");
    while let Err(err) = db.book(&booking(caller, &start), &[]).await {
        assert!(Instant::now() < until, "{err}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_is_frozen_killed_or_gone_calls_are_told_within_a_second() {
    let mut postgres = bella_stores::Postgres::start().expect("starts");
    let store = Store::on(&postgres, "away").await;
    let db = store.database();
    answers_again(&db, 1).await;
    postgres.freeze();
    away_at_once(&db).await;
    postgres.thaw();
    answers_again(&db, 2).await;
    postgres.kill();
    away_at_once(&db).await;
    postgres.restart().expect("starts again");
    answers_again(&db, 3).await;
    assert!(db.connections() <= 8);
    let known = db.caller(&mobile(1)).await.expect("answers");
    assert_eq!(known.map(|caller| caller.name), Some(name(1)));
}
