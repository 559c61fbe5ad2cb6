//! The file of answers that were paid for already: this machine's; another asks for itself.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use bella_finance::bill::Kept;
use rust_decimal::Decimal;

/// What a request to Cost Explorer costs, US dollars (AWS Cost Management pricing).
pub const REQUEST_USD: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Why the file is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// The file system refuses.
    #[error("{}: {why}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        why: io::Error,
    },
    /// Somebody wrote into it.
    #[error("{} is no record of bills: {why}; remove it, and it is asked for anew", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: serde_json::Error,
    },
}

/// The file of an account in a folder.
#[must_use]
pub fn file_of(folder: &Path, account: &str) -> PathBuf {
    folder.join(format!("bills-{account}.json"))
}

/// Reads the file; nothing is kept where there is none.
///
/// # Errors
/// It cannot be read.
pub fn kept(path: &Path) -> Result<Kept, NotKept> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Kept::default()),
        Err(why) => return Err(io_of(path, why)),
    };
    Kept::read(&mut file).map_err(|why| NotKept::Content {
        path: path.to_owned(),
        why,
    })
}

/// Writes the file, whole or not at all.
///
/// # Errors
/// It cannot be written.
pub fn keep(kept: &Kept, path: &Path) -> Result<(), NotKept> {
    let beside = path.with_extension("new");
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| File::create(&beside))
        .and_then(|mut file| kept.write(&mut file))
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|why| io_of(path, why))
}

fn io_of(path: &Path, why: io::Error) -> NotKept {
    NotKept::Io {
        path: path.to_owned(),
        why,
    }
}
