//! From a path to a checked stack.

use crate::{
    Stack,
    check::{self, Scope},
    conform::Conformed,
    problem::Problems,
    secrets,
    yaml::{Disk, Source, read},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// A stack that passed every check, and what it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The merged stack, without `extends`.
    pub stack: Stack,
    /// The files it came from: the named one first, then what it extends.
    pub files: Vec<PathBuf>,
    /// SHA-256 in hexadecimal of the merged values as JSON with sorted keys. Comments, order and the split into files do not change it.
    pub digest: String,
}

/// Reads stack files.
pub struct Loader<'a> {
    source: &'a dyn Source,
    kinds: Option<&'a [&'a str]>,
}

impl<'a> Loader<'a> {
    /// A loader that reads from `source`.
    pub fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            kinds: None,
        }
    }

    /// Refuses `resources` of other kinds than these.
    #[must_use]
    pub fn with_kinds(mut self, kinds: &'a [&'a str]) -> Self {
        self.kinds = Some(kinds);
        self
    }

    /// Reads a stack file and everything it extends.
    ///
    /// # Errors
    /// Everything that is wrong, in all files, at once.
    pub fn load(&self, path: &Path) -> Result<Loaded, Problems> {
        let document = read(self.source, path);
        let mut problems = document.problems;
        let Some(root) = document.root else {
            return Err(Problems::new(problems));
        };
        let conformed = Conformed::of(&root, document.complete, &document.files, &mut problems);
        if document.complete {
            let scope = Scope::new(&conformed, &root, &document.files, self.kinds);
            problems.extend(check::all(scope));
        }
        let problems = secrets::refuse(&root, &document.files, problems);
        if !problems.is_empty() {
            return Err(Problems::new(problems));
        }
        let digest = digest(&root.to_json());
        Ok(Loaded {
            stack: conformed.stack,
            files: document.paths,
            digest,
        })
    }
}

/// Reads a stack file from the file system.
///
/// # Errors
/// Everything that is wrong with it and the files it extends.
pub fn load(path: &Path) -> Result<Loaded, Problems> {
    load_with(&Disk, path)
}

/// Reads a stack file from `source`.
///
/// # Errors
/// Everything that is wrong with it and the files it extends.
pub fn load_with(source: &dyn Source, path: &Path) -> Result<Loaded, Problems> {
    Loader::new(source).load(path)
}

fn digest(value: &Value) -> String {
    let mut hasher = Sha256::new();
    hasher.update(canonical(value).to_string());
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The value with every map's keys in order, whichever map type serde_json was built with.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            entries
                .into_iter()
                .map(|(key, value)| (key.clone(), canonical(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}
