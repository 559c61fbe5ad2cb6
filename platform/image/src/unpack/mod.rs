//! An image's layers, laid over each other in a folder.
//!
//! What an image says is not trusted: no entry, link or whiteout reaches outside of the folder, devices are not made, and
//! a file lends nobody the rights of its owner.

mod layer;
mod rooted;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use crate::digest::Digesting;
use crate::manifest::Descriptor;
use crate::{Digest, Fetched, ImageError};

/// A block to end the last file's content, and the two that end an archive.
const PADDING: u64 = 3 * 512;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// What unpacking left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Devices, pipes and sockets, by their paths in the image.
    pub left_out: Vec<PathBuf>,
}

/// Unpacks `image` into `folder`, which must not exist yet or be empty, and appears whole or not at all.
///
/// Run by root, files belong to whom the image says; run by anybody else, to them. Modes are kept but for set-user-id
/// and set-group-id, extended attributes are not.
///
/// # Errors
/// [`ImageError::NotEmpty`]; [`ImageError::Unpack`] where a layer reaches outside of the folder or is packed in a way
/// that is not known; [`ImageError::Damaged`] where a layer is not the one that the configuration names.
pub async fn unpack(image: &Fetched, folder: &Path) -> Result<Unpacked, ImageError> {
    let (image, folder) = (image.clone(), folder.to_owned());
    tokio::task::spawn_blocking(move || unpack_now(&image, &folder))
        .await
        .expect("unpacking does not panic and is not aborted")
}

fn unpack_now(image: &Fetched, folder: &Path) -> Result<Unpacked, ImageError> {
    if fs::read_dir(folder).is_ok_and(|mut held| held.next().is_some()) {
        return Err(ImageError::NotEmpty {
            path: folder.to_owned(),
        });
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(ImageError::file("make", parent))?;
    let draft = Draft::beside(folder, parent)?;
    let mut unpacked = Unpacked::default();
    for ((layer, path), diff_id) in image.layers.iter().zip(&image.config.rootfs.diff_ids) {
        apply(image, layer, path, diff_id, &draft.path, &mut unpacked)?;
    }
    // An empty folder may be replaced by another.
    fs::rename(&draft.path, folder).map_err(ImageError::file("move into place", folder))?;
    draft.kept();
    Ok(unpacked)
}

fn apply(
    image: &Fetched,
    layer: &Descriptor,
    path: &Path,
    diff_id: &Digest,
    root: &Path,
    unpacked: &mut Unpacked,
) -> Result<(), ImageError> {
    let file = fs::File::open(path).map_err(ImageError::file("open", path))?;
    let file = BufReader::with_capacity(256 * 1024, file);
    let archive: Box<dyn Read> = match Packing::of(&layer.media_type) {
        Some(Packing::Gzip) => Box::new(MultiGzDecoder::new(file)),
        Some(Packing::Plain) => Box::new(file),
        None => {
            return Err(ImageError::Unpack {
                image: image.reference.clone(),
                reason: format!("a layer is of the unknown type {}", layer.media_type),
            });
        }
    };
    let mut archive = Digesting::new(archive);
    // Some builders leave out the last padding. That nothing else is missing, the digest says.
    let mut padded = archive.by_ref().chain(std::io::repeat(0).take(PADDING));
    let applied = layer::apply(&mut padded, root, unpacked)
        // The archive ends before its last padding; the digest is of all of it.
        .and_then(|()| Ok(std::io::copy(&mut archive, &mut std::io::sink())?));
    let (_, digest, _) = archive.finish();
    if applied.is_ok() && digest == *diff_id {
        return Ok(());
    }
    match applied {
        Err(layer::Fault::Outside(reason)) => Err(ImageError::Unpack {
            image: image.reference.clone(),
            reason,
        }),
        Err(layer::Fault::File(action, path, source)) => Err(ImageError::File {
            action,
            path,
            source,
        }),
        Err(layer::Fault::Archive(error)) => {
            image.cache.forget(&layer.digest);
            Err(ImageError::damaged(
                format!("the layer {}", layer.digest),
                error,
            ))
        }
        Ok(_) => {
            image.cache.forget(&layer.digest);
            Err(ImageError::damaged(
                format!("the layer {}", layer.digest),
                format!("its archive is {digest}, the configuration names {diff_id}"),
            ))
        }
    }
}

enum Packing {
    Plain,
    Gzip,
}

impl Packing {
    fn of(media_type: &str) -> Option<Self> {
        match media_type {
            "application/vnd.oci.image.layer.v1.tar+gzip"
            | "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
            | "application/vnd.docker.image.rootfs.diff.tar.gzip"
            | "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" => Some(Self::Gzip),
            "application/vnd.oci.image.layer.v1.tar"
            | "application/vnd.oci.image.layer.nondistributable.v1.tar"
            | "application/vnd.docker.image.rootfs.diff.tar" => Some(Self::Plain),
            _ => None,
        }
    }
}

/// The folder in the making, beside the one it becomes; gone unless it does.
struct Draft {
    path: PathBuf,
    kept: bool,
}

impl Draft {
    fn beside(folder: &Path, parent: &Path) -> Result<Self, ImageError> {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!(".{name}.{}-{number}", std::process::id()));
        fs::create_dir(&path).map_err(ImageError::file("make", &path))?;
        Ok(Self { path, kept: false })
    }

    fn kept(mut self) {
        self.kept = true;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
