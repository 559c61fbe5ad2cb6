use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// As many as Linux follows.
const LINKS: usize = 40;

/// Where the folder `path` of an image lies below `root`, with the image's own symbolic links followed as if `root` were
/// `/`: none leads outside. Folders that are missing are made.
///
/// # Errors
/// [`io::ErrorKind::NotADirectory`] where a file is in the way, [`io::ErrorKind::FilesystemLoop`]'s text where links go
/// in a circle, and what the file system says.
pub(super) fn folder(root: &Path, path: &Path) -> io::Result<PathBuf> {
    let mut at: Vec<OsString> = Vec::new();
    let mut left: Vec<OsString> = parts(path);
    left.reverse();
    let mut links = 0;
    while let Some(part) = left.pop() {
        if part == ".." {
            at.pop();
            continue;
        }
        let here = join(root, &at).join(&part);
        match fs::symlink_metadata(&here) {
            Ok(found) if found.is_symlink() => {
                links += 1;
                if links > LINKS {
                    return Err(io::Error::other("its symbolic links go in a circle"));
                }
                let target = fs::read_link(&here)?;
                if target.is_absolute() {
                    at.clear();
                }
                left.extend(parts(&target).into_iter().rev());
            }
            Ok(found) if found.is_dir() => at.push(part),
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(&here)?;
                at.push(part);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(join(root, &at))
}

/// A path's names and `..`, without what makes it absolute.
fn parts(path: &Path) -> Vec<OsString> {
    path.components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some("..".into()),
            _ => None,
        })
        .collect()
}

fn join(root: &Path, at: &[OsString]) -> PathBuf {
    let mut path = root.to_owned();
    path.extend(at);
    path
}
