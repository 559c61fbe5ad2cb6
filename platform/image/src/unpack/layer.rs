use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};

use tar::{Archive, Entry, EntryType};

use super::{Unpacked, rooted};

const WHITEOUT: &str = ".wh.";
const OPAQUE: &str = ".wh..wh..opq";

/// Set-user-id, set-group-id and whatever else is not a plain right are left out.
const RIGHTS: u32 = 0o1777;

/// Why a layer was not applied.
pub(super) enum Fault {
    /// It wants what no image may; the text says what.
    Outside(String),
    /// It cannot be read as an archive.
    Archive(io::Error),
    /// This machine's file system refused.
    File(&'static str, PathBuf, io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Archive(error)
    }
}

/// Lays an uncompressed layer over what is in `root`.
pub(super) fn apply<R: Read>(
    archive: &mut R,
    root: &Path,
    unpacked: &mut Unpacked,
) -> Result<(), Fault> {
    let mut layer = Layer {
        root,
        written: BTreeSet::new(),
        folders: Vec::new(),
        as_root: rustix::process::geteuid().is_root(),
    };
    for entry in Archive::new(archive).entries()? {
        layer.entry(&mut entry?, unpacked)?;
    }
    layer.finish()
}

struct Layer<'a> {
    root: &'a Path,
    /// What this layer itself wrote: its whiteouts mean the layers below.
    written: BTreeSet<PathBuf>,
    /// Modes of folders, set once nothing is written into them any more.
    folders: Vec<(PathBuf, u32)>,
    as_root: bool,
}

