//! A folder of rules.

use std::fs;
use std::path::Path;

use crate::set::{PolicyError, PolicyFile};

/// The folder that is read beside a stack file, where it is there.
pub const FOLDER: &str = "policies";

/// Every `.rego` file of a folder, tests too, by name.
///
/// # Errors
/// The folder or a file in it cannot be read.
pub fn read(folder: &Path) -> Result<Vec<PolicyFile>, PolicyError> {
    let unreadable = |path: &Path, why: std::io::Error| PolicyError::Unreadable {
        path: path.display().to_string(),
        why: why.to_string(),
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|why| unreadable(folder, why))? {
        let path = entry.map_err(|why| unreadable(folder, why))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rego")
        {
            files.push(PolicyFile {
                text: fs::read_to_string(&path).map_err(|why| unreadable(&path, why))?,
                path: path.display().to_string(),
            });
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}
