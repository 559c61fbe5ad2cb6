//! The files that git tracks, looked through for credentials.

use std::path::Path;
use std::process::Command;

use bella_watch::doctor::{Finding, leaks, repository};

/// A larger file is no text that somebody wrote.
const LARGEST: u64 = 1_000_000;

/// The files that git tracks from here on down.
pub(super) fn tracked() -> Vec<Finding> {
    let listed = Command::new("git").args(["ls-files", "-z"]).output();
    let listed = match listed {
        Ok(output) if output.status.success() => output.stdout,
        Ok(_) => {
            return vec![Finding::unknown(
                "repository",
                "this folder is in no repository",
            )];
        }
        Err(why) => return vec![Finding::unknown("repository", format!("git: {why}"))],
    };
    let listed = String::from_utf8_lossy(&listed);
    let mut found = Vec::new();
    let mut files = 0;
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        let is_small = Path::new(path)
            .metadata()
            .is_ok_and(|file| file.len() <= LARGEST);
        let Some(text) = is_small
            .then(|| std::fs::read_to_string(path).ok())
            .flatten()
        else {
            continue;
        };
        files += 1;
        found.extend(leaks(&text).into_iter().map(|leak| (path.to_owned(), leak)));
    }
    repository(files, &found)
}
