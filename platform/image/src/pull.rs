use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, TryStreamExt as _};
use oci_client::Reference;
use oci_client::errors::DigestError;
use oci_client::manifest::OciDescriptor;
use tokio::io::AsyncWriteExt as _;

use crate::manifest::{ACCEPTED, Descriptor, Found, Index, Manifest};
use crate::registry::{self, Repository};
use crate::unpack::{Unpacked, unpack};
use crate::{Architecture, BlobCache, Credentials, Digest, ImageConfig, ImageError};

const AT_ONCE: usize = 4;

/// An image whose every content lies in a cache, checked against its digests.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// As it was asked for.
    pub reference: String,
    /// Of the image for this platform: what pins it.
    pub digest: Digest,
    pub config: ImageConfig,
    pub(crate) layers: Vec<(Descriptor, PathBuf)>,
    pub(crate) cache: BlobCache,
}

/// Reads the name of an image as Docker does: no registry means Docker Hub, no tag `latest`.
///
/// # Errors
/// When `name` is none.
pub fn parse_reference(name: &str) -> Result<Reference, ImageError> {
    name.parse()
        .map_err(|error: oci_client::ParseError| ImageError::Reference {
            given: name.to_owned(),
            reason: error.to_string(),
        })
}

/// Pulls an image and unpacks it into `folder`, which must not exist yet or be empty, and appears whole or not at all.
///
/// # Errors
/// What [`fetch`] and [`unpack`] say.
pub async fn pull(
    reference: &str,
    credentials: &Credentials,
    architecture: Architecture,
    cache: &BlobCache,
    folder: &Path,
) -> Result<(Fetched, Unpacked), ImageError> {
    let fetched = fetch(reference, credentials, architecture, cache).await?;
    let unpacked = unpack(&fetched, folder).await?;
    Ok((fetched, unpacked))
}

