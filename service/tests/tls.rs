//! Certificates of the database and of Redis: the right one is accepted, every other refused.

mod certificates;
mod data;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bella_service::config::RedisConfig;
use bella_service::db::connect::from_url;
use bella_service::sessions::{Kept, RedisState, Saved, Sessions};
use bella_stores::{Postgres, Redis};
use certificates::{authority, show, sign};
use data::Store;
use sqlx::ConnectOptions;

/// What comes of connecting with these roots; waits for a server that still shows what it showed before.
async fn connect(store: &Store, ca: &[u8], until: impl Fn(&str) -> bool) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let options = from_url(store.url(), Some(ca.to_vec())).expect("a URL");
        let said = match options.connect().await {
            Ok(mut connection) => {
                let encrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
                let encrypted: bool = sqlx::query_scalar(encrypted)
                    .fetch_one(&mut connection)
                    .await
                    .expect("answers");
                assert!(encrypted);
                "connected".to_owned()
            }
            Err(err) => err.to_string(),
        };
        if until(&said) {
            return said;
        }
        assert!(Instant::now() < deadline, "{said}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An empty folder of this name; whoever asked for it removes it.
fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("bella-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("is made");
    folder
}

#[tokio::test]
async fn the_databases_certificate_is_verified_with_its_name() {
    let postgres = Postgres::start().expect("starts");
    let store = Store::on(&postgres, "tls").await;
    let folder = folder("tls-database");
    let (right, wrong) = (authority(&folder, "right"), authority(&folder, "wrong"));
    connect(&store, &right, |said| said.contains("TLS")).await;
    show(&store, &folder, "IP:127.0.0.1").await;
    connect(&store, &right, |said| said == "connected").await;
    connect(&store, &wrong, |said| said.contains("UnknownIssuer")).await;
    show(&store, &folder, "DNS:other.example").await;
    connect(&store, &right, |said| said.contains("not valid for name")).await;
    std::fs::remove_dir_all(&folder).expect("is removed");
}

/// Opens another port of the server's, where it shows a certificate of `right` for this name; the URL of that port.
async fn shown(redis: &Redis, folder: &Path, name: &str) -> String {
    sign(folder, name);
    let client = redis::Client::open(redis.url()).expect("the URL is good");
    let mut connection = client
        .get_multiplexed_async_connection()
        .await
        .expect("connects");
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| it.local_addr());
        let port = free.expect("a free port").port();
        // Under the port's name, since a server looks at a file again only when it is another one.
        let file = |kind: &str| {
            let there = folder.join(format!("{port}.{kind}"));
            std::fs::copy(folder.join(format!("server.{kind}")), &there).expect("is copied");
            there.to_str().expect("utf-8").to_owned()
        };
        let mut set = redis::cmd("CONFIG");
        set.arg("SET").arg("tls-auth-clients").arg("no");
        set.arg("tls-cert-file").arg(file("pem"));
        set.arg("tls-key-file").arg(file("key"));
        set.arg("tls-port").arg(port);
        match set.query_async::<()>(&mut connection).await {
            Ok(()) => return format!("rediss://127.0.0.1:{port}"),
            // Somebody else may have taken the port meanwhile.
            Err(err) => assert!(Instant::now() < deadline, "{err}"),
        }
    }
}

/// What the log says.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Said {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics").extend(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps a session in the Redis of this URL with these roots; what the log says where that cannot be done.
async fn keep(url: &str, ca: Option<&[u8]>) -> Result<(), String> {
    let said = Said::default();
    let writer = said.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .finish();
    let _listening = tracing::subscriber::set_default(subscriber);
    let config = RedisConfig::from_url(url, ca.map(<[u8]>::to_vec)).expect("a URL and roots");
    let sessions = Sessions::new(Some(&config), Duration::from_secs(300));
    let saved = sessions.save("CA1", &Kept::new(1, "turn-1")).await;
    if saved == Saved::Shared {
        assert_eq!(sessions.redis(), RedisState::Up);
        return Ok(());
    }
    assert_eq!((saved, sessions.redis()), (Saved::Here, RedisState::Down));
    let said = said.0.lock().expect("nobody panics").clone();
    Err(String::from_utf8(said).expect("utf-8"))
}

/// As [`keep`], until it ends as it has to: a connection to a busy machine may take longer than a caller waits.
async fn keeps(url: &str, ca: Option<&[u8]>, expected: Result<(), &str>) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let kept = keep(url, ca).await;
        let ends = match (&kept, expected) {
            (Ok(()), Ok(())) => true,
            (Err(said), Err(part)) => said.contains(part) && said.contains("REDIS_CA"),
            _ => false,
        };
        if ends {
            return;
        }
        assert!(Instant::now() < deadline, "{kept:?}, not {expected:?}");
    }
}

#[tokio::test]
async fn rediss_certificate_is_verified_with_its_name() {
    let redis = Redis::start().expect("starts");
    let folder = folder("tls-redis");
    let (right, wrong) = (authority(&folder, "right"), authority(&folder, "wrong"));
    let url = shown(&redis, &folder, "IP:127.0.0.1").await;
    keeps(&url, Some(&right), Ok(())).await;
    let both = [wrong.as_slice(), &right].concat();
    keeps(&url, Some(&both), Ok(())).await;
    keeps(&url, Some(&wrong), Err("UnknownIssuer")).await;
    keeps(&url, None, Err("UnknownIssuer")).await;
    let url = shown(&redis, &folder, "DNS:other.example").await;
    keeps(&url, Some(&right), Err("not valid for name")).await;
    std::fs::remove_dir_all(&folder).expect("is removed");
}
