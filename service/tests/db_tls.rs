//! Certificates of the database: the right one is accepted, every other refused.

mod certificates;
mod data;

use std::time::{Duration, Instant};

use bella_service::db::connect::from_url;
use bella_stores::Postgres;
use certificates::{authority, show};
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

#[tokio::test]
async fn the_servers_certificate_is_verified_with_its_name() {
    let postgres = Postgres::start().expect("starts");
    let store = Store::on(&postgres, "tls").await;
    let folder = std::env::temp_dir().join(format!("bella-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("is made");
    let (right, wrong) = (authority(&folder, "right"), authority(&folder, "wrong"));
    connect(&store, &right, |said| said.contains("TLS")).await;
    show(&store, &folder, "IP:127.0.0.1").await;
    connect(&store, &right, |said| said == "connected").await;
    connect(&store, &wrong, |said| said.contains("UnknownIssuer")).await;
    show(&store, &folder, "DNS:other.example").await;
    connect(&store, &right, |said| said.contains("not valid for name")).await;
    std::fs::remove_dir_all(&folder).expect("is removed");
}
