use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tar::{Builder, EntryType, Header};

use crate::ImageError;

/// The content of a layer: files and folders by their paths from the root, without a leading `/`.
///
/// An archive of it depends on nothing else: entries are sorted, folders above them are made, everything belongs to root
/// and is as old as 1970, whoever packs it and whenever.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    files: BTreeMap<PathBuf, File>,
    folders: BTreeMap<PathBuf, u32>,
}

#[derive(Debug, Clone)]
struct File {
    mode: u32,
    content: Content,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    At(PathBuf),
}

impl Tree {
    pub(crate) fn file(mut self, path: &str, mode: u32, content: Content) -> Self {
        self.files.insert(path.into(), File { mode, content });
        self
    }

    pub(crate) fn folder(mut self, path: &str, mode: u32) -> Self {
        self.folders.insert(path.into(), mode);
        self
    }

    pub(crate) fn write(&self, to: &mut dyn Write) -> Result<(), ImageError> {
        let mut builder = Builder::new(to);
        for path in self.paths() {
            match self.files.get(&path) {
                Some(file) => add_file(&mut builder, &path, file)?,
                None => {
                    let mode = self.folders.get(&path).copied().unwrap_or(0o755);
                    let mut header = header(EntryType::Directory, mode, 0);
                    builder
                        .append_data(&mut header, &path, io::empty())
                        .map_err(ImageError::file("pack", &path))?;
                }
            }
        }
        builder
            .finish()
            .map_err(ImageError::file("pack", Path::new("a layer")))
    }

    /// Everything there is and all folders above, parents first.
    fn paths(&self) -> BTreeSet<PathBuf> {
        self.files
            .keys()
            .chain(self.folders.keys())
            .flat_map(|path| path.ancestors())
            .filter(|path| !path.as_os_str().is_empty())
            .map(Path::to_owned)
            .collect()
    }
}

fn add_file(
    builder: &mut Builder<&mut dyn Write>,
    path: &Path,
    file: &File,
) -> Result<(), ImageError> {
    match &file.content {
        Content::Bytes(bytes) => {
            let mut header = header(EntryType::Regular, file.mode, bytes.len() as u64);
            builder
                .append_data(&mut header, path, bytes.as_slice())
                .map_err(ImageError::file("pack", path))
        }
        Content::At(source) => {
            let open = fs::File::open(source).map_err(ImageError::file("open", source))?;
            let size = open
                .metadata()
                .map_err(ImageError::file("read", source))?
                .len();
            let mut header = header(EntryType::Regular, file.mode, size);
            builder
                .append_data(&mut header, path, open)
                .map_err(ImageError::file("pack", source))
        }
    }
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header
}
