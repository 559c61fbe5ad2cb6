use std::path::Path;
use std::process::Command;

use jiff::Timestamp;

use crate::ImageError;

/// Where an image's program comes from: what its labels say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub version: String,
    /// The commit, with `-dirty` behind it where files differed from it.
    pub revision: Option<String>,
    /// Where the source is read.
    pub source: Option<String>,
    /// When the commit was made, never when the image was: that would be another image every second.
    pub created: Option<Timestamp>,
}

impl Origin {
    /// Asks git about the folder `source` and takes `SOURCE_DATE_EPOCH` (seconds since 1970), where `epoch` holds it,
    /// for its time. A folder that is not git's has neither revision nor, without `epoch`, a time.
    ///
    /// # Errors
    /// [`ImageError::Origin`] where `epoch` is no time.
    pub fn of_folder(
        source: &Path,
        version: &str,
        epoch: Option<&str>,
    ) -> Result<Self, ImageError> {
        let revision = git(source, &["rev-parse", "HEAD"]).map(|commit| {
            let changed = git(source, &["status", "--porcelain", "--untracked-files=no"]);
            match changed {
                Some(changed) if changed.is_empty() => commit,
                _ => commit + "-dirty",
            }
        });
        let created = match epoch {
            Some(text) => Some(seconds(text).ok_or_else(|| ImageError::Origin {
                given: text.to_owned(),
            })?),
            None => git(source, &["log", "-1", "--format=%ct"]).and_then(|text| seconds(&text)),
        };
        Ok(Self {
            version: version.to_owned(),
            revision,
            source: git(source, &["remote", "get-url", "origin"]).and_then(|url| public(&url)),
            created,
        })
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn seconds(text: &str) -> Option<Timestamp> {
    Timestamp::from_second(text.trim().parse().ok()?).ok()
}

/// A remote's address as others may read it: without the password that it may carry, and nothing for a local folder.
fn public(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "https" | "http" | "ssh" | "git") {
        return None;
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or(host);
    Some(format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_goes_out_without_its_password() {
        assert_eq!(
            public("https://user:secret@example.org/a/b.git").as_deref(),
            Some("https://example.org/a/b.git")
        );
        assert_eq!(public("/srv/private/repository"), None);
        assert_eq!(public("file:///srv/private"), None);
    }

    #[test]
    fn the_time_is_the_commits_or_what_is_said() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let said = Origin::of_folder(folder, "1.0", Some("1")).expect("a time");
        assert_eq!(
            said.created.map(|at| at.to_string()).as_deref(),
            Some("1970-01-01T00:00:01Z")
        );
        let error = Origin::of_folder(folder, "1.0", Some("now")).expect_err("no time");
        assert!(error.to_string().contains("SOURCE_DATE_EPOCH"), "{error}");
    }
}
