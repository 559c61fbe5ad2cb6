//! PostgreSQL.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::error::{StoreError, io};
use crate::server::{Server, folder, free_port};

/// The superuser of a server started here; it needs no password, and the server listens on loopback only.
const SUPERUSER: &str = "postgres";

const MISSING: StoreError = StoreError::Missing {
    program: "initdb of PostgreSQL",
    package: "postgresql",
};

/// How long recovery may take after a start.
const RECOVERED_WITHIN: Duration = Duration::from_secs(60);

/// Names the folder of the `initdb` and `postgres` to use instead of the newest on this machine.
const CHOSEN: &str = "BELLA_POSTGRES_BIN";

/// A PostgreSQL server of one's own, the newest version on this machine or the one that `BELLA_POSTGRES_BIN` names the programs
/// of; see [`Server`] for what can be done to it.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
    folder: PathBuf,
}

impl Postgres {
    /// Initialises a data folder and starts a server on it.
    ///
    /// Its data does not survive a crash of the machine (`fsync` is off); that of the server it does.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub fn start() -> Result<Self, StoreError> {
        let programs = server_programs().ok_or(MISSING)?;
        let folder = folder("postgres")?;
        let data = folder.join("data");
        // PostgreSQL refuses to run as root.
        let user = rustix::process::geteuid()
            .is_root()
            .then(|| SUPERUSER.to_owned());
        if let Some(user) = &user {
            run(Command::new("chown").arg(user).arg(&folder))?;
        }
        let mut initialise = match &user {
            Some(user) => {
                let mut as_user = Command::new("setpriv");
                as_user.args(["--reuid", user, "--regid", user, "--clear-groups"]);
                as_user.arg(programs.join("initdb"));
                as_user
            }
            None => Command::new(programs.join("initdb")),
        };
        initialise
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--username", SUPERUSER, "-D"])
            .arg(&data);
        run(&mut initialise)?;
        let port = free_port()?;
        let program: &'static str = Box::leak(
            programs
                .join("postgres")
                .to_string_lossy()
                .into_owned()
                .into_boxed_str(),
        );
        let mut arguments = vec!["-D".to_owned(), data.to_string_lossy().into_owned()];
        for setting in [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", folder.display()),
            "fsync=off".to_owned(),
            "full_page_writes=off".to_owned(),
            "max_connections=200".to_owned(),
        ] {
            arguments.extend(["-c".to_owned(), setting]);
        }
        let log = folder.join("log");
        let mut server = Server::new(program, arguments, user, log, port);
        server.start()?;
        let postgres = Self { server, folder };
        postgres.accepts()?;
        Ok(postgres)
    }

    /// Starts it again on its data and port, killed or not.
    ///
    /// # Errors
    /// It ends or does not accept connections within a minute.
    pub fn restart(&mut self) -> Result<(), StoreError> {
        self.server.start()?;
        self.accepts()
    }

    /// Waits until it has recovered: it listens before.
    fn accepts(&self) -> Result<(), StoreError> {
        let until = Instant::now() + RECOVERED_WITHIN;
        loop {
            let mut ready = program("pg_isready")?;
            ready.args(["-q", "-h", "127.0.0.1", "-p"]);
            let tried = run(ready.arg(self.port().to_string()));
            if tried.is_ok() || Instant::now() > until {
                return tried;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Creates an empty database.
    ///
    /// # Errors
    /// The server's, for example that it exists.
    pub fn create_database(&self, name: &str) -> Result<(), StoreError> {
        let mut create = program("createdb")?;
        create
            .args(["-h", "127.0.0.1", "-U", SUPERUSER, "-p"])
            .arg(self.port().to_string())
            .arg(name);
        run(&mut create)
    }

    /// `DATABASE_URL` of one of its databases, as superuser.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{SUPERUSER}@127.0.0.1:{}/{database}",
            self.port()
        )
    }
}

impl Deref for Postgres {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl DerefMut for Postgres {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.server
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.server.thaw();
        self.server.kill();
        // What cannot be removed is in the system's temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where the server's programs are.
fn server_programs() -> Option<PathBuf> {
    std::env::var_os(CHOSEN)
        .map(PathBuf::from)
        .or_else(programs)
}

/// Where the newest PostgreSQL's programs are: Debian keeps them off the path, a folder a version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .collect();
    versions.sort();
    let debian = versions.pop().map(|(_, path)| path);
    debian
        .filter(|path| path.join("initdb").exists())
        .or_else(on_path)
}

fn program(name: &str) -> Result<Command, StoreError> {
    Ok(Command::new(programs().ok_or(MISSING)?.join(name)))
}

fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| Path::new(folder).join("initdb").exists())
}

fn run(command: &mut Command) -> Result<(), StoreError> {
    let output = command.output().map_err(io("preparing PostgreSQL"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(StoreError::Io {
        doing: "preparing PostgreSQL",
        source: std::io::Error::other(said),
    })
}
