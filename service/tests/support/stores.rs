//! A PostgreSQL and a Redis, shared by the tests of a program that run at the same time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use bella_service::db::migrate;
use bella_stores::{Postgres, Redis};

use sqlx::postgres::PgConnectOptions;

use super::Environment;

static SHARED: Mutex<Weak<Stores>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A PostgreSQL and a Redis.
pub(crate) struct Stores {
    pub(crate) postgres: Postgres,
    pub(crate) redis: Redis,
}

impl Stores {
    /// Those that other tests of this program use at the moment; gone with the last of them.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stores) = shared.upgrade() {
            return stores;
        }
        let stores = Arc::new(Self::own());
        *shared = Arc::downgrade(&stores);
        stores
    }

    /// Some of one's own, to be killed and frozen.
    pub(crate) fn own() -> Self {
        Self {
            postgres: Postgres::start().expect("PostgreSQL starts"),
            redis: Redis::start().expect("Redis starts"),
        }
    }

    /// An environment with a new, migrated database and this Redis.
    pub(crate) async fn environment(&self) -> Environment {
        let database = self.database();
        let options: PgConnectOptions = database.parse().expect("is a URL");
        migrate(&options).await.expect("migrates");
        Environment::new(&database, Some(&self.redis.url()))
    }

    /// The URL of a new, empty database.
    pub(crate) fn database(&self) -> String {
        let name = format!("calls_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.postgres.create_database(&name).expect("is created");
        self.postgres.url(&name)
    }

    /// Every key in Redis with its value, as one text.
    pub(crate) async fn everything_in_redis(&self) -> String {
        let mut redis = self.connect().await;
        let keys: Vec<String> = redis::cmd("KEYS")
            .arg("*")
            .query_async(&mut redis)
            .await
            .expect("answers");
        let mut all = String::new();
        for key in keys {
            let mut get = redis::cmd("GET");
            let got = get.arg(&key).query_async::<String>(&mut redis).await;
            let value = got.unwrap_or_default();
            all.push_str(&format!("{key} = {value}\n"));
        }
        all
    }

    /// Waits until no booking waits any more.
    pub(crate) async fn until_nothing_waits(&self) {
        let deadline = Instant::now() + Duration::from_secs(40);
        while self.everything_in_redis().await.contains("temp_booking") {
            assert!(Instant::now() < deadline, "bookings still wait");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn connect(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.redis.url()).expect("the URL is good");
        let connected = client.get_multiplexed_async_connection().await;
        connected.expect("Redis answers")
    }
}