/// Brings an image's manifest, configuration and layers into `cache`: what is there already is not asked for again, and
/// a reference by digest that is there in full asks nobody.
///
/// # Errors
/// [`ImageError::NotFound`] and [`ImageError::Denied`] as the registry says, [`ImageError::NoSuchPlatform`] where an
/// index has nothing for `architecture`, [`ImageError::Damaged`] where a content does not match its digest, and
/// [`ImageError::Registry`] where the registry does not answer.
pub async fn fetch(
    reference: &str,
    credentials: &Credentials,
    architecture: Architecture,
    cache: &BlobCache,
) -> Result<Fetched, ImageError> {
    let parsed = parse_reference(reference)?;
    let repository = Repository::open(&parsed, credentials)?;
    let (digest, manifest) = resolve(&repository, &parsed, architecture, cache).await?;
    repository.sign_in().await;
    let config = config(&repository, &manifest, cache).await?;
    if config.rootfs.diff_ids.len() != manifest.layers.len() {
        return Err(ImageError::damaged(
            reference,
            format!(
                "{} layers, but its configuration names {}",
                manifest.layers.len(),
                config.rootfs.diff_ids.len()
            ),
        ));
    }
    let layers = futures_util::stream::iter(manifest.layers)
        .map(|layer| {
            let repository = &repository;
            async move {
                let path = blob(repository, &layer, cache).await?;
                Ok::<_, ImageError>((layer, path))
            }
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(Fetched {
        reference: reference.to_owned(),
        digest,
        config,
        layers,
        cache: cache.clone(),
    })
}

async fn resolve(
    repository: &Repository,
    reference: &Reference,
    architecture: Architecture,
    cache: &BlobCache,
) -> Result<(Digest, Manifest), ImageError> {
    let (digest, found) = manifest(repository, reference, cache).await?;
    match found {
        Found::Image(manifest) => Ok((digest, *manifest)),
        Found::Index(index) => {
            let digest = choose(&index, architecture)
                .ok_or_else(|| ImageError::NoSuchPlatform {
                    image: reference.whole(),
                    wanted: format!("linux/{architecture}"),
                    held: platforms(&index),
                })?
                .digest
                .clone();
            match manifest_of(repository, &digest, cache).await? {
                Found::Image(manifest) => Ok((digest, *manifest)),
                Found::Index(_) => Err(ImageError::damaged(
                    reference.whole(),
                    "its index holds another index",
                )),
            }
        }
    }
}

pub(crate) async fn manifest_of(
    repository: &Repository,
    digest: &Digest,
    cache: &BlobCache,
) -> Result<Found, ImageError> {
    let reference = repository.at(digest);
    Ok(manifest(repository, &reference, cache).await?.1)
}

pub(crate) async fn manifest(
    repository: &Repository,
    reference: &Reference,
    cache: &BlobCache,
) -> Result<(Digest, Found), ImageError> {
    let name = reference.whole();
    let pinned = reference.digest().and_then(Digest::parse);
    if let Some(digest) = &pinned
        && let Some(found) = cached(cache, digest)
    {
        return Ok((digest.clone(), found));
    }
    let (bytes, _) = repository
        .client
        .pull_manifest_raw(reference, &repository.auth, &ACCEPTED)
        .await
        .map_err(|error| repository.error("read a manifest", "pull", &name, error))?;
    let digest = Digest::of(&bytes);
    if let Some(pinned) = pinned
        && pinned != digest
    {
        return Err(ImageError::damaged(name, format!("its digest is {digest}")));
    }
    let found = Found::parse(&bytes).map_err(|error| ImageError::damaged(&name, error))?;
    cache.put(&bytes)?;
    Ok((digest, found))
}

fn cached(cache: &BlobCache, digest: &Digest) -> Option<Found> {
    let bytes = std::fs::read(cache.find(digest, None)?).ok()?;
    (Digest::of(&bytes) == *digest)
        .then(|| Found::parse(&bytes).ok())
        .flatten()
}

fn choose(index: &Index, architecture: Architecture) -> Option<&Descriptor> {
    index.manifests.iter().find(|entry| {
        entry
            .platform
            .as_ref()
            .is_some_and(|on| on.os == "linux" && on.architecture == architecture.oci())
    })
}

fn platforms(index: &Index) -> String {
    let held: Vec<_> = index
        .manifests
        .iter()
        .filter_map(|entry| entry.platform.as_ref())
        .map(ToString::to_string)
        .collect();
    if held.is_empty() {
        "images without a platform".to_owned()
    } else {
        held.join(", ")
    }
}

pub(crate) async fn config(
    repository: &Repository,
    manifest: &Manifest,
    cache: &BlobCache,
) -> Result<ImageConfig, ImageError> {
    let path = blob(repository, &manifest.config, cache).await?;
    let bytes = std::fs::read(&path).map_err(ImageError::file("read", &path))?;
    let object = format!("the configuration {}", manifest.config.digest);
    if Digest::of(&bytes) != manifest.config.digest {
        cache.forget(&manifest.config.digest);
        return Err(ImageError::damaged(object, "its digest differs"));
    }
    serde_json::from_slice(&bytes).map_err(|error| ImageError::damaged(object, error))
}

/// The client compares the digest as the bytes pass, so what is kept is what was named.
async fn blob(
    repository: &Repository,
    wanted: &Descriptor,
    cache: &BlobCache,
) -> Result<PathBuf, ImageError> {
    if let Some(path) = cache.find(&wanted.digest, Some(wanted.size)) {
        return Ok(path);
    }
    let object = format!("the content {}", wanted.digest);
    let descriptor = OciDescriptor {
        digest: wanted.digest.to_string(),
        ..OciDescriptor::default()
    };
    let mut stream = repository
        .client
        .pull_blob_stream(&repository.reference, &descriptor)
        .await
        .map_err(|error| repository.error("read a blob", "pull", &object, error))?;
    let draft = cache.draft()?;
    let file = draft
        .file
        .try_clone()
        .map_err(ImageError::file("open", &draft.path))?;
    let mut file = tokio::fs::File::from_std(file);
    let mut size = 0;
    while let Some(bytes) = stream
        .try_next()
        .await
        .map_err(|error| broken_off(repository, &object, &error))?
    {
        size += bytes.len() as u64;
        file.write_all(&bytes)
            .await
            .map_err(ImageError::file("write", &draft.path))?;
    }
    file.flush()
        .await
        .map_err(ImageError::file("write", &draft.path))?;
    if size != wanted.size {
        return Err(ImageError::damaged(
            object,
            format!("{size} bytes instead of {}", wanted.size),
        ));
    }
    draft.keep(cache, &wanted.digest)
}

/// A registry that breaks off, or a content that is another: the client says both as an error of reading.
fn broken_off(repository: &Repository, object: &str, error: &std::io::Error) -> ImageError {
    let cause = error.get_ref();
    if let Some(digest) = cause.and_then(|cause| cause.downcast_ref::<DigestError>()) {
        return ImageError::damaged(object, digest);
    }
    let said = match cause.and_then(|cause| cause.downcast_ref::<reqwest::Error>()) {
        Some(error) => registry::chain(error),
        None => error.to_string(),
    };
    ImageError::Registry {
        registry: repository.host().to_owned(),
        action: format!("read {object}"),
        said,
        url: repository.base.clone(),
    }
}
