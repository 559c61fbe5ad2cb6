use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::time::{Duration, Instant, sleep};

use super::command::{command, run};
use super::{Running, listen};
use crate::containers::container::{Container, Front, Surroundings};
use crate::containers::front::{self, Manner};
use crate::containers::servers::Servers;
use crate::containers::volumes::remove_folder;
use crate::home::short_hash;

/// Where clients connect, and where the server itself listens, which has no TLS.
const PORT: u16 = 5432;
const INNER: u16 = 5433;
/// The one superuser, as on RDS; the master user is none.
const ADMIN: &str = "rdsadmin";

/// Small and quiet: an idle server does not wake. A commit may be lost with the power, never with a killed process, as
/// the system has it by then.
const SETTINGS: &str = "
max_connections = 60
shared_buffers = 16MB
wal_level = minimal
max_wal_senders = 0
fsync = off
min_wal_size = 2MB
max_wal_size = 64MB
io_method = sync
max_worker_processes = 2
max_parallel_workers = 0
max_logical_replication_workers = 0
jit = off
autovacuum_naptime = 10min
bgwriter_delay = 10s
bgwriter_lru_maxpages = 0
wal_writer_delay = 10s
checkpoint_timeout = 1h
unix_socket_directories = ''
logging_collector = off
log_min_messages = warning
timezone = 'UTC'
log_timezone = 'UTC'
";

pub(super) async fn launch(
    container: &Container,
    surroundings: &Surroundings,
) -> std::io::Result<Running> {
    let servers = &surroundings.servers;
    let folder = container.folder_of("/var/lib/postgresql", &surroundings.root);
    let data = folder.join("data");
    if !data.join("PG_VERSION").exists() {
        create(container, surroundings, &folder, &data).await?;
    }
    let child = start(container, servers, &data).await?;
    let listener = listen(container.address, PORT).await?;
    let tls = surroundings
        .authority
        .server(container.address, std::slice::from_ref(&container.name))?;
    let inner = SocketAddr::from((container.address, INNER));
    let front = tokio::spawn(front::serve(listener, inner, Manner::Postgres, tls));
    Ok(Running {
        child,
        fronts: vec![Front(front)],
    })
}

/// Starts the server, as soon as nothing of an earlier one is at work on the data.
///
/// The processes of a server that was killed outlive it for a moment, each until it looks for its parent. While one of
/// them holds the shared memory a new server refuses to start, and leaves the earlier one's `postmaster.pid`.
async fn start(container: &Container, servers: &Servers, data: &Path) -> std::io::Result<Child> {
    const LIMIT: Duration = Duration::from_secs(30);
    let began = Instant::now();
    loop {
        let mut server = command(servers.postgres("postgres"), servers.user(), "INT");
        server
            .arg("-D")
            .arg(data)
            .arg("-c")
            .arg(format!("listen_addresses={}", container.address))
            .arg("-c")
            .arg(format!("port={INNER}"))
            .current_dir("/");
        let mut child = server.spawn()?;
        let Err(error) = ready(&mut child, (container.address, INNER).into()).await else {
            return Ok(child);
        };
        if began.elapsed() > LIMIT || !data.join("postmaster.pid").exists() {
            return Err(error);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Makes the data of a new instance: a copy of the template, with the master user and the database.
async fn create(
    container: &Container,
    surroundings: &Surroundings,
    folder: &Path,
    data: &Path,
) -> std::io::Result<()> {
    let servers = &surroundings.servers;
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711))?;
    let draft = folder.join("draft");
    if let Some(seed) = &container.seed {
        copy_folder(&seed.folder.join("data"), &draft).await?;
        std::fs::copy(seed.folder.join(ADMIN), folder.join(ADMIN))?;
        std::fs::rename(&draft, data)?;
        if seed.once {
            remove_folder(&seed.folder)?;
        }
        return Ok(());
    }
    copy_folder(&template(servers).await?, &draft).await?;
    let spec = &container.spec;
    let user = spec.variable("POSTGRES_USER").unwrap_or("postgres");
    let password = spec.variable("POSTGRES_PASSWORD").unwrap_or_default();
    let database = spec.variable("POSTGRES_DB").unwrap_or(user);
    let admin = random()?;
    std::fs::write(folder.join(ADMIN), &admin)?;
    std::fs::set_permissions(folder.join(ADMIN), std::fs::Permissions::from_mode(0o600))?;
    single(
        servers,
        &draft,
        &first_statements(user, password, database, &admin),
    )
    .await?;
    std::fs::rename(&draft, data)
}

/// Copies a folder with owners and modes; what is at the target is replaced.
pub(in crate::containers) async fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    remove_folder(to)?;
    let mut copy = tokio::process::Command::new("cp");
    copy.arg("-a").arg(from).arg(to);
    run(&mut copy, Path::new("cp")).await.map(drop)
}

/// What a new instance is told before anybody can connect; a statement a line.
fn first_statements(user: &str, password: &str, database: &str, admin: &str) -> String {
    let mut statements = vec![
        format!("ALTER ROLE {ADMIN} PASSWORD {}", literal(admin)),
        "CREATE ROLE rds_superuser NOLOGIN".to_owned(),
        "GRANT pg_monitor, pg_signal_backend, pg_checkpoint, pg_read_all_stats TO rds_superuser WITH ADMIN OPTION"
            .to_owned(),
    ];
    let role = identifier(user);
    let login = format!("LOGIN CREATEDB CREATEROLE PASSWORD {}", literal(password));
    statements.push(format!("CREATE ROLE {role} {login}"));
    statements.push(format!("GRANT rds_superuser TO {role}"));
    statements.push(format!("ALTER DATABASE postgres OWNER TO {role}"));
    if database != "postgres" {
        let name = identifier(database);
        statements.push(format!("CREATE DATABASE {name} OWNER {role}"));
    }
    statements.join("\n") + "\n"
}

