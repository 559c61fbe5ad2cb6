use std::fs;
use std::io::{BufWriter, Write as _};

use flate2::{Compression, GzBuilder};

use super::archive::Tree;
use crate::digest::Digesting;
use crate::manifest::{Descriptor, LAYER};
use crate::{BlobCache, Digest, ImageError};

/// How layers are compressed. Part of the name under which a result is remembered: another way, another name.
const COMPRESSION: (&str, u32) = ("deflate-3", 3);

/// A layer in the cache.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    /// Compressed, as it is stored and sent.
    pub(crate) blob: Descriptor,
    /// Of the archive itself, as the configuration names it.
    pub(crate) diff_id: Digest,
}

/// Packs and compresses `tree` into the cache; an archive that was compressed before is only hashed.
///
/// The gzip header has neither time nor name, and the implementation is the one in Rust: the same tree is the same blob
/// on every machine.
pub(crate) fn make(tree: &Tree, cache: &BlobCache) -> Result<Layer, ImageError> {
    let mut archive = Digesting::new(std::io::sink());
    tree.write(&mut archive)?;
    let (_, diff_id, _) = archive.finish();
    let remembered = cache.note(&format!("{}-{}", COMPRESSION.0, diff_id.hex()));
    if let Some(blob) = recall(&remembered, cache) {
        return Ok(Layer { blob, diff_id });
    }
    let draft = cache.draft()?;
    let failed = |error| ImageError::file("write", &draft.path)(error);
    let file = draft.file.try_clone().map_err(failed)?;
    let digesting = Digesting::new(BufWriter::with_capacity(256 * 1024, file));
    let mut gzip = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(digesting, Compression::new(COMPRESSION.1));
    tree.write(&mut gzip)?;
    let mut digesting = gzip
        .finish()
        .map_err(ImageError::file("write", &draft.path))?;
    digesting
        .flush()
        .map_err(ImageError::file("write", &draft.path))?;
    let (_, digest, size) = digesting.finish();
    draft.keep(cache, &digest)?;
    let blob = Descriptor {
        media_type: LAYER.to_owned(),
        digest,
        size,
        artifact_type: None,
        platform: None,
        annotations: None,
    };
    let note = serde_json::to_vec(&blob).expect("a descriptor is plain data");
    cache.write_note(&remembered, &note)?;
    Ok(Layer { blob, diff_id })
}

/// What the same archive was compressed to, if that is still here.
fn recall(note: &std::path::Path, cache: &BlobCache) -> Option<Descriptor> {
    let blob: Descriptor = serde_json::from_slice(&fs::read(note).ok()?).ok()?;
    cache.find(&blob.digest, Some(blob.size))?;
    Some(blob)
}
