//! Reading and writing the objects of a ledger.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bella_engine::applied::Applied;
use bella_engine::ledger::{Actor, Entry, Event};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};

use super::lease::{Holder, Lease, LeaseError};
use super::run::Run;

/// Which stack's ledger: names repeat over accounts and regions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// 12-digit account id.
    pub account: String,
    /// Region.
    pub region: String,
    /// Stack name.
    pub stack: String,
}

impl Place {
    pub(super) fn prefix(&self) -> String {
        format!("{}/{}/{}", self.account, self.region, self.stack)
    }
}

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Storage failed.
    #[error("the ledger at {place}: {why}")]
    Storage {
        /// Where.
        place: String,
        /// What storage said.
        why: String,
    },
    /// Somebody else acts on the stack.
    #[error(transparent)]
    Lease(#[from] LeaseError),
}

/// How many of the latest runs are read to learn what was last applied. The latest one with a
/// plan says it in full; earlier ones only add announcements that were never finished.
const RUNS_READ: usize = 20;

/// A ledger on a local folder.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// One run, for the history.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RunRecord {
    /// The run.
    pub run: String,
    /// When it began, UTC.
    pub at: Timestamp,
    /// Who ran what.
    pub actor: Actor,
    /// Planned changes by action.
    pub planned: BTreeMap<String, usize>,
    /// `done`, `failed`, `interrupted`; `None` when it never said.
    pub outcome: Option<String>,
    /// Steps done.
    pub done: usize,
    /// Steps failed.
    pub failed: usize,
}

impl Store {
    /// A ledger in `root`. The folder is made when it is first written to; until then the ledger
    /// is empty.
    #[must_use]
    pub fn local(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// The folder as an object store; `None` while there is no folder.
    fn objects(&self) -> Result<Option<Arc<dyn ObjectStore>>, StoreError> {
        if !self.root.exists() {
            return Ok(None);
        }
        let store = LocalFileSystem::new_with_prefix(&self.root).map_err(|err| self.failed(err))?;
        Ok(Some(Arc::new(store)))
    }

    /// Where the ledger is, for messages.
    #[must_use]
    pub fn location(&self) -> String {
        self.root.display().to_string()
    }

    fn failed(&self, err: impl std::fmt::Display) -> StoreError {
        StoreError::Storage {
            place: self.location(),
            why: err.to_string(),
        }
    }

    /// Takes the lease and begins a run.
    ///
    /// # Errors
    /// The lease is held, or storage fails.
    pub async fn begin(
        &self,
        place: &Place,
        actor: Actor,
        now: Timestamp,
    ) -> Result<Run, StoreError> {
        let holder = Holder {
            actor: actor.clone(),
            since: now,
        };
        let lease = Lease::take(&self.root.join(place.prefix()), &holder)?;
        let run = Run::new(self.clone(), place, now, lease);
        let started = Event::Started {
            actor,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        run.write(started).await?;
        Ok(run)
    }

    /// Checks that nobody holds the lease: a dead run's is free by itself.
    ///
    /// # Errors
    /// Somebody does.
    pub fn check_free(
        &self,
        place: &Place,
        actor: Actor,
        now: Timestamp,
    ) -> Result<(), LeaseError> {
        let folder = self.root.join(place.prefix());
        if !folder.exists() {
            return Ok(());
        }
        let holder = Holder { actor, since: now };
        Lease::take(&folder, &holder).map(drop)
    }

    pub(super) async fn put(&self, key: &str, text: String) -> Result<(), StoreError> {
        std::fs::create_dir_all(&self.root).map_err(|err| self.failed(err))?;
        let Some(objects) = self.objects()? else {
            return Err(self.failed("the folder was removed"));
        };
        let options = PutOptions::from(PutMode::Create);
        objects
            .put_opts(&Key::from(key), PutPayload::from(text), options)
            .await
            .map(drop)
            .map_err(|err| self.failed(err))
    }

    async fn runs(&self, place: &Place) -> Result<Vec<Key>, StoreError> {
        let prefix = Key::from(format!("{}/runs", place.prefix()));
        let mut runs = self.below(&prefix).await?;
        runs.sort();
        Ok(runs)
    }

    async fn below(&self, key: &Key) -> Result<Vec<Key>, StoreError> {
        let Some(objects) = self.objects()? else {
            return Ok(Vec::new());
        };
        let listing = objects.list_with_delimiter(Some(key)).await;
        Ok(listing.map_err(|err| self.failed(err))?.common_prefixes)
    }

    /// The entries of one run in order. An entry that cannot be read (a foreign file, a disk that
    /// filled up) is left out: the ledger is a record, not the state.
    async fn entries(&self, run: &Key) -> Result<Vec<Entry>, StoreError> {
        let Some(objects) = self.objects()? else {
            return Ok(Vec::new());
        };
        let found: Vec<_> = objects
            .list(Some(run))
            .try_collect()
            .await
            .map_err(|err| self.failed(err))?;
        let mut entries = Vec::with_capacity(found.len());
        for meta in found {
            let answer = objects.get(&meta.location).await;
            let bytes = answer.map_err(|err| self.failed(err))?.bytes().await;
            let bytes = bytes.map_err(|err| self.failed(err))?;
            entries.extend(serde_json::from_slice::<Entry>(&bytes).ok());
        }
        entries.sort_by_key(|entry: &Entry| entry.seq);
        Ok(entries)
    }

    /// What the latest runs say was applied; `None` when there is no ledger.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn applied(&self, place: &Place) -> Result<Option<Applied>, StoreError> {
        let runs = self.runs(place).await?;
        let mut entries = Vec::new();
        for run in &runs[runs.len().saturating_sub(RUNS_READ)..] {
            entries.extend(self.entries(run).await?);
        }
        let planned = entries
            .iter()
            .any(|entry| matches!(entry.event, Event::Planned { .. }));
        Ok(if planned {
            Applied::fold(&entries)
        } else {
            None
        })
    }

    /// The latest `limit` runs, newest first.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn history(&self, place: &Place, limit: usize) -> Result<Vec<RunRecord>, StoreError> {
        let mut records = Vec::new();
        for run in self.runs(place).await?.iter().rev().take(limit) {
            records.extend(record(&self.entries(run).await?));
        }
        Ok(records)
    }

    /// Every stack this ledger has a record of.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn places(&self) -> Result<Vec<Place>, StoreError> {
        let mut levels = vec![Key::default()];
        for _ in ["account", "region", "stack"] {
            let mut below = Vec::new();
            for key in &levels {
                below.extend(self.below(key).await?);
            }
            levels = below;
        }
        let place = |key: &Key| {
            let mut parts = key.parts().map(|part| part.as_ref().to_owned());
            Some(Place {
                account: parts.next()?,
                region: parts.next()?,
                stack: parts.next()?,
            })
        };
        Ok(levels.iter().filter_map(place).collect())
    }
}

fn record(entries: &[Entry]) -> Option<RunRecord> {
    let first = entries.first()?;
    let Event::Started { actor, .. } = &first.event else {
        return None;
    };
    let mut record = RunRecord {
        run: first.run.clone(),
        at: first.at,
        actor: actor.clone(),
        planned: BTreeMap::new(),
        outcome: None,
        done: 0,
        failed: 0,
    };
    for entry in entries {
        match &entry.event {
            Event::Planned { summary, .. } => record.planned = summary.clone(),
            Event::Done { .. } => record.done += 1,
            Event::Failed { .. } => record.failed += 1,
            Event::Ended { outcome, .. } => record.outcome = Some(outcome.clone()),
            _ => {}
        }
    }
    Some(record)
}
