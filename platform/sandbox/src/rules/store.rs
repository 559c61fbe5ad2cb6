use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::error::SandboxError;
use crate::gateway::Quiet;
use crate::record;

/// What rules remember: one JSON document a rule, written at every change, so that it outlives
/// the daemon. A save of the emulator holds a copy of all, so that neither is ahead of the other when both come back.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    documents: Mutex<BTreeMap<&'static str, serde_json::Value>>,
    quiet: Arc<Quiet>,
    changed: watch::Sender<()>,
}

impl Store {
    pub(crate) fn open(folder: PathBuf, quiet: Arc<Quiet>) -> Self {
        Self {
            folder,
            quiet,
            documents: Mutex::new(BTreeMap::new()),
            changed: watch::Sender::new(()),
        }
    }

    /// What `rule` remembers; its default when that is nothing.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self, rule: &'static str) -> T {
        let mut documents = self
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.load(&mut documents, rule)
    }

    /// Reads all documents anew, which have been put back to what they were when the emulator was last saved.
    pub(crate) fn reload(&self) {
        let documents = self.documents.lock();
        documents.unwrap_or_else(PoisonError::into_inner).clear();
        self.changed.send_replace(());
    }

    /// Told of every change.
    pub(crate) fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Changes what `rule` remembers; written before it returns, so that it outlives the process.
    pub(crate) fn change<T, R>(
        &self,
        rule: &'static str,
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R, SandboxError>
    where
        T: Serialize + DeserializeOwned + Default,
    {
        let mut documents = self
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut document: T = self.load(&mut documents, rule);
        let result = change(&mut document);
        record::replace(&self.path(rule), &document)?;
        self.quiet.changed();
        if let Ok(value) = serde_json::to_value(&document) {
            documents.insert(rule, value);
        }
        self.changed.send_replace(());
        Ok(result)
    }

    fn load<T: DeserializeOwned + Default>(
        &self,
        documents: &mut BTreeMap<&'static str, serde_json::Value>,
        rule: &'static str,
    ) -> T {
        let value = documents
            .entry(rule)
            .or_insert_with(|| record::read(&self.path(rule)).unwrap_or_default());
        serde_json::from_value(value.clone()).unwrap_or_default()
    }

    fn path(&self, rule: &str) -> PathBuf {
        self.folder.join(format!("{rule}.json"))
    }
}
