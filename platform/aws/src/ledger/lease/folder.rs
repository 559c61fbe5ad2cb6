//! The lease on a local folder: an exclusive lock on one file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::{Holder, LeaseError};

/// The operating system's lock; it goes when this is dropped or the process dies.
#[derive(Debug)]
pub(in crate::ledger) struct FolderLease {
    file: File,
}

impl FolderLease {
    /// Takes the lease, or says who holds it.
    pub(in crate::ledger) fn take(folder: &Path, holder: &Holder) -> Result<Self, LeaseError> {
        let path = folder.join("lease.lock");
        let io = |source| LeaseError::Io {
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Not being able to read who holds it does not change that somebody does.
                let _unreadable = file.read_to_string(&mut text);
                return Err(LeaseError::Held {
                    holder: serde_json::from_str(&text).ok().map(Box::new),
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let text = serde_json::to_string(holder).unwrap_or_default();
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(text.as_bytes()))
            .map_err(io)?;
        Ok(Self { file })
    }
}

impl Drop for FolderLease {
    fn drop(&mut self) {
        // The lock goes with the file handle; the text is only for readers.
        let _stale_text = self.file.set_len(0);
    }
}

#[cfg(test)]
mod tests {
    use bella_engine::ledger::Actor;

    use super::*;

    fn holder(operation: &str) -> Holder {
        Holder {
            actor: Actor {
                who: "ann".to_owned(),
                pid: 7,
                host: "desk".to_owned(),
                operation: operation.to_owned(),
            },
            since: "2026-11-22T14:00:00Z".parse().expect("a valid time"),
        }
    }

    #[test]
    fn a_second_taker_learns_who_holds_it_until_it_is_dropped() {
        let folder = std::env::temp_dir().join(format!("bella-lease-{}", std::process::id()));
        let first = FolderLease::take(&folder, &holder("provision")).expect("nobody holds it");
        let refused = FolderLease::take(&folder, &holder("teardown")).expect_err("it is held");
        assert_eq!(
            refused.to_string(),
            "the stack is being changed by another run: provision by ann (pid 7 on desk, since 2026-11-22 14:00:00Z)"
        );
        drop(first);
        drop(FolderLease::take(&folder, &holder("teardown")).expect("it is free again"));
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
