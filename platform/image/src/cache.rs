use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Digest, ImageError};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// Contents by digest in a folder, `blobs/sha256/<hex>`, shared by any number of processes.
///
/// A content appears under its name whole or not at all; nothing is ever changed. Deleting the folder costs a download.
#[derive(Debug, Clone)]
pub struct BlobCache {
    folder: PathBuf,
}

impl BlobCache {
    /// Makes nothing yet.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Where the content of this digest lies, if it is here in full.
    #[must_use]
    pub fn find(&self, digest: &Digest, size: Option<u64>) -> Option<PathBuf> {
        let path = self.path(digest);
        let held = fs::metadata(&path).ok()?;
        (held.is_file() && size.is_none_or(|size| size == held.len())).then_some(path)
    }

    pub(crate) fn put(&self, content: &[u8]) -> Result<Digest, ImageError> {
        let digest = Digest::of(content);
        if self.find(&digest, Some(content.len() as u64)).is_none() {
            let mut draft = self.draft()?;
            draft
                .file
                .write_all(content)
                .map_err(ImageError::file("write", &draft.path))?;
            draft.keep(self, &digest)?;
        }
        Ok(digest)
    }

    pub(crate) fn forget(&self, digest: &Digest) {
        // What cannot be deleted is found again, and named again.
        let _ = fs::remove_file(self.path(digest));
    }

    /// A file that takes its place in the cache once its digest is known.
    pub(crate) fn draft(&self) -> Result<Draft, ImageError> {
        let folder = self.folder.join("drafts");
        fs::create_dir_all(&folder).map_err(ImageError::file("make", &folder))?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{}-{number}", std::process::id()));
        let file = fs::File::create(&path).map_err(ImageError::file("make", &path))?;
        Ok(Draft {
            path,
            file,
            kept: false,
        })
    }

    /// Where something is remembered about contents, by a name of the caller's.
    pub(crate) fn note(&self, name: &str) -> PathBuf {
        self.folder.join("notes").join(name)
    }

    /// Appears whole or not at all, as contents do.
    pub(crate) fn write_note(&self, path: &Path, content: &[u8]) -> Result<(), ImageError> {
        let mut draft = self.draft()?;
        draft
            .file
            .write_all(content)
            .map_err(ImageError::file("write", &draft.path))?;
        draft.move_to(path)
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join("blobs/sha256").join(digest.hex())
    }
}

/// A file in the making; gone unless it is kept.
pub(crate) struct Draft {
    pub(crate) path: PathBuf,
    pub(crate) file: fs::File,
    kept: bool,
}

impl Draft {
    pub(crate) fn keep(self, cache: &BlobCache, digest: &Digest) -> Result<PathBuf, ImageError> {
        let path = cache.path(digest);
        self.move_to(&path)?;
        Ok(path)
    }

    fn move_to(mut self, path: &Path) -> Result<(), ImageError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(ImageError::file("make", folder))?;
        }
        fs::rename(&self.path, path).map_err(ImageError::file("move into place", path))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}
