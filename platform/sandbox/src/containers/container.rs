use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::engine::Seed;
use super::frame::Source;
use super::image::Image;
use super::log::Log;
use super::programs::{self, Running};
use super::servers::Servers;
use super::spec::Spec;
use super::targets::Targets;
use crate::process::ProcessId;
use crate::record;

/// One container: what it was made from, and how its process fares.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) spec: Spec,
    pub(super) image: Image,
    pub(super) created: Timestamp,
    pub(super) address: Ipv4Addr,
    /// Its own files: what is copied in (`files`), the log and the process's number.
    pub(super) folder: PathBuf,
    pub(super) log: Log,
    /// What its data begins with, where not with nothing.
    pub(super) seed: Option<Seed>,
    pub(super) state: watch::Sender<State>,
    /// Wakes an inspection that waits for news.
    pub(super) asked: Notify,
    pub(super) inspections: Mutex<Inspections>,
    process: Mutex<Option<ProcessId>>,
}

/// How a container's process fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) phase: Phase,
    /// Whether what runs lets clients in.
    pub(super) serving: bool,
    pub(super) exit_code: i64,
    pub(super) started: Option<Timestamp>,
    pub(super) finished: Option<Timestamp>,
    pub(super) error: String,
    /// Whether it was killed for what it held.
    pub(super) out_of_memory: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Created,
    Running,
    Exited,
}

impl Phase {
    /// Docker's word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Exited => "exited",
        }
    }
}

/// How often a container is asked after, so that whoever polls it can be made to wait for news instead.
#[derive(Debug, Default)]
pub(super) struct Inspections {
    pub(super) waiting: bool,
    pub(super) quick: u32,
    pub(super) last: Option<tokio::time::Instant>,
}

/// What a start needs besides the container itself.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    pub(super) servers: Servers,
    pub(super) root: PathBuf,
    pub(super) authority: Arc<super::certificate::Authority>,
    /// Where tasks reach AWS: the gateway.
    pub(super) endpoint: String,
    /// What load balancers know of tasks.
    pub(super) targets: Arc<Targets>,
    /// Told whenever a task starts or ends.
    pub(super) starts: watch::Sender<u64>,
}

impl Surroundings {
    /// Tells whoever waits for news of tasks.
    fn tell(&self, container: &Container) {
        if container.is_task() {
            self.targets.news.notify_one();
            self.starts.send_modify(|count| *count += 1);
        }
    }
}

