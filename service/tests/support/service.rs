//! The real binary, with the environment of a test.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use sqlx::{Connection, PgConnection};

use super::wire::Wire;
use super::{BASE_URL, NOW, TOKEN};

/// How long a start or an end may take on a busy machine.
const WITHIN: Duration = Duration::from_secs(40);

/// A process of the service; dropping it kills it.
pub(crate) struct Service {
    child: Child,
    pub(crate) address: String,
    /// From its start to its first answer.
    pub(crate) ready_after: Duration,
}

/// What a process of the service is started with.
#[derive(Debug, Clone)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Everything that is required, with these stores.
    pub(crate) fn new(database_url: &str, redis_url: Option<&str>) -> Self {
        let mut variables: BTreeMap<String, String> = [
            ("PUBLIC_BASE_URL", BASE_URL),
            ("DATABASE_URL", database_url),
            ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"),
            ("TWILIO_AUTH_TOKEN", TOKEN),
            ("TWILIO_FROM", "+14165550100"),
            // Nothing listens there: a test that wants texts sent names its own.
            ("TWILIO_API_BASE", "http://127.0.0.1:9"),
            (
                "ENCRYPTION_KEYS",
                "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            ),
            ("ADMIN_USER", "admin"),
            ("ADMIN_PASSWORD", "a long password for tests"),
            ("BELLA_API_KEY", "a-long-key-for-tests"),
            ("TRANSFER_NUMBER", "+14165550199"),
            ("TEST_NOW", NOW),
            ("RUST_LOG", "warn"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        if let Some(url) = redis_url {
            variables.insert("REDIS_URL".to_owned(), url.to_owned());
        }
        Self(variables)
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// The only figure that a query of the database answers.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let mut connection = PgConnection::connect(&self.0["DATABASE_URL"])
            .await
            .expect("the database answers");
        let count = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        count.expect("the query is good")
    }

    /// Waits until a query of the database answers this figure.
    pub(crate) async fn until(&self, sql: &'static str, expected: i64) {
        let deadline = Instant::now() + WITHIN;
        loop {
            let count = self.count(sql).await;
            if count == expected {
                return;
            }
            assert!(Instant::now() < deadline, "{count}, not {expected}: {sql}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The calls that have booked an appointment.
    pub(crate) async fn calls_with_appointments(&self) -> BTreeSet<String> {
        let mut connection = PgConnection::connect(&self.0["DATABASE_URL"])
            .await
            .expect("the database answers");
        let calls: Vec<String> =
            sqlx::query_scalar("select call_sid from appointments where status = 'booked'")
                .fetch_all(&mut connection)
                .await
                .expect("the query is good");
        calls.into_iter().collect()
    }

    /// Runs a command of the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = binary();
        let mut command = Command::new(program);
        command.env_clear().envs(&self.0).args(arguments);
        command
    }
}

/// `BELLA_SERVICE`, else the binary beside this program: tests are in `deps`, examples in `examples`.
pub(crate) fn binary() -> std::path::PathBuf {
    if let Some(program) = std::env::var_os("BELLA_SERVICE") {
        return program.into();
    }
    let this = std::env::current_exe().expect("this program has a path");
    let profile = this.parent().and_then(std::path::Path::parent);
    profile
        .expect("this program is in a target folder")
        .join("bella-service")
}

impl Service {
    /// Starts it on a free port and waits until it answers.
    pub(crate) async fn start(environment: &Environment) -> Self {
        let address = free_address();
        let began = Instant::now();
        let child = environment
            .clone()
            .with("BIND", &address)
            .command(&["serve"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut service = Self {
            child,
            address,
            ready_after: Duration::ZERO,
        };
        let mut wire = Wire::new(&service.address);
        loop {
            if wire
                .get("/healthz")
                .await
                .is_ok_and(|answer| answer.status == 200)
            {
                break;
            }
            let ended = service.child.try_wait().expect("can be watched");
            assert!(ended.is_none(), "the service ended at once: {ended:?}");
            assert!(began.elapsed() < WITHIN, "the service is not ready in time");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        service.ready_after = began.elapsed();
        service
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in KiB.
    pub(crate) fn resident(&self) -> u64 {
        resident(self.id())
    }

    /// Tells it to stop, as ECS does.
    pub(crate) fn terminate(&self) {
        let pid = i32::try_from(self.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("is a process"), Signal::TERM).expect("it runs");
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + WITHIN;
        loop {
            if let Some(status) = self.child.try_wait().expect("can be watched") {
                return status;
            }
            assert!(Instant::now() < until, "the service did not end in time");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Resident memory of a process in KiB.
pub(crate) fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok())
        .expect("the process runs")
}

/// A loopback address that was free a moment ago.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("is bound").to_string()
}
