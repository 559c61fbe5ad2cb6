//! The few things a ledger asks of its storage, whichever it is.

use bella_engine::cloud::CloudError;

use super::bucket::Bucket;
use super::folder::Folder;
use super::store::StoreError;

/// Objects by key, under the ledger's root. Keys have slashes and no leading one.
#[derive(Clone, Debug)]
pub(super) enum Objects {
    Folder(Folder),
    Bucket(Box<Bucket>),
}

impl Objects {
    /// Where it is, for messages.
    pub(super) fn location(&self) -> String {
        match self {
            Self::Folder(folder) => folder.location(),
            Self::Bucket(bucket) => bucket.location(),
        }
    }

    /// Writes an object that is not there yet; false when there is one.
    pub(super) async fn create(&self, key: &str, text: String) -> Result<bool, StoreError> {
        match self {
            Self::Folder(folder) => folder.create(key, text).await,
            Self::Bucket(bucket) => {
                let written = bucket.create(key, &text).await;
                Ok(self.said(written)?.is_some())
            }
        }
    }

    /// The text of an object; `None` where there is none.
    pub(super) async fn read(&self, key: &str) -> Result<Option<String>, StoreError> {
        match self {
            Self::Folder(folder) => folder.read(key).await,
            Self::Bucket(bucket) => {
                let seen = self.said(bucket.read(key).await)?;
                Ok(seen.map(|seen| seen.text))
            }
        }
    }

    /// The keys under a folder, at any depth, sorted.
    pub(super) async fn below(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Folder(root) => root.below(folder).await,
            Self::Bucket(bucket) => self.said(bucket.below(folder).await),
        }
    }

    /// The folders directly under a folder, sorted; the empty text is the root.
    pub(super) async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Folder(root) => root.folders(folder).await,
            Self::Bucket(bucket) => self.said(bucket.folders(folder).await),
        }
    }

    fn said<T>(&self, answer: Result<T, CloudError>) -> Result<T, StoreError> {
        answer.map_err(|error| StoreError::from_cloud(&self.location(), error))
    }
}
