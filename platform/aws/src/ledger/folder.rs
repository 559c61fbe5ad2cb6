//! A ledger's objects in a local folder.

use std::path::{Path, PathBuf};

use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};

use super::store::StoreError;

/// A folder. It is made when it is first written to; until then it is empty.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn location(&self) -> String {
        self.root.display().to_string()
    }

    fn failed(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::Storage {
            place: self.location(),
            why: why.to_string(),
            hint: None,
        }
    }

    /// The folder as an object store; `None` while there is no folder.
    fn objects(&self) -> Result<Option<LocalFileSystem>, StoreError> {
        if !self.root.exists() {
            return Ok(None);
        }
        let store = LocalFileSystem::new_with_prefix(&self.root);
        store.map(Some).map_err(|err| self.failed(err))
    }

    pub(super) async fn create(&self, key: &str, text: String) -> Result<bool, StoreError> {
        std::fs::create_dir_all(&self.root).map_err(|err| self.failed(err))?;
        let Some(objects) = self.objects()? else {
            return Err(self.failed("the folder was removed"));
        };
        let options = PutOptions::from(PutMode::Create);
        let written = objects
            .put_opts(&Key::from(key), PutPayload::from(text), options)
            .await;
        match written {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(err) => Err(self.failed(err)),
        }
    }

    pub(super) async fn read(&self, key: &str) -> Result<Option<String>, StoreError> {
        let Some(objects) = self.objects()? else {
            return Ok(None);
        };
        let answer = match objects.get(&Key::from(key)).await {
            Ok(answer) => answer,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(err) => return Err(self.failed(err)),
        };
        let bytes = answer.bytes().await.map_err(|err| self.failed(err))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    pub(super) async fn below(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let Some(objects) = self.objects()? else {
            return Ok(Vec::new());
        };
        let found: Vec<_> = objects
            .list(Some(&Key::from(folder)))
            .try_collect()
            .await
            .map_err(|err| self.failed(err))?;
        let mut keys: Vec<String> = found
            .into_iter()
            .map(|meta| meta.location.to_string())
            .collect();
        keys.sort();
        Ok(keys)
    }

    pub(super) async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let Some(objects) = self.objects()? else {
            return Ok(Vec::new());
        };
        let listing = objects.list_with_delimiter(Some(&Key::from(folder))).await;
        let listing = listing.map_err(|err| self.failed(err))?;
        let mut folders: Vec<String> = listing
            .common_prefixes
            .iter()
            .map(ToString::to_string)
            .collect();
        folders.sort();
        Ok(folders)
    }
}
