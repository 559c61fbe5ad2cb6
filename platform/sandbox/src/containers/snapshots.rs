use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use rustix::process::{Pid, Signal, kill_process};

use super::container::Container;
use super::engine::{Database, Engine, Seed, open_to_all};
use super::programs::copy_folder;
use super::volumes::remove_folder;

/// Name of a copy that belongs to no snapshot yet.
const DRAFT: &str = "draft";

impl Engine {
    /// Copies a database's data, as it is at one moment; nothing when no server has it.
    ///
    /// The server stands still meanwhile, for a fraction of a second: what lies in its files then is what a power cut
    /// would leave, and a server started on the copy recovers it.
    pub(crate) async fn snapshot(&self, database: &Database<'_>, name: &str) {
        let Some(container) = self.database(database) else {
            return;
        };
        let target = self.snapshot_folder(database, name);
        let source = container.folder_of("/var/lib/postgresql", self.root());
        if let Err(error) = copy_still(&container, &source, &target).await {
            self.journal.note(format_args!(
                "snapshot {name} has no data of {}: {error}",
                database.id
            ));
        }
    }

    /// Like [`Engine::snapshot`], for a deletion that may yet be refused: kept or dropped afterwards.
    pub(crate) async fn last_snapshot(&self, database: &Database<'_>) {
        self.snapshot(database, &draft(database)).await;
    }

    /// Gives the copy of [`Engine::last_snapshot`] its name, or drops it.
    pub(crate) fn keep_last_snapshot(&self, database: &Database<'_>, name: Option<&str>) {
        let from = self.snapshot_folder(database, &draft(database));
        // A failure leaves the snapshot without data, which its restore shows.
        let _ = match name {
            Some(name) => std::fs::rename(from, self.snapshot_folder(database, name)),
            None => remove_folder(&from),
        };
    }

    /// Removes what a snapshot holds.
    pub(crate) fn remove_snapshot(&self, database: &Database<'_>, name: &str) {
        let folder = self.snapshot_folder(database, name);
        if let Err(error) = remove_folder(&folder) {
            self.journal
                .note(format_args!("snapshot {name} stays: {error}"));
        }
    }

    /// Gives one snapshot the data of another.
    pub(crate) async fn copy_snapshot(&self, database: &Database<'_>, from: &str, to: &str) {
        let source = self.snapshot_folder(database, from);
        if source.is_dir() {
            let target = self.snapshot_folder(database, to);
            if let Err(error) = copy_folder(&source, &target).await {
                self.journal
                    .note(format_args!("snapshot {to} has no data: {error}"));
            }
        }
    }

    /// Has the server that is made next for a database begin with a snapshot's data; false when it holds none.
    ///
    /// With `once` the snapshot goes once it was used.
    pub(crate) fn begin_with(&self, database: &Database<'_>, snapshot: &str, once: bool) -> bool {
        let folder = self.snapshot_folder(database, snapshot);
        if !folder.is_dir() {
            return false;
        }
        let mut seeds = self.seeds.lock().unwrap_or_else(PoisonError::into_inner);
        seeds.insert(database.key(), Seed { folder, once });
        true
    }

    /// Has the server that is made next for a database begin with nothing, as others do.
    pub(crate) fn begin_empty(&self, database: &Database<'_>) {
        let mut seeds = self.seeds.lock().unwrap_or_else(PoisonError::into_inner);
        seeds.remove(&database.key());
    }

    fn snapshot_folder(&self, database: &Database<'_>, name: &str) -> PathBuf {
        let Database {
            account, region, ..
        } = database;
        let name: String = name
            .chars()
            .map(|c| if c == '/' || c == '.' { '_' } else { c })
            .collect();
        self.root()
            .join("snapshots")
            .join(format!("{account}-{region}-{name}"))
    }
}

/// No snapshot's name has a plus sign.
fn draft(database: &Database<'_>) -> String {
    format!("{DRAFT}+{}", database.id)
}

async fn copy_still(container: &Container, source: &Path, target: &Path) -> std::io::Result<()> {
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
        open_to_all(parent)?;
    }
    let still = container.pid().map(Still::hold);
    let copied = copy_folder(source, target).await;
    drop(still);
    copied?;
    // The number in it would be taken for a server that runs.
    match std::fs::remove_file(target.join("data/postmaster.pid")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A process and its children, held until dropped.
struct Still(Vec<Pid>);

impl Still {
    fn hold(parent: u32) -> Self {
        let pid = |number: u32| i32::try_from(number).ok().and_then(Pid::from_raw);
        let mut held: Vec<Pid> = pid(parent).into_iter().collect();
        // The parent first, so that it has no more children after they are listed.
        signal(&held, Signal::STOP);
        let list = format!("/proc/{parent}/task/{parent}/children");
        let children = std::fs::read_to_string(list).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|n| n.parse().ok());
        let children: Vec<Pid> = children.filter_map(pid).collect();
        signal(&children, Signal::STOP);
        held.extend(children);
        Self(held)
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        signal(&self.0, Signal::CONT);
    }
}

fn signal(processes: &[Pid], signal: Signal) {
    for process in processes {
        // One that ended meanwhile writes nothing either.
        let _ = kill_process(*process, signal);
    }
}
