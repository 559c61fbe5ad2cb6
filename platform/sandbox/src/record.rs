use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::SandboxError;
use crate::process::ProcessId;
use crate::status::Restored;

/// What the running daemon writes down, for the commands that look for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) daemon: ProcessId,
    pub(crate) emulator: Option<ProcessId>,
    pub(crate) endpoint: String,
    pub(crate) started: Timestamp,
    pub(crate) restored: Option<Restored>,
}

/// The ports of the last run, taken again when free so that the endpoint stays the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ports {
    pub(crate) gateway: u16,
    pub(crate) emulator: u16,
    #[serde(default)]
    pub(crate) balancer: u16,
}

/// Written last by a daemon that saved everything; its absence after a run means that changes may be lost.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CleanStop {
    pub(crate) at: Timestamp,
}

/// Reads a JSON file; `None` when it is absent or not understood.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Writes a JSON file whole or not at all: into a new file, then renamed over the old one. It is on the disk before
/// this returns.
pub(crate) fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), SandboxError> {
    put(path, value, File::sync_all)
}

/// Writes a JSON file whole or not at all; it survives the end of this process, but not that of the machine.
pub(crate) fn replace<T: Serialize>(path: &Path, value: &T) -> Result<(), SandboxError> {
    put(path, value, |_| Ok(()))
}

fn put<T: Serialize>(
    path: &Path,
    value: &T,
    sync: impl FnOnce(&File) -> io::Result<()>,
) -> Result<(), SandboxError> {
    let fail = |source| SandboxError::file("write", path)(source);
    let bytes = serde_json::to_vec_pretty(value).map_err(|e| fail(e.into()))?;
    let temporary = path.with_extension(format!("json.{}", std::process::id()));
    let mut file = File::create(&temporary).map_err(fail)?;
    file.write_all(&bytes)
        .and_then(|()| sync(&file))
        .and_then(|()| std::fs::rename(&temporary, path))
        .map_err(|source| {
            // Best effort: the error that matters is the one returned.
            let _ = std::fs::remove_file(&temporary);
            SandboxError::file("write", path)(source)
        })
}
