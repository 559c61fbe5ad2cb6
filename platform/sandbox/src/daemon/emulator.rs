use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::saves::Generation;
use crate::containers::{EMULATOR, NETWORK};
use crate::error::SandboxError;
use crate::gateway::{Upstream, emulator_ready};
use crate::home::Home;
use crate::install::interpreter;
use crate::journal::{Journal, open_log, tail};
use crate::process::{ProcessId, detach};

/// How long the emulator may take to write its state when asked to stop.
const SAVE_LIMIT: Duration = Duration::from_secs(25);
/// Runs the emulator and saves its state while it runs.
const LAUNCHER: &str = include_str!("emulator.py");
/// Region of calls that name none.
const DEFAULT_REGION: &str = "ca-central-1";

/// The emulator as a child of the daemon.
pub(super) struct Emulator {
    pub(super) home: Home,
    pub(super) docker_url: String,
    /// Whether the Docker there runs containers.
    pub(super) real: bool,
    pub(super) port: u16,
    pub(super) journal: Arc<Journal>,
    /// Told the address when the emulator answers, and nothing while it does not.
    pub(super) upstream: watch::Sender<Upstream>,
}

impl Emulator {
    /// Starts the emulator; its output goes to its own log.
    pub(super) fn start(&self) -> Result<(Child, ProcessId), SandboxError> {
        let log = self.home.emulator_log();
        let output = open_log(&log)?;
        let launcher = self.home.launcher();
        std::fs::write(&launcher, LAUNCHER).map_err(SandboxError::file("write", &launcher))?;
        let mut command = Command::new(interpreter(self.home.environment()));
        command
            .args(["-I", "-B", "-u"])
            .arg(&launcher)
            .current_dir(self.home.root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(output);
        for name in inherited_to_drop() {
            command.env_remove(name);
        }
        command.envs(self.settings()).envs(self.server_settings());
        detach(&mut command);
        let failed = |reason: String| SandboxError::Start {
            reason,
            log: log.clone(),
        };
        let child = tokio::process::Command::from(command)
            .spawn()
            .map_err(|e| failed(format!("the emulator does not run: {e}")))?;
        let id = child
            .id()
            .and_then(ProcessId::of)
            .ok_or_else(|| failed("the emulator ended at once".to_owned()))?;
        self.journal.note(format_args!(
            "emulator started: process {}, port {}",
            id.pid, self.port
        ));
        Ok((child, id))
    }

    /// Waits until the emulator answers, then opens the way to it; false when it ended first.
    pub(super) async fn wait_ready(&self, child: &mut Child) -> bool {
        let began = Instant::now();
        loop {
            if let Ok(Some(_)) | Err(_) = child.try_wait() {
                return false;
            }
            if emulator_ready(self.port).await {
                let took = began.elapsed().as_millis();
                self.journal
                    .note(format_args!("emulator answers after {took} ms"));
                self.upstream
                    .send_replace(Upstream::Ready { port: self.port });
                return true;
            }
            sleep(Duration::from_millis(40)).await;
        }
    }

    /// Asks the emulator to save and end; true when it did so by itself.
    pub(super) async fn stop(&self, mut child: Child, id: &ProcessId) -> bool {
        self.upstream.send_replace(Upstream::Stopping);
        let began = Instant::now();
        id.terminate();
        let saved = match timeout(SAVE_LIMIT, child.wait()).await {
            Ok(Ok(ended)) => ended.success(),
            Ok(Err(_)) => false,
            Err(_) => {
                id.kill();
                // Reaped so that no zombie stays while the daemon winds down.
                let _ = timeout(Duration::from_secs(2), child.wait()).await;
                false
            }
        };
        let took = began.elapsed().as_millis();
        if saved {
            self.journal
                .note(format_args!("emulator saved and stopped in {took} ms"));
        } else {
            self.note_last_words("the emulator did not stop cleanly");
        }
        saved
    }

    /// Puts the emulator's last lines into the daemon's log, where one reads first.
    pub(super) fn note_last_words(&self, what: &str) {
        let log = self.home.emulator_log();
        let last = tail(&log, 10);
        self.journal.note(format_args!(
            "{what}; the last lines of {}:\n{last}",
            log.display()
        ));
    }

    /// When the state that the next start loads was saved.
    pub(super) fn saved_at(&self) -> Option<Timestamp> {
        Generation::newest(&self.home)?.saved_at()
    }

    /// What makes the emulator run its databases, caches and tasks as containers.
    fn server_settings(&self) -> Vec<(&'static str, String)> {
        if !self.real {
            return Vec::new();
        }
        vec![
            // Where its Docker client is installed; without it the emulator keeps records.
            (
                "BELLA_SERVERS",
                self.home.servers().to_string_lossy().into_owned(),
            ),
            // It looks itself up under this name, and has its containers join the network found there.
            ("HOSTNAME", EMULATOR.to_owned()),
            ("DOCKER_NETWORK", NETWORK.to_owned()),
            ("RDS_PERSIST", "1".to_owned()),
            ("MINISTACK_DOCKER_TIMEOUT", "60".to_owned()),
        ]
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        vec![
            ("BIND_HOST", "127.0.0.1".to_owned()),
            ("GATEWAY_PORT", self.port.to_string()),
            ("MINISTACK_HOST", "127.0.0.1".to_owned()),
            ("MINISTACK_REGION", DEFAULT_REGION.to_owned()),
            ("AWS_DEFAULT_REGION", DEFAULT_REGION.to_owned()),
            ("PERSIST_STATE", "1".to_owned()),
            ("S3_PERSIST", "1".to_owned()),
            ("BELLA_SAVES", text(self.home.saves())),
            ("BELLA_RULES", text(self.home.rules())),
            ("STATE_DIR", text(self.home.state())),
            ("S3_DATA_DIR", text(self.home.objects())),
            ("TMPDIR", text(self.home.temporary())),
            ("DOCKER_HOST", self.docker_url.clone()),
            // These two would listen on fixed ports, one of them on every interface.
            ("IOT_MTLS_ENABLED", "0".to_owned()),
            ("SFTP_ENABLED", "0".to_owned()),
            ("USE_SSL", "0".to_owned()),
            ("PYTHONUNBUFFERED", "1".to_owned()),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ]
    }
}

/// What the emulator must not inherit: the user's AWS settings, and settings of its own that a shell may carry.
fn inherited_to_drop() -> impl Iterator<Item = std::ffi::OsString> {
    const PREFIXES: [&str; 7] = [
        "AWS_",
        "MINISTACK_",
        "LOCALSTACK_",
        "DOCKER_",
        "PYTHON",
        "LAMBDA_",
        "RDS_",
    ];
    const NAMES: [&str; 8] = [
        "AUTH",
        "EDGE_PORT",
        "SERVICES",
        "LOG_LEVEL",
        "VIRTUAL_ENV",
        "REDIS_HOST",
        "REDIS_PORT",
        "SMTP_HOST",
    ];
    std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        NAMES.contains(&name.as_ref()) || PREFIXES.iter().any(|p| name.starts_with(p))
    })
}
