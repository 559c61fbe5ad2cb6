use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use bella_aws::clients::{Access, Aws};
use serde_json::Value;

use crate::clock::business_hours;
use crate::gateway::Gateway;

/// Region of everything that tests make.
const REGION: &str = "ca-central-1";

/// A sandbox of a test's own in a temporary folder, started by the built `bella`, in which it is a
/// weekday's morning; stopped and removed when dropped, also by a panic.
#[derive(Debug)]
pub struct Sandbox {
    program: PathBuf,
    folder: PathBuf,
    endpoint: String,
}

impl Sandbox {
    /// Starts one. `name` tells its folder from other tests'.
    ///
    /// # Panics
    /// `bella` is not built, or the sandbox does not come up.
    #[must_use]
    pub fn start(name: &str) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = format!("bella-{name}-{}-{number}", std::process::id());
        let mut sandbox = Self {
            program: built("bella"),
            folder: std::env::temp_dir().join(folder),
            endpoint: String::new(),
        };
        std::fs::create_dir_all(&sandbox.folder).expect("the temporary folder can be written");
        let status = sandbox.control("up");
        let endpoint = status["endpoint"].as_str();
        sandbox.endpoint = endpoint.expect("a running sandbox has one").to_owned();
        let morning = business_hours(jiff::Timestamp::now());
        sandbox.gateway().set_clock(morning);
        sandbox
    }

    /// Where AWS answers.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A folder that is removed with the sandbox.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Log of calls and injected faults.
    #[must_use]
    pub fn gateway(&self) -> Gateway {
        Gateway::at(&self.endpoint)
    }

    /// How the clients reach it.
    #[must_use]
    pub fn access(&self) -> Access {
        Access {
            region: REGION.to_owned(),
            profile: None,
            endpoint_url: Some(self.endpoint.clone()),
            dummy_credentials: true,
        }
    }

    /// Clients of it.
    pub async fn aws(&self) -> Aws {
        Aws::new(&self.access()).await
    }

    /// The built `bella`, in this sandbox's folder and with no AWS setting of the caller's.
    #[must_use]
    pub fn bella(&self) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let shared = text == "BELLA_SANDBOX_ENV";
            if text.starts_with("AWS_") || (text.starts_with("BELLA_") && !shared) {
                command.env_remove(&name);
            }
        }
        command
            .env("BELLA_SANDBOX_DIR", self.folder.join("sandbox"))
            // Hundreds of databases come and go.
            .env("BELLA_SANDBOX_SERVERS", "records")
            .current_dir(&self.folder);
        command
    }

    fn control(&self, verb: &str) -> Value {
        let output = self.bella().args(["sandbox", verb, "--json"]).output();
        let output = output.unwrap_or_else(|why| panic!("bella does not run: {why}"));
        assert!(
            output.status.success(),
            "bella sandbox {verb} ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let stopped = self.bella().args(["sandbox", "reset"]).output();
        let stopped = stopped.is_ok_and(|output| output.status.success());
        let removed = stopped && std::fs::remove_dir_all(&self.folder).is_ok();
        if !std::thread::panicking() {
            assert!(
                removed,
                "the sandbox in {} is not stopped and removed",
                self.folder.display()
            );
        }
    }
}

/// A program of this workspace, built in the same profile: beside the folder of the test's own.
///
/// # Panics
/// It is not built.
fn built(program: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a running program has a path");
    let profile = own.parent().and_then(Path::parent);
    let path = profile.map(|folder| folder.join(program));
    let path = path.expect("tests are in <target>/<profile>/deps");
    assert!(
        path.is_file(),
        "{} is missing; build it with: cargo build --release -p {program}",
        path.display()
    );
    path
}
