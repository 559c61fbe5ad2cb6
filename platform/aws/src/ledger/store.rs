//! A ledger: runs that were recorded, and the beginning of the next one.

use std::time::Duration;

use bella_engine::applied::Applied;
use bella_engine::cloud::CloudError;
use bella_engine::ledger::{Actor, Entry, Event};
use jiff::Timestamp;

use super::bucket::Bucket;
use super::folder::Folder;
use super::lease::{BucketLease, Claim, Desk, FolderLease, Found, Holder, Lease, LeaseError};
use super::location::Location;
use super::objects::Objects;
use super::record::RunRecord;
use super::run::{self, Run};
use crate::clients::Aws;

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
        /// What to do, where storage said that.
        hint: Option<String>,
    },
    /// There is no such bucket.
    #[error("the ledger's bucket {place} does not exist")]
    NoBucket {
        /// Where.
        place: String,
    },
    /// Somebody else acts on the stack.
    #[error(transparent)]
    Lease(#[from] LeaseError),
}

impl StoreError {
    pub(super) fn from_cloud(place: &str, error: CloudError) -> Self {
        if crate::error::lacks_bucket(&error) {
            return Self::NoBucket {
                place: place.to_owned(),
            };
        }
        Self::Storage {
            place: place.to_owned(),
            why: error.to_string(),
            hint: error.hint,
        }
    }
}

/// How many of the latest runs are read to learn what was last applied. The latest one with a
/// plan says it in full; earlier ones only add announcements that were never finished.
const RUNS_READ: usize = 20;

/// A ledger.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Objects,
    /// How long a lease lasts that is not renewed.
    lasts: Duration,
}

impl Store {
    /// The ledger at `location`, with leases that last `lasts` where they can run out.
    #[must_use]
    pub fn at(location: &Location, aws: &Aws, lasts: Duration) -> Self {
        let objects = match location {
            Location::Folder(root) => Objects::Folder(Folder::new(root)),
            Location::Bucket {
                name,
                prefix,
                owner,
            } => Objects::Bucket(Box::new(Bucket::new(aws, name, prefix, owner.clone()))),
        };
        Self { objects, lasts }
    }

    /// Where the ledger is, for messages.
    #[must_use]
    pub fn location(&self) -> String {
        self.objects.location()
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
        let id = run::id(now);
        let lease = match self.desk(place) {
            Err(folder) => Lease::Folder {
                _lock: FolderLease::take(&folder.root().join(place.prefix()), &holder)?,
            },
            Ok(desk) => Lease::Bucket(self.take(&desk, place, &id, &holder).await?),
        };
        let run = Run::new(self.objects.clone(), place, id, lease);
        let started = Event::Started {
            actor,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        match run.write(started).await? {
            true => Ok(run),
            false => Err(LeaseError::Held { holder: None }.into()),
        }
    }

    /// Where the lease lies in a bucket; on a folder, that folder.
    fn desk(&self, place: &Place) -> Result<Desk, &Folder> {
        match &self.objects {
            Objects::Folder(folder) => Err(folder),
            Objects::Bucket(bucket) => Ok(Desk {
                bucket: (**bucket).clone(),
                key: format!("{}/lease.json", place.prefix()),
                lasts: self.lasts,
            }),
        }
    }

    async fn take(
        &self,
        desk: &Desk,
        place: &Place,
        id: &str,
        holder: &Holder,
    ) -> Result<BucketLease, StoreError> {
        let said = |error| StoreError::from_cloud(&self.location(), error);
        let (fence, etag) = match desk.look().await.map_err(said)? {
            Found::Free { fence, etag } => (fence, etag),
            Found::Taken {
                holder,
                ran_out: false,
                ..
            } => return Err(LeaseError::Held { holder }.into()),
            Found::Taken {
                fence, etag, run, ..
            } => {
                self.seal(place, &run).await?;
                (fence, Some(etag))
            }
        };
        let taken = desk.take(fence, etag.as_deref(), id, holder).await;
        if let Some(lease) = taken.map_err(said)? {
            return Ok(lease);
        }
        let faster = match desk.look().await.map_err(said)? {
            Found::Taken { holder, .. } => holder,
            Found::Free { .. } => None,
        };
        Err(LeaseError::Held { holder: faster }.into())
    }

    /// Ends a run that left its lease behind: it wakes to find its next event written.
    async fn seal(&self, place: &Place, id: &str) -> Result<(), StoreError> {
        if id.is_empty() {
            return Ok(());
        }
        let folder = run::folder(place, id);
        let count = self.objects.below(&folder).await?.len();
        let mut seq = u64::try_from(count).unwrap_or(0);
        loop {
            let ended = Event::Ended {
                outcome: "taken over".to_owned(),
                done: 0,
                failed: 0,
                skipped: 0,
            };
            let text = run::text(id, seq, ended).map_err(|why| StoreError::Storage {
                place: self.location(),
                why,
                hint: None,
            })?;
            if self.objects.create(&run::key(&folder, seq), text).await? {
                return Ok(());
            }
            seq += 1;
        }
    }

    /// Who holds the lease.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn claim(&self, place: &Place, actor: Actor) -> Result<Claim, StoreError> {
        let desk = match self.desk(place) {
            Ok(desk) => desk,
            Err(folder) => return claim_of_folder(folder, place, actor),
        };
        let found = desk.look().await;
        let found = found.map_err(|error| StoreError::from_cloud(&self.location(), error))?;
        Ok(match found {
            Found::Taken {
                holder,
                ran_out: false,
                ..
            } => Claim::Held {
                holder,
                breakable: true,
            },
            Found::Free { .. } | Found::Taken { ran_out: true, .. } => Claim::Free,
        })
    }

