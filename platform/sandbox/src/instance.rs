use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::containers::{Mode, data_root};
use crate::error::SandboxError;
use crate::home::Home;
use crate::install;
use crate::journal::{open_log, tail};
use crate::lock::Lock;
use crate::process::{ProcessId, detach};
use crate::progress::Progress;
use crate::record::{self, Record};
use crate::status::{Status, status};

/// How long the daemon may take to answer, emulator included; a loaded machine needs most of it.
const START_LIMIT: Duration = Duration::from_secs(90);
/// How long saving may take before the daemon is killed.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// How `up` starts what it finds not running.
#[derive(Debug, Clone, Default)]
pub struct UpOptions {
    /// Command line that calls [`crate::serve`] for the home in `BELLA_SANDBOX_DIR` and `BELLA_SANDBOX_ENV`.
    pub daemon: Vec<OsString>,
    /// Whether databases, caches and tasks run; `None` leaves it to `BELLA_SANDBOX_SERVERS`.
    pub servers: Option<Mode>,
}

/// What `down` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Everything was saved.
    Cleanly,
    /// It had to be killed or could not save, so changes since its last save are gone.
    Unsaved,
    /// Nothing was running.
    NotRunning,
}

/// Brings the sandbox up and returns when gateway and emulator answer; at once when they already do.
pub async fn up(
    home: &Home,
    options: &UpOptions,
    progress: &dyn Fn(Progress),
) -> Result<Status, SandboxError> {
    let now = status(home).await;
    if now.running {
        return Ok(now);
    }
    home.claim()?;
    let _lock = lock(home, progress).await?;
    let now = settled(home).await;
    if now.running {
        return Ok(now);
    }
    install::ensure(home, progress).await?;
    let mode = options.servers.unwrap_or_else(Mode::from_env);
    install::ensure_servers(home, mode, progress).await?;
    stop_daemon(home, progress).await?;
    stop_orphan(home, progress).await?;
    let child = spawn(home, options)?;
    progress(Progress::Starting { log: home.log() });
    let started = wait_ready(home, child).await?;
    if let Some(restored) = &started.restored {
        progress(Progress::Restored(restored.clone()));
    }
    Ok(started)
}

/// Saves and stops the sandbox.
pub async fn down(home: &Home, progress: &dyn Fn(Progress)) -> Result<Stopped, SandboxError> {
    if !home.is_claimed() {
        return Ok(Stopped::NotRunning);
    }
    let _lock = lock(home, progress).await?;
    let stopped = stop_daemon(home, progress).await?;
    stop_orphan(home, progress).await?;
    Ok(stopped)
}

/// Stops the sandbox and deletes what this instance holds; the shared environment stays.
pub async fn reset(home: &Home, progress: &dyn Fn(Progress)) -> Result<Stopped, SandboxError> {
    if !home.is_claimed() {
        return Ok(Stopped::NotRunning);
    }
    let _lock = lock(home, progress).await?;
    let stopped = stop_daemon(home, progress).await?;
    stop_orphan(home, progress).await?;
    // Before the record goes, by which an unmarked home is known.
    home.claim()?;
    // Logs stay for the reader, ports because clients know the endpoint, and the lock because a second file of its
    // name would let two processes hold "the" lock.
    let ours: [PathBuf; 14] = [
        home.saves(),
        home.launcher(),
        home.state(),
        home.objects(),
        home.rules(),
        home.temporary(),
        home.clean_stop(),
        home.record(),
        home.calls(),
        home.docker_socket(),
        data_root(home),
        home.root().join("tls"),
        home.clock(),
        home.temper(),
    ];
    for path in &ours {
        let removed = if path.is_dir() {
            std::fs::remove_dir_all(path)
        } else {
            std::fs::remove_file(path)
        };
        match removed {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(SandboxError::file("remove", path)(source));
            }
            _ => {}
        }
    }
    Ok(stopped)
}

async fn lock(home: &Home, progress: &dyn Fn(Progress)) -> Result<Lock, SandboxError> {
    Lock::take(
        &home.lock(),
        "it is starting or stopping this sandbox",
        progress,
    )
    .await
}

