use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use super::frame::{Source, frame};

/// No service of a sandbox says as much; what a runaway says beyond it is dropped.
const LIMIT: u64 = 32 * 1024 * 1024;

/// What a container wrote, as frames in a file, in the order it came.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: Mutex<File>,
    length: watch::Sender<u64>,
}

impl Log {
    pub(super) fn create(path: PathBuf) -> std::io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        Ok(Self {
            path,
            file: Mutex::new(file),
            length: watch::Sender::new(length),
        })
    }

    /// Adds one piece of output, a line as a rule.
    pub(super) fn add(&self, source: Source, content: &[u8]) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let length = *self.length.borrow();
        if length > LIMIT {
            return;
        }
        let mut bytes = frame(source, content);
        if length + bytes.len() as u64 > LIMIT {
            bytes = frame(Source::Stderr, b"[the sandbox keeps no more of this log]\n");
        }
        // A full disk shows elsewhere; the process goes on without its log.
        if file.write_all(&bytes).is_ok() {
            let added = bytes.len() as u64;
            self.length.send_modify(|length| *length += added);
            if length + added > LIMIT {
                self.length.send_modify(|length| *length = LIMIT + 1);
            }
        }
    }

    /// Everything from a position on.
    pub(super) fn read_from(&self, position: u64) -> std::io::Result<Bytes> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(position))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }

    /// Tells when the log grows.
    pub(super) fn growth(&self) -> watch::Receiver<u64> {
        self.length.subscribe()
    }
}
