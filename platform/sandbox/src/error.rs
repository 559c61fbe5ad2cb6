use std::path::PathBuf;

/// Why the sandbox could not do what was asked, with the next step to type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    #[error(
        "the sandbox has no home: none of BELLA_SANDBOX_DIR, XDG_CACHE_HOME and HOME is set\n  next: BELLA_SANDBOX_DIR=/path/to/folder bella sandbox up"
    )]
    NoHome,

    #[error(
        "{path} holds other things than a sandbox, which `sandbox reset` would delete\n  next: BELLA_SANDBOX_DIR=/path/to/new/folder bella sandbox up"
    )]
    OtherFolder { path: PathBuf },

    #[error("cannot {action} {path}: {source}")]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },

    #[error(
        "the sandbox needs Python 3.10 or later with venv and pip; tried: {tried}\n  next: {install}"
    )]
    NoPython { tried: String, install: String },

    #[error("installing the emulator failed: {reason}\n  log: {log}\n  next: bella sandbox up")]
    Install { reason: String, log: PathBuf },

    #[error(
        "the sandbox did not start: {reason}\n  log: {log}\n  next: bella sandbox reset, then bella sandbox up"
    )]
    Start { reason: String, log: PathBuf },

    #[error("the sandbox is already served by process {pid}\n  next: bella sandbox status")]
    AlreadyServed { pid: u32 },

    #[error("cannot stop process {pid}, the sandbox's {what}: {reason}\n  log: {log}")]
    Stop {
        pid: u32,
        what: &'static str,
        reason: String,
        log: PathBuf,
    },

    #[error("the sandbox does not run\n  next: bella sandbox up")]
    NotRunning,

    #[error("the sandbox does not set its {path}: {reason}\n  next: bella sandbox --help")]
    Refused { path: String, reason: String },

    #[error("no free port on 127.0.0.1: {0}")]
    Port(#[source] std::io::Error),

    #[error("the sandbox was asked to start without a command for its daemon")]
    NoDaemonCommand,
}

impl SandboxError {
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}