    /// Breaks a lease that [`Store::claim`] calls breakable: its run stops before its next change.
    /// False when another run has it by now.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn break_lease(&self, place: &Place) -> Result<bool, StoreError> {
        let Ok(desk) = self.desk(place) else {
            return Ok(false);
        };
        let said = |error| StoreError::from_cloud(&self.location(), error);
        match desk.look().await.map_err(said)? {
            Found::Free { .. } => Ok(true),
            Found::Taken {
                fence, etag, run, ..
            } => {
                self.seal(place, &run).await?;
                desk.clear(fence, &etag).await.map_err(said)
            }
        }
    }

    async fn runs(&self, place: &Place) -> Result<Vec<String>, StoreError> {
        let folder = format!("{}/runs", place.prefix());
        let mut runs = self.objects.folders(&folder).await?;
        runs.sort();
        Ok(runs)
    }

    /// The entries of one run in order. An entry that cannot be read (a foreign file, a disk that
    /// filled up) is left out: the ledger is a record, not the state.
    async fn entries(&self, run: &str) -> Result<Vec<Entry>, StoreError> {
        let keys = self.objects.below(run).await?;
        let texts = keys.iter().map(|key| self.objects.read(key));
        let mut entries: Vec<Entry> = futures_util::future::try_join_all(texts)
            .await?
            .into_iter()
            .flatten()
            .filter_map(|text| serde_json::from_str(&text).ok())
            .collect();
        entries.sort_by_key(|entry: &Entry| entry.seq);
        Ok(entries)
    }

    /// What the latest runs say was applied; `None` when there is no ledger. A run that was planned
    /// and got through leaves nothing of earlier ones open and says the rest in its plan, so that
    /// after it nothing older is read.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn applied(&self, place: &Place) -> Result<Option<Applied>, StoreError> {
        let runs = self.runs(place).await?;
        let Some((newest, earlier)) = runs.split_last() else {
            return Ok(None);
        };
        let last = self.entries(newest).await?;
        let mut entries = Vec::new();
        if !(is_planned(&last) && got_through(&last)) {
            let earlier = &earlier[earlier.len().saturating_sub(RUNS_READ)..];
            let earlier = earlier.iter().map(|run| self.entries(run));
            let earlier = futures_util::future::try_join_all(earlier).await?;
            entries.extend(earlier.into_iter().flatten());
        }
        entries.extend(last);
        match is_planned(&entries) {
            true => Ok(Applied::fold(&entries)),
            false => Ok(None),
        }
    }

    /// The latest `limit` runs, newest first.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn history(&self, place: &Place, limit: usize) -> Result<Vec<RunRecord>, StoreError> {
        let mut records = Vec::new();
        for run in self.runs(place).await?.iter().rev().take(limit) {
            records.extend(RunRecord::of(&self.entries(run).await?));
        }
        Ok(records)
    }

    /// The entries of all runs that ended after a moment or go on, oldest first, and of those the runs before that which say what
    /// was there then.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn since(&self, place: &Place, moment: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let mut runs = Vec::new();
        for run in self.runs(place).await?.iter().rev() {
            let entries = self.entries(run).await?;
            let is_before = entries.last().is_some_and(|entry| entry.at < moment);
            let says_all = is_before && is_planned(&entries) && got_through(&entries);
            runs.push(entries);
            if says_all {
                break;
            }
        }
        Ok(runs.into_iter().rev().flatten().collect())
    }

    /// Every stack this ledger has a record of.
    ///
    /// # Errors
    /// Storage fails.
    pub async fn places(&self) -> Result<Vec<Place>, StoreError> {
        let mut levels = vec![String::new()];
        for _ in ["account", "region", "stack"] {
            let mut below = Vec::new();
            for folder in &levels {
                below.extend(self.objects.folders(folder).await?);
            }
            levels = below;
        }
        let place = |folder: &String| {
            let mut parts = folder.split('/').map(str::to_owned);
            Some(Place {
                account: parts.next()?,
                region: parts.next()?,
                stack: parts.next()?,
            })
        };
        Ok(levels.iter().filter_map(place).collect())
    }
}

fn is_planned(entries: &[Entry]) -> bool {
    let planned = |entry: &Entry| matches!(entry.event, Event::Planned { .. });
    entries.iter().any(planned)
}

fn got_through(entries: &[Entry]) -> bool {
    let ended =
        |entry: &Entry| matches!(&entry.event, Event::Ended { outcome, .. } if outcome == "done");
    entries.last().is_some_and(ended)
}

/// A lock that can be taken is a dead run's or nobody's.
fn claim_of_folder(folder: &Folder, place: &Place, actor: Actor) -> Result<Claim, StoreError> {
    let path = folder.root().join(place.prefix());
    if !path.exists() {
        return Ok(Claim::Free);
    }
    let holder = Holder {
        actor,
        since: Timestamp::now(),
    };
    match FolderLease::take(&path, &holder) {
        Ok(_lock) => Ok(Claim::Free),
        Err(LeaseError::Held { holder }) => Ok(Claim::Held {
            holder,
            breakable: false,
        }),
        Err(error) => Err(error.into()),
    }
}