impl Layer<'_> {
    fn entry<R: Read>(
        &mut self,
        entry: &mut Entry<'_, R>,
        unpacked: &mut Unpacked,
    ) -> Result<(), Fault> {
        let kind = entry.header().entry_type();
        if matches!(kind, EntryType::XGlobalHeader) {
            return Ok(());
        }
        let path = plain(&entry.path()?)?;
        let Some(name) = path.file_name() else {
            // The image's own root: its mode does not matter to the folder that stands for it.
            return Ok(());
        };
        let parent = path.parent().unwrap_or(Path::new(""));
        let parent = self.folder(parent)?;
        let text = name.to_string_lossy();
        if text == OPAQUE {
            return self.clear(&parent);
        }
        if let Some(gone) = text.strip_prefix(WHITEOUT) {
            if gone.is_empty() || gone == "." || gone == ".." {
                return Err(Fault::Outside(format!("the whiteout {}", path.display())));
            }
            return self.white_out(&parent.join(gone));
        }
        let at = parent.join(name);
        match kind {
            EntryType::Directory => self.make_folder(entry, &at)?,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                self.make_file(entry, &at)?;
            }
            EntryType::Symlink => self.make_symlink(entry, &at)?,
            EntryType::Link => self.make_link(entry, &at)?,
            EntryType::Block | EntryType::Char | EntryType::Fifo => {
                unpacked.left_out.push(path);
                return Ok(());
            }
            other => {
                return Err(Fault::Outside(format!(
                    "{} is of the unknown kind {:?}",
                    path.display(),
                    other.as_byte() as char
                )));
            }
        }
        self.written.insert(at);
        Ok(())
    }

    fn make_folder<R: Read>(&mut self, entry: &Entry<'_, R>, at: &Path) -> Result<(), Fault> {
        if !fs::symlink_metadata(at).is_ok_and(|held| held.is_dir()) {
            remove(at)?;
            fs::create_dir(at).map_err(fault("make", at))?;
        }
        self.own(entry, at)?;
        let mode = entry.header().mode()? & RIGHTS;
        self.folders.push((at.to_owned(), mode | 0o700));
        Ok(())
    }

    fn make_file<R: Read>(&self, entry: &mut Entry<'_, R>, at: &Path) -> Result<(), Fault> {
        remove(at)?;
        let mode = entry.header().mode()? & RIGHTS;
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(at)
            .map_err(fault("make", at))?;
        // What is wrong with an archive has no number of the operating system's.
        io::copy(entry, &mut file).map_err(|error| match error.raw_os_error() {
            Some(_) => Fault::File("write", at.to_owned(), error),
            None => Fault::Archive(error),
        })?;
        self.own(entry, at)?;
        file.set_permissions(fs::Permissions::from_mode(mode))
            .map_err(fault("set the mode of", at))?;
        let modified = entry.header().mtime()?;
        let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(modified);
        file.set_modified(modified)
            .map_err(fault("set the time of", at))
    }

    /// What a link says is not looked at: it is followed within the image only.
    fn make_symlink<R: Read>(&self, entry: &Entry<'_, R>, at: &Path) -> Result<(), Fault> {
        let target = entry
            .link_name()?
            .ok_or_else(|| Fault::Outside(format!("the link {} leads nowhere", at.display())))?;
        remove(at)?;
        symlink(&target, at).map_err(fault("make", at))?;
        self.own(entry, at)
    }

    fn make_link<R: Read>(&self, entry: &Entry<'_, R>, at: &Path) -> Result<(), Fault> {
        let target = entry
            .link_name()?
            .ok_or_else(|| Fault::Outside(format!("the link {} leads nowhere", at.display())))?;
        let target = plain(&target)?;
        let name = target
            .file_name()
            .ok_or_else(|| Fault::Outside(format!("{} links to the root", at.display())))?;
        let target = self
            .folder(target.parent().unwrap_or(Path::new("")))?
            .join(name);
        if target == *at {
            return Ok(());
        }
        remove(at)?;
        fs::hard_link(&target, at).map_err(fault("link", at))
    }

    fn folder(&self, path: &Path) -> Result<PathBuf, Fault> {
        rooted::folder(self.root, path).map_err(fault("open", self.root.join(path)))
    }

    fn own<R: Read>(&self, entry: &Entry<'_, R>, at: &Path) -> Result<(), Fault> {
        if !self.as_root {
            return Ok(());
        }
        let id = |id: u64| {
            u32::try_from(id)
                .map_err(|_| Fault::Outside(format!("{} belongs to number {id}", at.display())))
        };
        let (user, group) = (id(entry.header().uid()?)?, id(entry.header().gid()?)?);
        std::os::unix::fs::lchown(at, Some(user), Some(group)).map_err(fault("change owner of", at))
    }

    fn white_out(&self, at: &Path) -> Result<(), Fault> {
        if self.wrote_in(at) {
            return Ok(());
        }
        remove(at)
    }

    /// Empties a folder of what lower layers put there.
    fn clear(&self, folder: &Path) -> Result<(), Fault> {
        for held in fs::read_dir(folder).map_err(fault("read", folder))? {
            let held = held.map_err(fault("read", folder))?.path();
            if self.wrote_in(&held) {
                if fs::symlink_metadata(&held).is_ok_and(|held| held.is_dir()) {
                    self.clear(&held)?;
                }
            } else {
                remove(&held)?;
            }
        }
        Ok(())
    }

    fn wrote_in(&self, at: &Path) -> bool {
        self.written
            .range(at.to_owned()..)
            .next()
            .is_some_and(|written| written.starts_with(at))
    }

    fn finish(self) -> Result<(), Fault> {
        for (folder, mode) in self.folders.into_iter().rev() {
            // A later entry of the same layer may have replaced it.
            if !fs::symlink_metadata(&folder).is_ok_and(|held| held.is_dir()) {
                continue;
            }
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode))
                .map_err(fault("set the mode of", &folder))?;
        }
        Ok(())
    }
}

/// An entry's path below the root; `..` is refused, as no builder writes it.
fn plain(path: &Path) -> Result<PathBuf, Fault> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::CurDir | Component::RootDir => {}
            Component::ParentDir | Component::Prefix(_) => {
                return Err(Fault::Outside(format!(
                    "its entry {} leads outside",
                    path.display()
                )));
            }
        }
    }
    Ok(plain)
}

/// Makes room: a link is removed itself, never what it leads to.
fn remove(at: &Path) -> Result<(), Fault> {
    let removed = match fs::symlink_metadata(at) {
        Ok(held) if held.is_dir() => fs::remove_dir_all(at),
        Ok(_) => fs::remove_file(at),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    removed.map_err(fault("remove", at))
}

fn fault(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Fault {
    let path = path.into();
    move |error| Fault::File(action, path, error)
}
