use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::error::SandboxError;

/// A log starts over above this size, keeping one older generation.
const ROTATE_ABOVE: u64 = 8 * 1024 * 1024;

/// The daemon's log: one line an event, with its UTC time.
#[derive(Debug)]
pub(crate) struct Journal {
    file: Mutex<File>,
}

impl Journal {
    pub(crate) fn open(path: PathBuf) -> Result<Self, SandboxError> {
        Ok(Self {
            file: Mutex::new(open_log(&path)?),
        })
    }

    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        let line = format!(
            "{} {text}\n",
            Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        );
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written must not stop the sandbox.
        let _ = file.write_all(line.as_bytes());
    }
}

/// Opens a log for appending, after putting a large one aside as `<name>.1`.
pub(crate) fn open_log(path: &Path) -> Result<File, SandboxError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(SandboxError::file("create", parent))?;
    }
    if std::fs::metadata(path).is_ok_and(|m| m.len() > ROTATE_ABOVE) {
        let aside = path.with_extension("log.1");
        std::fs::rename(path, &aside).map_err(SandboxError::file("rename", path))?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(SandboxError::file("open", path))
}

/// The last `lines` lines of a log, or what of it can be read.
pub(crate) fn tail(path: &Path, lines: usize) -> String {
    const WINDOW: u64 = 16 * 1024;
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(WINDOW)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
