//! Where stack files come from.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

/// Gives the bytes of a named file.
pub trait Source {
    /// Reads the file.
    ///
    /// # Errors
    /// Whatever the storage says; `NotFound` is told apart in the message.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Source for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }
}

/// Files held in memory, by path.
impl Source for BTreeMap<PathBuf, Vec<u8>> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.get(path)
            .cloned()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
