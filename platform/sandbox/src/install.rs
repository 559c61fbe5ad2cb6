use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::containers::Mode;
use crate::error::SandboxError;
use crate::home::Home;
use crate::journal::{open_log, tail};
use crate::lock::Lock;
use crate::progress::Progress;
use crate::python::{PINS, SERVER_PINS, find_python};

/// The emulator behind the gateway, as `sandbox status` names it.
pub(crate) const EMULATOR: &str = "ministack 1.5.33";

const PIP: [&str; 8] = [
    "-m",
    "pip",
    "install",
    "--no-input",
    "--disable-pip-version-check",
    "--progress-bar",
    "off",
    "-r",
];

/// Interpreter of a complete environment.
pub(crate) fn interpreter(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// Builds the shared environment unless it is there.
///
/// Only one process builds; others wait on the lock. It grows under another name and takes its own when complete, so
/// what has the name can be used.
pub(crate) async fn ensure(home: &Home, progress: &dyn Fn(Progress)) -> Result<(), SandboxError> {
    let environment = home.environment();
    if interpreter(environment).exists() {
        return Ok(());
    }
    let lock = environment.with_extension("lock");
    let _lock = Lock::take(&lock, "it is installing the sandbox's parts", progress).await?;
    if interpreter(environment).exists() {
        return Ok(());
    }
    let began = Instant::now();
    progress(Progress::Preparing {
        environment: environment.to_owned(),
    });
    build(home, began, progress).await?;
    progress(Progress::Installed {
        elapsed: began.elapsed(),
    });
    Ok(())
}

async fn build(
    home: &Home,
    began: Instant,
    progress: &dyn Fn(Progress),
) -> Result<(), SandboxError> {
    let environment = home.environment();
    let log = home.root().join("log/install.log");
    let python = find_python().await?;
    refuse_other_folder(environment, &log)?;
    let partial = environment.with_extension("partial");
    remove(&partial)?;
    let step = |program: &Path| Step {
        program: program.to_owned(),
        log: log.clone(),
        began,
    };
    let mut arguments: Vec<&OsStr> = ["-I", "-m", "venv"].iter().map(AsRef::as_ref).collect();
    arguments.push(partial.as_os_str());
    step(Path::new(&python)).run(&arguments, progress).await?;
    let requirements = partial.join("requirements.txt");
    std::fs::write(&requirements, PINS).map_err(SandboxError::file("write", &requirements))?;
    let mut arguments: Vec<&OsStr> = PIP.iter().map(AsRef::as_ref).collect();
    arguments.push(requirements.as_os_str());
    step(&interpreter(&partial))
        .run(&arguments, progress)
        .await?;
    remove(environment)?;
    std::fs::rename(&partial, environment).map_err(SandboxError::file("rename", &partial))
}

/// Installs the server programs unless they are there, or not wanted.
pub(crate) async fn ensure_servers(
    home: &Home,
    mode: Mode,
    progress: &dyn Fn(Progress),
) -> Result<(), SandboxError> {
    let folder = home.servers();
    if mode == Mode::Records || folder.exists() {
        return Ok(());
    }
    let lock = folder.with_extension("lock");
    let _lock = Lock::take(&lock, "it is installing the sandbox's servers", progress).await?;
    if folder.exists() {
        return Ok(());
    }
    let began = Instant::now();
    progress(Progress::Preparing {
        environment: folder.clone(),
    });
    let partial = folder.with_extension("partial");
    remove(&partial)?;
    std::fs::create_dir_all(&partial).map_err(SandboxError::file("create", &partial))?;
    let requirements = partial.join("requirements.txt");
    std::fs::write(&requirements, SERVER_PINS)
        .map_err(SandboxError::file("write", &requirements))?;
    let step = Step {
        program: interpreter(home.environment()),
        log: home.root().join("log/install.log"),
        began,
    };
    let mut arguments: Vec<&OsStr> = PIP.iter().map(AsRef::as_ref).collect();
    arguments.push(requirements.as_os_str());
    // Only these files of theirs are used, so what they depend on beside them is not needed.
    arguments.extend(["--no-deps", "--target"].map(OsStr::new));
    arguments.push(partial.as_os_str());
    step.run(&arguments, progress)
        .await
        .map_err(without_servers)?;
    std::fs::rename(&partial, &folder).map_err(SandboxError::file("rename", &partial))?;
    progress(Progress::Installed {
        elapsed: began.elapsed(),
    });
    Ok(())
}

/// Names the way round: the sandbox does without servers.
fn without_servers(error: SandboxError) -> SandboxError {
    match error {
        SandboxError::Install { reason, log } => SandboxError::Install {
            reason: format!(
                "{reason}; without real servers: BELLA_SANDBOX_SERVERS=records bella sandbox up"
            ),
            log,
        },
        other => other,
    }
}

/// A broken environment is replaced; a folder that is something else is the user's, and left alone.
fn refuse_other_folder(environment: &Path, log: &Path) -> Result<(), SandboxError> {
    let mut entries = std::fs::read_dir(environment).into_iter().flatten();
    if entries.next().is_none() || environment.join("pyvenv.cfg").exists() {
        return Ok(());
    }
    Err(SandboxError::Install {
        reason: format!(
            "{} (BELLA_SANDBOX_ENV) holds something else; name a folder that does not exist",
            environment.display()
        ),
        log: log.to_owned(),
    })
}

fn remove(folder: &Path) -> Result<(), SandboxError> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(SandboxError::file("remove", folder)(source))
        }
        _ => Ok(()),
    }
}

