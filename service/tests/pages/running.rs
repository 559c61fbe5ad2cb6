//! The real program, with a PostgreSQL of its own.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use bella_service::config::DatabaseConfig;
use bella_service::db;
use bella_stores::Postgres;

use crate::service::environment;

/// A database of one test's own. The server is shared by the tests that run at a time, and gone with the last of them.
pub(crate) struct Database {
    _server: Arc<Postgres>,
    pub(crate) url: String,
}

impl Database {
    /// An empty one with today's schema.
    pub(crate) async fn new(name: &str) -> Self {
        static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        let server = {
            let mut shared = SHARED.lock().expect("no test panics while it starts");
            shared.upgrade().unwrap_or_else(|| {
                let started = Arc::new(Postgres::start().expect("PostgreSQL starts"));
                *shared = Arc::downgrade(&started);
                started
            })
        };
        server.create_database(name).expect("is created");
        let url = server.url(name);
        let config = DatabaseConfig::from_url(&url).expect("a URL");
        let migrated = db::migrate(config.options()).await;
        migrated.expect("migrations apply");
        Self {
            _server: server,
            url,
        }
    }
}

/// `bella-service serve` on a port of its own; ends with this value.
pub(crate) struct Running {
    child: Child,
    pub(crate) base: String,
}

impl Running {
    /// Starts it, and waits until it answers.
    pub(crate) async fn start(database: &Database, changes: &[(&'static str, &str)]) -> Self {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            listener.local_addr().expect("an address").port()
        };
        let base = format!("http://127.0.0.1:{port}");
        let mut variables: BTreeMap<_, _> = environment(&database.url);
        variables.insert("BIND", format!("127.0.0.1:{port}"));
        variables.insert("PUBLIC_BASE_URL", base.clone());
        variables.insert("RUST_LOG", "warn".to_owned());
        for (name, value) in changes {
            variables.insert(name, (*value).to_owned());
        }
        let child = Command::new(env!("CARGO_BIN_EXE_bella-service"))
            .arg("serve")
            .env_clear()
            .envs(&variables)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let running = Self { child, base };
        // Which test asks first is not said: each that asks sees to it. It may be there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let until = Instant::now() + Duration::from_secs(30);
        let health = format!("{}/healthz", running.base);
        while reqwest::get(&health).await.is_err() {
            assert!(Instant::now() < until, "the program does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