/// Runs statements on a server that serves nobody else.
async fn single(servers: &Servers, data: &Path, statements: &str) -> std::io::Result<()> {
    let program = servers.postgres("postgres");
    let mut server = command(&program, servers.user(), "KILL");
    server
        .args(["--single", "-D"])
        .arg(data)
        .args(["-c", "exit_on_error=on", "postgres"])
        .current_dir("/")
        .stdin(std::process::Stdio::piped());
    let mut child = server.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(statements.as_bytes()).await?;
    }
    let output = child.wait_with_output().await?;
    if output.status.success() {
        return Ok(());
    }
    // The statements hold passwords; what PostgreSQL says of them may quote them.
    Err(std::io::Error::other(format!(
        "the first statements of a new database failed ({})",
        output.status
    )))
}

/// A data folder as `initdb` leaves it; made once, as that takes a second.
async fn template(servers: &Servers) -> std::io::Result<PathBuf> {
    let name = format!("postgres-template-{}", short_hash(SETTINGS));
    let whole = servers.folder().join(&name);
    if whole.join("PG_VERSION").exists() {
        return Ok(whole);
    }
    let around = servers.folder().join(format!("{name}-{}", random()?));
    let draft = around.join("data");
    std::fs::create_dir_all(&around)?;
    servers.give(&around)?;
    let program = servers.postgres("initdb");
    let mut initdb = command(&program, servers.user(), "KILL");
    initdb
        .arg("-D")
        .arg(&draft)
        .args(["-U", ADMIN, "--auth=trust", "--no-sync", "--encoding=UTF8"])
        .args([
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--wal-segsize=1",
        ])
        .env("LC_ALL", "C")
        .current_dir("/");
    run(&mut initdb, &program).await?;
    let mut settings = std::fs::read_to_string(draft.join("postgresql.conf"))?;
    settings.push_str(SETTINGS);
    std::fs::write(draft.join("postgresql.conf"), settings)?;
    std::fs::write(
        draft.join("pg_hba.conf"),
        "host all all all scram-sha-256\n",
    )?;
    // Another process may have been quicker: its template is as good.
    let renamed = std::fs::rename(&draft, &whole);
    remove_folder(&around)?;
    match renamed {
        Err(error) if !whole.join("PG_VERSION").exists() => Err(error),
        _ => Ok(whole),
    }
}

/// Waits until the server lets clients in, as long as it lives.
async fn ready(child: &mut Child, at: SocketAddr) -> std::io::Result<()> {
    loop {
        if let Some(how) = child.try_wait()? {
            let mut said = String::new();
            if let Some(mut output) = child.stderr.take() {
                output.read_to_string(&mut said).await?;
            }
            return Err(std::io::Error::other(format!(
                "PostgreSQL ended at once ({how}): {}",
                said.trim()
            )));
        }
        if greets(at).await.unwrap_or(false) {
            return Ok(());
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// True when the server asks a client for its password; while it starts or recovers it answers an error instead.
async fn greets(at: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(at).await?;
    let parameters = format!("user\0{ADMIN}\0database\0postgres\0\0");
    let length = u32::try_from(parameters.len() + 8).unwrap_or(u32::MAX);
    let mut hello = length.to_be_bytes().to_vec();
    // Protocol 3.0.
    hello.extend_from_slice(&[0, 3, 0, 0]);
    hello.extend_from_slice(parameters.as_bytes());
    stream.write_all(&hello).await?;
    Ok(stream.read_u8().await? == b'R')
}

/// Gives the master user another password.
pub(in crate::containers) async fn set_password(
    servers: &Servers,
    root: &Path,
    container: &Container,
    password: &str,
) -> std::io::Result<()> {
    let user = container
        .spec
        .variable("POSTGRES_USER")
        .unwrap_or("postgres");
    let folder = container.folder_of("/var/lib/postgresql", root);
    let admin = std::fs::read_to_string(folder.join(ADMIN))?;
    let program = servers.postgres("psql");
    let mut psql = command(&program, servers.user(), "KILL");
    psql.args([
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-U",
        ADMIN,
        "-d",
        "postgres",
    ])
    .arg("-h")
    .arg(container.address.to_string())
    .args(["-p", &INNER.to_string()])
    .env("PGPASSWORD", admin)
    .stdin(std::process::Stdio::piped())
    .current_dir("/");
    let mut child = psql.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        let statement = format!(
            "ALTER ROLE {} PASSWORD {};\n",
            identifier(user),
            literal(password)
        );
        input.write_all(statement.as_bytes()).await?;
    }
    let output = child.wait_with_output().await?;
    if output.status.success() {
        return Ok(());
    }
    Err(std::io::Error::other(format!(
        "the new password was not taken ({})",
        output.status
    )))
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\"").replace('\n', " "))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\n', " "))
}

/// 32 hex digits from the system.
fn random() -> std::io::Result<String> {
    use std::io::Read as _;
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::first_statements;

    #[test]
    fn names_and_passwords_are_quoted() {
        let text = first_statements("we\"ird", "it's", "app", "x");
        assert!(text.contains("CREATE ROLE \"we\"\"ird\" LOGIN"));
        assert!(text.contains("PASSWORD 'it''s'"));
        assert!(text.contains("CREATE DATABASE \"app\" OWNER \"we\"\"ird\""));
        assert!(!first_statements("a", "b", "postgres", "x").contains("CREATE DATABASE"));
    }
}