/// The status once a daemon that lives has had the time to restart its emulator.
async fn settled(home: &Home) -> Status {
    let deadline = Instant::now() + Duration::from_secs(15);
    loop {
        let now = status(home).await;
        if now.running || now.pids.daemon.is_none() || Instant::now() >= deadline {
            return now;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Stops the recorded daemon, if it lives: asked first, killed when it does not end.
async fn stop_daemon(home: &Home, progress: &dyn Fn(Progress)) -> Result<Stopped, SandboxError> {
    let record: Option<Record> = record::read(&home.record());
    let Some(daemon) = record.map(|r| r.daemon).filter(ProcessId::is_alive) else {
        return Ok(Stopped::NotRunning);
    };
    progress(Progress::Stopping { pid: daemon.pid });
    daemon.terminate();
    if daemon.wait_gone(STOP_LIMIT).await {
        return Ok(if home.clean_stop().exists() {
            Stopped::Cleanly
        } else {
            Stopped::Unsaved
        });
    }
    kill(&daemon, "daemon", home).await?;
    progress(Progress::Killed {
        pid: daemon.pid,
        log: home.log(),
    });
    Ok(Stopped::Unsaved)
}

/// Stops an emulator whose daemon is gone. It is asked first, because it saves its state when asked.
async fn stop_orphan(home: &Home, progress: &dyn Fn(Progress)) -> Result<(), SandboxError> {
    let record: Option<Record> = record::read(&home.record());
    let emulator = record.and_then(|r| r.emulator);
    let Some(emulator) = emulator.filter(ProcessId::is_alive) else {
        return Ok(());
    };
    progress(Progress::StoppedOrphan {
        what: "emulator",
        pid: emulator.pid,
    });
    emulator.terminate();
    if !emulator.wait_gone(STOP_LIMIT).await {
        kill(&emulator, "emulator", home).await?;
    }
    Ok(())
}

async fn kill(process: &ProcessId, what: &'static str, home: &Home) -> Result<(), SandboxError> {
    process.kill();
    if process.wait_gone(Duration::from_secs(5)).await {
        return Ok(());
    }
    Err(SandboxError::Stop {
        pid: process.pid,
        what,
        reason: "it still runs after SIGKILL".to_owned(),
        log: home.log(),
    })
}

fn spawn(home: &Home, options: &UpOptions) -> Result<Child, SandboxError> {
    let (program, arguments) = options
        .daemon
        .split_first()
        .ok_or(SandboxError::NoDaemonCommand)?;
    let log = home.log();
    let output = open_log(&log)?;
    let errors = output
        .try_clone()
        .map_err(SandboxError::file("open", &log))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("BELLA_SANDBOX_DIR", home.root())
        .env("BELLA_SANDBOX_ENV", home.environment())
        .envs(options.servers.map(|mode| (Mode::VARIABLE, mode.word())))
        .current_dir(home.root())
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors);
    detach(&mut command)
        .spawn()
        .map_err(|source| SandboxError::Start {
            reason: format!("{} does not run: {source}", program.to_string_lossy()),
            log,
        })
}

async fn wait_ready(home: &Home, mut child: Child) -> Result<Status, SandboxError> {
    let deadline = Instant::now() + START_LIMIT;
    let fail = |reason: String| SandboxError::Start {
        reason,
        log: home.log(),
    };
    loop {
        let now = status(home).await;
        if now.running && now.pids.daemon == Some(child.id()) {
            return Ok(now);
        }
        if let Ok(Some(ended)) = child.try_wait() {
            let last = tail(&home.log(), 5);
            return Err(fail(format!("its daemon ended with {ended}:\n{last}")));
        }
        if Instant::now() >= deadline {
            // Left alone it could come up later, beside the one the user starts next.
            if let Some(id) = ProcessId::of(child.id()) {
                id.terminate();
            }
            let last = tail(&home.emulator_log(), 5);
            let seconds = START_LIMIT.as_secs();
            return Err(fail(format!(
                "no answer within {seconds} s; the emulator's last lines:\n{last}"
            )));
        }
        sleep(Duration::from_millis(50)).await;
    }
}
