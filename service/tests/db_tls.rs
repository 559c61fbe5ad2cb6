//! Certificates of the database: the right one is accepted, every other refused.

mod data;

use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bella_service::db::connect::from_url;
use bella_stores::Postgres;
use data::Store;
use sqlx::ConnectOptions;

fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(arguments.split_whitespace());
    let output = command.output().expect("openssl runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// An authority, as PEM.
fn authority(folder: &Path, name: &str) -> Vec<u8> {
    openssl(
        folder,
        &format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem"
        ),
    );
    std::fs::read(folder.join(format!("{name}.pem"))).expect("is there")
}

/// Has the server show a certificate of `right` for this name.
async fn show(store: &Store, folder: &Path, name: &str) {
    std::fs::write(folder.join("names"), format!("subjectAltName={name}")).expect("is written");
    openssl(
        folder,
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=database -keyout server.key -out server.csr",
    );
    openssl(
        folder,
        "x509 -req -in server.csr -CA right.pem -CAkey right.key -CAcreateserial -days 2 -extfile names -out server.pem",
    );
    let mut connection = store.connect().await;
    let data: String = sqlx::query_scalar("show data_directory")
        .fetch_one(&mut connection)
        .await
        .expect("answers");
    let owner = std::fs::metadata(&data).expect("is there");
    for file in ["server.key", "server.pem"] {
        let there = Path::new(&data).join(file);
        // openssl has given the key to its owner alone; PostgreSQL insists on it.
        std::fs::copy(folder.join(file), &there).expect("is copied");
        chown(&there, Some(owner.uid()), Some(owner.gid())).expect("is given to the server");
    }
    for setting in [
        "alter system set ssl_cert_file = 'server.pem'",
        "alter system set ssl_key_file = 'server.key'",
        "alter system set ssl = on",
        "select pg_reload_conf()",
    ] {
        store.run(setting).await;
    }
}

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
