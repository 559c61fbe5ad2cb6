use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::SandboxError;
use crate::record;

/// What rules remember: one JSON document a rule, saved at every change, so that it outlives the daemon.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    documents: Mutex<BTreeMap<&'static str, serde_json::Value>>,
}

impl Store {
    pub(crate) fn open(folder: PathBuf) -> Self {
        Self {
            folder,
            documents: Mutex::new(BTreeMap::new()),
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

    /// Changes what `rule` remembers; saved before it returns.
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
        record::write(&self.path(rule), &document)?;
        if let Ok(value) = serde_json::to_value(&document) {
            documents.insert(rule, value);
        }
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