/// One program of the installation; its output goes to the log, and what it says of packages to the caller.
struct Step {
    program: PathBuf,
    log: PathBuf,
    began: Instant,
}

impl Step {
    async fn run(
        &self,
        arguments: &[&OsStr],
        progress: &dyn Fn(Progress),
    ) -> Result<(), SandboxError> {
        let mut log = open_log(&self.log)?;
        let errors = log
            .try_clone()
            .map_err(SandboxError::file("open", &self.log))?;
        let failed = |reason: String| SandboxError::Install {
            reason,
            log: self.log.clone(),
        };
        let mut child = Command::new(&self.program)
            .args(arguments)
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| failed(format!("{} does not start: {e}", self.program.display())))?;
        if let Some(stdout) = child.stdout.take() {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                // The log is for a later reader; the installation goes on without it.
                let _ = writeln!(log, "{line}");
                if let Some(package) = package_of(&line) {
                    progress(Progress::Installing {
                        package,
                        elapsed: self.began.elapsed(),
                    });
                }
            }
        }
        let ended = child.wait().await.map_err(|e| failed(e.to_string()))?;
        if ended.success() {
            return Ok(());
        }
        let last = tail(&self.log, 8);
        let cause = last
            .lines()
            .rev()
            .find(|line| line.starts_with("ERROR:"))
            .map_or_else(|| last.clone(), str::to_owned);
        Err(failed(format!(
            "{} ended with {ended}: {cause}",
            self.program.display()
        )))
    }
}

/// The package a line of pip's output is about.
fn package_of(line: &str) -> Option<String> {
    let line = line.trim();
    if let Some(all) = line.strip_prefix("Installing collected packages:") {
        return Some(format!("{} packages", all.split(',').count()));
    }
    let rest = line.strip_prefix("Collecting ")?;
    let end = rest
        .find(|c: char| c.is_whitespace() || c == ';')
        .unwrap_or(rest.len());
    Some(rest[..end].replace("==", " "))
}

#[cfg(test)]
mod tests {
    use super::package_of;

    #[test]
    fn pip_lines() {
        let cases = [
            (
                "Collecting ministack==1.5.33 (from -r requirements.txt (line 1))",
                Some("ministack 1.5.33"),
            ),
            (
                "Collecting pycparser==3.12; python_version",
                Some("pycparser 3.12"),
            ),
            (
                "  Downloading ministack-1.5.33-py3-none-any.whl (2.4 MB)",
                None,
            ),
            (
                "Installing collected packages: six, PyYAML",
                Some("2 packages"),
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(package_of(line).as_deref(), expected, "{line}");
        }
    }
}
