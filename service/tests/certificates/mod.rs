//! Certificates by openssl, and a PostgreSQL that shows them.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

use crate::data::Store;

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
pub(crate) fn authority(folder: &Path, name: &str) -> Vec<u8> {
    openssl(
        folder,
        &format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem"
        ),
    );
    std::fs::read(folder.join(format!("{name}.pem"))).expect("is there")
}

/// Makes `server.key` and `server.pem`, a certificate of `right` for this name.
pub(crate) fn sign(folder: &Path, name: &str) {
    std::fs::write(folder.join("names"), format!("subjectAltName={name}")).expect("is written");
    openssl(
        folder,
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server.key -out server.csr",
    );
    openssl(
        folder,
        "x509 -req -in server.csr -CA right.pem -CAkey right.key -CAcreateserial -days 2 -extfile names -out server.pem",
    );
}

/// Has the server show a certificate of `right` for this name.
pub(crate) async fn show(store: &Store, folder: &Path, name: &str) {
    sign(folder, name);
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
