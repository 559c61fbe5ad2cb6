use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::status::Restored;

/// One thing that happens while the sandbox starts or stops; `Display` is the line to show.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Progress {
    /// Another process is doing the same; this one waits for it.
    Waiting { what: &'static str },
    /// The private environment of installed parts is being built, once for all instances.
    Preparing { environment: PathBuf },
    /// One package is being fetched or unpacked.
    Installing { package: String, elapsed: Duration },
    /// The environment is complete.
    Installed { elapsed: Duration },
    /// The daemon was started and is waited for.
    Starting { log: PathBuf },
    /// The previous run did not stop cleanly, so an earlier saved state is what runs now.
    Restored(Restored),
    /// Something left over from an earlier run was stopped.
    StoppedOrphan { what: &'static str, pid: u32 },
    /// The daemon was asked to save and stop.
    Stopping { pid: u32 },
    /// The daemon did not stop in time and was killed, so changes since the last save are gone.
    Killed { pid: u32, log: PathBuf },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting { what } => write!(f, "waiting for another process: {what}"),
            Self::Preparing { environment } => {
                write!(
                    f,
                    "installing the sandbox, once, into {}",
                    environment.display()
                )
            }
            Self::Installing { package, elapsed } => {
                write!(f, "installing {package} ({} s)", elapsed.as_secs())
            }
            Self::Installed { elapsed } => write!(f, "installed in {} s", elapsed.as_secs()),
            Self::Starting { log } => write!(f, "starting the sandbox (log: {})", log.display()),
            Self::Restored(restored) => restored.fmt(f),
            Self::StoppedOrphan { what, pid } => {
                write!(
                    f,
                    "stopped process {pid}, a {what} left over from an earlier run"
                )
            }
            Self::Stopping { pid } => write!(f, "saving and stopping the sandbox (process {pid})"),
            Self::Killed { pid, log } => write!(
                f,
                "process {pid} did not stop in time and was killed; changes since its last save are gone (log: {})",
                log.display()
            ),
        }
    }
}
