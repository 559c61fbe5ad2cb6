use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::program::{Linking, Program, needed};
use crate::{Architecture, ImageError};

/// What this machine's loader brings for a dynamically linked program, by where it lies: the loader and every library
/// that is named by the program or another library.
///
/// Looked for where loaders look without being told: they are built with these folders, and `ld.so.cache` is not in an
/// image.
pub(crate) fn of(program: &Program) -> Result<BTreeMap<PathBuf, PathBuf>, ImageError> {
    let Linking::Dynamic { loader, libraries } = &program.linking else {
        return Ok(BTreeMap::new());
    };
    if Some(program.architecture) != Architecture::host() {
        return Err(ImageError::Program {
            path: program.path.clone(),
            reason: format!(
                "it needs {} of a machine with the processor {}, which this one is not",
                libraries.join(", "),
                program.architecture.machine()
            ),
        });
    }
    let mut found = BTreeMap::from([(loader.clone(), loader.clone())]);
    let mut wanted = libraries.clone();
    let mut seen = Vec::new();
    while let Some(name) = wanted.pop() {
        if seen.contains(&name) {
            continue;
        }
        let path = find(&name, program.architecture).ok_or_else(|| ImageError::Program {
            path: program.path.clone(),
            reason: format!("it needs the library {name}, which is not on this machine"),
        })?;
        wanted.extend(needed(&path)?);
        if loader.file_name() != path.file_name() {
            found.insert(path.clone(), path);
        }
        seen.push(name);
    }
    Ok(found)
}

fn find(name: &str, architecture: Architecture) -> Option<PathBuf> {
    let folders = [
        format!("/lib/{}-linux-gnu", architecture.machine()),
        format!("/usr/lib/{}-linux-gnu", architecture.machine()),
        "/lib64".to_owned(),
        "/usr/lib64".to_owned(),
        "/lib".to_owned(),
        "/usr/lib".to_owned(),
    ];
    folders
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file())
}
