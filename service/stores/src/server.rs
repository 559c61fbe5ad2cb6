//! A server process: started, watched, frozen, killed, started again.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::{StoreError, io};

/// How long a server may take to answer after its start.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A server process on a loopback port. Dropping it kills it; so does the end of this process, however it comes.
#[derive(Debug)]
pub struct Server {
    program: &'static str,
    arguments: Vec<String>,
    user: Option<String>,
    log: PathBuf,
    port: u16,
    child: Option<Child>,
    /// The thread that started the child: the kernel ends the child with it.
    keeper: Option<mpsc::Sender<()>>,
}

impl Server {
    pub(crate) fn new(
        program: &'static str,
        arguments: Vec<String>,
        user: Option<String>,
        log: PathBuf,
        port: u16,
    ) -> Self {
        Self {
            program,
            arguments,
            user,
            log,
            port,
            child: None,
            keeper: None,
        }
    }

    /// Its port on 127.0.0.1; stays the same over a restart.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, on the same port and data as before, and waits until it listens.
    pub(crate) fn start(&mut self) -> Result<(), StoreError> {
        self.kill();
        let log = std::fs::File::create(&self.log).map_err(io("creating a store's log"))?;
        let errors = log.try_clone().map_err(io("creating a store's log"))?;
        // `setpriv` asks the kernel to end the server with the thread that started it.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if let Some(user) = &self.user {
            command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
        }
        command
            .arg(self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors);
        let (started, starting) = mpsc::channel();
        let (keeper, ended) = mpsc::channel::<()>();
        std::thread::spawn(move || {
            let child = command.spawn();
            if started.send(child).is_ok() {
                // Returns when the sender is dropped.
                let _ = ended.recv();
            }
        });
        let child = starting
            .recv()
            .map_err(|_| std::io::Error::other("the starting thread ended"))
            .and_then(|child| child)
            .map_err(io("starting a store"))?;
        self.child = Some(child);
        self.keeper = Some(keeper);
        self.wait()
    }

    fn wait(&mut self) -> Result<(), StoreError> {
        let until = Instant::now() + READY_WITHIN;
        loop {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(());
            }
            let ended = match &mut self.child {
                Some(child) => child.try_wait().map_err(io("watching a store"))?.is_some(),
                None => true,
            };
            if ended || Instant::now() > until {
                return Err(StoreError::NotReady {
                    program: self.program,
                    log: self.log.clone(),
                    said: last_lines(&self.log),
                });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it (SIGKILL); nothing happens when it does not run.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Both fail only when it is gone already.
            let _ = child.kill();
            let _ = child.wait();
        }
        self.keeper = None;
    }

    /// Stops it from running, with its connections open (SIGSTOP): a dependency that never answers. Nothing of it runs any more when
    /// this returns.
    pub fn freeze(&self) {
        let Some(server) = self.child.as_ref().and_then(|it| raw(it.id())) else {
            return;
        };
        // The server first: one that runs on starts a process for whoever connects meanwhile.
        stop(server);
        for child in children(server) {
            stop(child);
        }
    }

    /// Lets it run again (SIGCONT).
    pub fn thaw(&self) {
        let Some(server) = self.child.as_ref().and_then(|it| raw(it.id())) else {
            return;
        };
        for pid in children(server).into_iter().chain([server]) {
            let _ = kill_process(pid, Signal::CONT);
        }
    }
}

/// Stops a process and waits until it has stopped, which a signal alone does not promise.
fn stop(pid: Pid) {
    let status = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let begun = Instant::now();
    while kill_process(pid, Signal::STOP).is_ok() && begun.elapsed() < READY_WITHIN {
        let line = std::fs::read_to_string(&status).unwrap_or_default();
        // The state follows the program's name, which is in brackets and may have any letter in it.
        let state = line.rsplit(')').next().unwrap_or_default().trim_start();
        if !state.starts_with(['R', 'S', 'D']) {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The direct children of a process: PostgreSQL serves each connection from a process of its own.
fn children(pid: Pid) -> Vec<Pid> {
    let pid = pid.as_raw_nonzero();
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children = children.unwrap_or_default();
    let pids = children.split_whitespace();
    pids.filter_map(|pid| raw(pid.parse().ok()?)).collect()
}

fn raw(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.thaw();
        self.kill();
    }
}

/// A loopback port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16, StoreError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io("looking for a port"))?;
    let address = listener.local_addr().map_err(io("looking for a port"))?;
    Ok(address.port())
}

/// A new folder under the system's temporary one, for this process. Those of processes that ended without removing theirs, which a
/// killed one does and one that keeps its stores to its end, are removed on the way.
pub(crate) fn folder(name: &str) -> Result<PathBuf, StoreError> {
    let parent = std::env::temp_dir();
    let prefix = format!("bella-{name}-");
    remove_left_over(&parent, &prefix);
    let port = free_port()?;
    let folder = parent.join(format!("{prefix}{}-{port}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(io("creating a store's folder"))?;
    Ok(folder)
}

fn remove_left_over(parent: &Path, prefix: &str) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name
            .to_str()
            .and_then(|name| name.strip_prefix(prefix)?.split('-').next()?.parse().ok())
            .and_then(Pid::from_raw);
        let ended = process.is_some_and(|pid| {
            rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH)
        });
        if ended {
            // Somebody else may be at it, or it is another user's.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let mut lines: Vec<_> = text.lines().rev().take(5).collect();
    lines.reverse();
    lines.join(" | ")
}