impl Container {
    pub(super) fn new(
        id: String,
        name: String,
        spec: Spec,
        image: Image,
        address: Ipv4Addr,
        folder: PathBuf,
    ) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder.join("files"))?;
        let log = Log::create(folder.join("log"))?;
        Ok(Self {
            id,
            name,
            spec,
            image,
            created: Timestamp::now(),
            address,
            folder,
            log,
            seed: None,
            state: watch::Sender::new(State {
                phase: Phase::Created,
                serving: false,
                exit_code: 0,
                started: None,
                finished: None,
                error: String::new(),
                out_of_memory: false,
            }),
            asked: Notify::new(),
            inspections: Mutex::default(),
            process: Mutex::default(),
        })
    }

    pub(super) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Whether it belongs to an ECS task.
    pub(super) fn is_task(&self) -> bool {
        self.spec.label("ministack") == Some("ecs")
    }

    pub(super) fn is_running(&self) -> bool {
        self.state.borrow().phase == Phase::Running
    }

    /// Number of the process, when it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        process.as_ref().map(|process| process.pid)
    }

    /// Starts the process and returns; what goes wrong from here on is in the log and the exit code, as with Docker.
    ///
    /// False when it runs already.
    pub(super) fn start(self: &Arc<Self>, surroundings: Surroundings) -> bool {
        let mut began = false;
        self.state.send_if_modified(|state| {
            began = state.phase != Phase::Running;
            if began {
                state.phase = Phase::Running;
                state.exit_code = 0;
                state.started = Some(Timestamp::now());
                state.finished = None;
                state.error.clear();
                state.out_of_memory = false;
            }
            began
        });
        if began {
            let container = Arc::clone(self);
            tokio::spawn(async move { container.live(surroundings).await });
        }
        began
    }

    async fn live(&self, surroundings: Surroundings) {
        surroundings.tell(self);
        let code = match programs::launch(self, &surroundings).await {
            Ok(running) => {
                self.state.send_modify(|state| state.serving = true);
                self.supervise(running).await
            }
            Err(error) => {
                let line = format!("the sandbox cannot run this container: {error}\n");
                self.log.add(Source::Stderr, line.as_bytes());
                127
            }
        };
        self.note_process(None);
        self.state.send_modify(|state| {
            state.phase = Phase::Exited;
            state.serving = false;
            state.exit_code = code;
            state.finished = Some(Timestamp::now());
        });
        surroundings.tell(self);
    }

    async fn supervise(&self, running: Running) -> i64 {
        let Running { mut child, fronts } = running;
        let process = child.id().and_then(ProcessId::of);
        self.note_process(process);
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        let pumps = async {
            tokio::join!(
                self.pump(Source::Stdout, stdout),
                self.pump(Source::Stderr, stderr)
            )
        };
        tokio::pin!(pumps);
        let mut pumped = false;
        let how = loop {
            tokio::select! {
                how = child.wait() => break how,
                _ = &mut pumps, if !pumped => pumped = true,
            }
        };
        // A child of the process may hold the output open for longer than the process lives.
        if !pumped {
            let _ = timeout(Duration::from_secs(1), pumps).await;
        }
        // Nobody is let in any more where nothing answers.
        drop(fronts);
        how.map_or(255, |how| i64::from(exit_code(how)))
    }

    async fn pump(&self, source: Source, output: Option<impl AsyncRead + Unpin>) {
        let Some(output) = output else { return };
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        while matches!(reader.read_until(b'\n', &mut line).await, Ok(n) if n > 0) {
            self.log.add(source, &line);
            line.clear();
        }
    }

    fn note_process(&self, process: Option<ProcessId>) {
        let file = self.folder.join("process.json");
        match &process {
            // Without it a next daemon would not find the process after this one was killed; it dies with its parent
            // as a rule.
            Some(process) => drop(record::write(&file, process)),
            None => drop(std::fs::remove_file(&file)),
        }
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = process;
    }

    /// Sends a signal to the process and its children.
    pub(super) fn signal(&self, signal: Signal) {
        let pid = self.pid().and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            // A failure means that they have just ended.
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Asks the process to end, and ends it when it does not within `grace`.
    pub(super) async fn stop(&self, grace: Duration) {
        if !self.is_running() {
            return;
        }
        // A start in progress has no process yet.
        let mut asked = false;
        let gentle = async {
            loop {
                if !asked && self.pid().is_some() {
                    self.signal(self.image.stop_signal());
                    asked = true;
                }
                if timeout(Duration::from_millis(100), self.ended())
                    .await
                    .is_ok()
                {
                    return;
                }
            }
        };
        if timeout(grace.max(Duration::from_millis(200)), gentle)
            .await
            .is_err()
        {
            self.kill().await;
        }
    }

    /// Ends the process at once.
    pub(super) async fn kill(&self) {
        while self.is_running() {
            self.signal(Signal::KILL);
            let _ = timeout(Duration::from_millis(100), self.ended()).await;
        }
    }

    /// Returns when a server that was started lets clients in, or has ended, or takes too long.
    pub(super) async fn serving(&self) {
        const LIMIT: Duration = Duration::from_secs(30);
        let mut state = self.state.subscribe();
        let settled = state.wait_for(|state| state.serving || state.phase != Phase::Running);
        // Whoever goes on sees for themselves.
        let _ = timeout(LIMIT, settled).await;
    }

    /// Returns when the process has ended; at once when none runs.
    pub(super) async fn ended(&self) -> State {
        let mut state = self.state.subscribe();
        match state.wait_for(|state| state.phase != Phase::Running).await {
            Ok(state) => state.clone(),
            // The sender is in `self`.
            Err(_) => self.state(),
        }
    }
}

/// What a shell would answer for `$?`.
pub(super) fn exit_code(how: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    let signal = how.signal().unwrap_or(127);
    how.code().unwrap_or(128 + signal)
}

/// Ends a task when dropped.
#[derive(Debug)]
pub(super) struct Front(pub(super) JoinHandle<()>);

impl Drop for Front {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Container {
    /// Where the container's data under a path lies on the machine: in the volume mounted there, else in its own folder.
    pub(super) fn folder_of(&self, target: &str, root: &std::path::Path) -> PathBuf {
        let volumes = self.spec.volumes();
        let mounted = volumes.iter().find(|(_, at)| at.starts_with(target));
        match mounted {
            Some((volume, _)) => root.join("volumes").join(volume),
            None => self.folder.join("data"),
        }
    }
}
