//! Why a store could not be started.

use std::path::PathBuf;

/// A store that could not be started.
#[derive(Debug)]
pub enum StoreError {
    /// Its program is not on this machine.
    Missing {
        /// What was looked for.
        program: &'static str,
        /// Debian's package that has it.
        package: &'static str,
    },
    /// A file or process operation failed.
    Io {
        /// What was tried.
        doing: &'static str,
        /// The system's words.
        source: std::io::Error,
    },
    /// It ended before it answered, or did not answer in time.
    NotReady {
        /// Which.
        program: &'static str,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        said: String,
    },
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { program, package } => write!(
                f,
                "{program} is not installed; on Debian and Ubuntu: sudo apt-get install {package}"
            ),
            Self::Io { doing, source } => write!(f, "{doing}: {source}"),
            Self::NotReady { program, log, said } => {
                write!(f, "{program} did not start; {} ends: {said}", log.display())
            }
        }
    }
}

impl std::error::Error for StoreError {}

/// Names what was tried when `io` failed.
pub(crate) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
    move |source| StoreError::Io { doing, source }
}
