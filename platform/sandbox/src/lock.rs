use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::SandboxError;
use crate::progress::Progress;

/// A file lock held by this process; the system frees it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, waiting for another holder and saying so.
    pub(crate) async fn take(
        path: &Path,
        what: &'static str,
        progress: &dyn Fn(Progress),
    ) -> Result<Self, SandboxError> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(SandboxError::file("create", parent))?;
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(SandboxError::file("open", path))?;
        match file.try_lock() {
            Ok(()) => return Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => progress(Progress::Waiting { what }),
            Err(TryLockError::Error(source)) => {
                return Err(SandboxError::file("lock", path)(source));
            }
        }
        let waited = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
        match waited {
            Ok(Ok(file)) => Ok(Self { _file: file }),
            Ok(Err(source)) => Err(SandboxError::file("lock", path)(source)),
            Err(gone) => Err(SandboxError::file("lock", path)(std::io::Error::other(
                gone,
            ))),
        }
    }
}
