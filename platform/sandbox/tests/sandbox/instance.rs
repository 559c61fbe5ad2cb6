use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use bella_sandbox::{Home, Progress, Servers, Status, Stopped, UpOptions};

/// Set in the daemon's process, which is this test binary again, running only `daemon_process`.
const ROLE: &str = "BELLA_SANDBOX_TEST_DAEMON";

/// What `up` starts; in an ordinary test run it does nothing.
#[test]
fn daemon_process() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let home = Home::from_env().expect("a home");
    runtime
        .block_on(bella_sandbox::serve(&home))
        .expect("served");
}

/// One sandbox in a temporary folder; stopped and removed when dropped.
pub(crate) struct Instance {
    pub(crate) home: Home,
    folder: PathBuf,
    said: Mutex<Vec<String>>,
}

impl Instance {
    pub(crate) fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("bella-sandbox-{name}-{}", std::process::id()));
        let environment = std::env::var_os("BELLA_SANDBOX_ENV").map_or_else(
            || Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-env"),
            PathBuf::from,
        );
        Self {
            home: Home::at(&folder, environment).expect("a home"),
            folder,
            said: Mutex::default(),
        }
    }

    /// Without servers: hundreds of databases come and go in these tests.
    pub(crate) async fn up(&self) -> Status {
        self.up_with(Servers::Records).await
    }

    pub(crate) async fn up_with(&self, servers: Servers) -> Status {
        let mut daemon = vec!["env".into(), format!("{ROLE}=1").into()];
        daemon.push(std::env::current_exe().expect("a path").into());
        daemon.extend(["--exact".into(), "instance::daemon_process".into()]);
        let options = UpOptions {
            daemon,
            servers: Some(servers),
        };
        bella_sandbox::up(&self.home, &options, &|progress| self.note(&progress))
            .await
            .expect("up")
    }

    pub(crate) async fn down(&self) -> Stopped {
        bella_sandbox::down(&self.home, &|progress| self.note(&progress))
            .await
            .expect("down")
    }

    /// What the progress callback was told since it was last asked.
    pub(crate) fn said(&self) -> Vec<String> {
        std::mem::take(&mut self.said.lock().expect("unpoisoned"))
    }

    fn note(&self, progress: &Progress) {
        self.said
            .lock()
            .expect("unpoisoned")
            .push(progress.to_string());
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let home = self.home.clone();
        let stop = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime
                .block_on(bella_sandbox::reset(&home, &|_| ()))
                .is_ok()
        });
        let stopped = stop.join().unwrap_or(false);
        if !std::thread::panicking() {
            assert!(
                stopped,
                "the sandbox of {} is not stopped",
                self.folder.display()
            );
            std::fs::remove_dir_all(&self.folder).expect("removed");
        }
    }
}

/// Ends a process the hard way.
pub(crate) fn kill(pid: u32) {
    signal("KILL", pid);
}

/// Sends a process the signal of this name.
pub(crate) fn signal(name: &str, pid: u32) {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status()
        .expect("kill runs");
    assert!(status.success());
}
