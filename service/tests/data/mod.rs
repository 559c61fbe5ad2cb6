//! A database of its own for each test, on one PostgreSQL for all of them, and pretend people.

#![allow(dead_code, reason = "each test program uses a part")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use bella_domain::booking::{CallSid, NewBooking};
use bella_domain::name::PersonName;
use bella_domain::phone::Mobile;
use bella_service::clock::Clock;
use bella_service::config::DatabaseConfig;
use bella_service::db::{Database, OutboxText, migrate};
use bella_service::privacy::Vault;
use bella_stores::Postgres;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};

pub(crate) const KEYS: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// The moment that every clock stands at unless a test says otherwise.
pub(crate) const NOW: &str = "2026-11-02T12:00Z";

/// The PostgreSQL that all tests share for as long as one of them runs.
static POSTGRES: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Store {
    url: String,
    shared: Option<Arc<Postgres>>,
}

impl Store {
    /// A database with the newest schema.
    pub(crate) async fn new() -> Self {
        let store = Self::empty();
        migrate(&store.options()).await.expect("migrates");
        store
    }

    /// A database with nothing in it.
    pub(crate) fn empty() -> Self {
        let postgres = shared();
        let name = format!("test{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        postgres.create_database(&name).expect("is created");
        Self {
            url: postgres.url(&name),
            shared: Some(postgres),
        }
    }

    /// A database on a PostgreSQL that the test may hurt.
    pub(crate) async fn on(postgres: &Postgres, name: &str) -> Self {
        postgres.create_database(name).expect("is created");
        let url = postgres.url(name);
        let store = Self { url, shared: None };
        migrate(&store.options()).await.expect("migrates");
        store
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        self.url.parse().expect("a URL")
    }

    pub(crate) fn database(&self) -> Database {
        self.database_at(NOW, KEYS)
    }

    pub(crate) fn database_at(&self, now: &str, keys: &str) -> Database {
        let config = DatabaseConfig::from_url(&self.url).expect("a URL");
        let vault = Vault::parse(keys).expect("keys");
        let zone = TimeZone::get("America/Toronto").expect("a zone");
        Database::new(&config, vault, Clock::Frozen(at(now)), zone)
    }

    /// The version of the newest migration.
    pub(crate) fn newest(&self) -> i64 {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let files = std::fs::read_dir(folder).expect("is there");
        let version = |name: String| name.split_once('_')?.0.parse::<i64>().ok();
        files
            .filter_map(|file| version(file.expect("is there").file_name().into_string().ok()?))
            .max()
            .expect("a migration")
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        self.options().connect().await.expect("connects")
    }

    pub(crate) async fn run(&self, sql: &str) {
        let mut connection = self.connect().await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await
            .expect("runs");
    }

    /// The SQLSTATE that a statement is refused with.
    pub(crate) async fn refused(&self, sql: &str) -> String {
        let mut connection = self.connect().await;
        let refused = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await
            .expect_err("is refused");
        let code = refused.as_database_error().and_then(|err| err.code());
        code.expect("PostgreSQL says why").into_owned()
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        self.number(&format!("select count(*) from {table}")).await
    }

    pub(crate) async fn text(&self, sql: &str) -> String {
        let mut connection = self.connect().await;
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut connection)
            .await
            .expect("answers")
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let mut connection = self.connect().await;
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut connection)
            .await
            .expect("counts")
    }
}

fn shared() -> Arc<Postgres> {
    let mut running = POSTGRES.lock().expect("no test panicked in here");
    running.upgrade().unwrap_or_else(|| {
        let postgres = Arc::new(Postgres::start().expect("PostgreSQL starts"));
        *running = Arc::downgrade(&postgres);
        postgres
    })
}

pub(crate) fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap_or_else(|_| {
        // `2026-12-01T14:00Z` for short.
        moment.replace('Z', ":00Z").parse().expect("a moment")
    })
}

pub(crate) fn mobile(person: u32) -> Mobile {
    Mobile::from_e164(&format!("+1416555{:04}", 1_000 + person)).expect("a number")
}

pub(crate) fn name(person: u32) -> PersonName {
    let letters: String = format!("{person:04}")
        .bytes()
        .map(|digit| char::from(digit - b'0' + b'a'))
        .collect();
    PersonName::written(&format!("Canary Q{letters}")).expect("a name")
}

pub(crate) fn booking(person: u32, start: &str) -> NewBooking {
    NewBooking {
        call: CallSid::read(&format!("CA{person}")).expect("an id"),
        name: name(person),
        mobile: mobile(person),
        start: at(start),
        minutes: 30,
        test: false,
    }
}

pub(crate) fn text(key: &str, person: u32) -> OutboxText {
    OutboxText {
        key: key.to_owned(),
        to: mobile(person),
        body: format!("text {key}"),
        not_before: at(NOW),
        kind: "confirmation",
    }
}
