//! Images into a registry: what it has is not sent again, names come last.

mod referrers;
mod session;
mod upload;

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::assemble::{self, Image};
use crate::manifest::Descriptor;
use crate::pull::parse_reference;
use crate::registry::Repository;
use crate::{BlobCache, Credentials, Digest, ImageError};
use session::Session;

const AT_ONCE: usize = 4;

/// What a push did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// What the name now stands for: the image's manifest, or the index where there are several images.
    pub digest: Digest,
    /// Contents that were sent, in bytes; a content that was continued counts with what was missing.
    pub sent: u64,
    /// Contents that the registry had already, in bytes.
    pub held: u64,
    /// Whether the registry lists bills of materials itself; otherwise a tag made of the image's digest does.
    pub listed_by_registry: bool,
}

/// Pushes `images`, which have to lie in `cache`, and then lets `reference`, a name with a tag, stand for them: for the
/// one, or for an index of several architectures.
///
/// Contents that the registry has are not sent. A connection that breaks is taken up where the registry says that it
/// broke, where it can say that, and else the content that broke off is sent again; so does a later process with the
/// same cache. Nobody sees the name before everything is there.
///
/// # Errors
/// [`ImageError::Denied`] and [`ImageError::Registry`] as the registry says; [`ImageError::File`] where the cache cannot
/// be read.
pub async fn push(
    reference: &str,
    credentials: &Credentials,
    images: &[Image],
    cache: &BlobCache,
) -> Result<Pushed, ImageError> {
    let parsed = parse_reference(reference)?;
    let (Some(tag), None) = (parsed.tag(), parsed.digest()) else {
        return Err(ImageError::Reference {
            given: reference.to_owned(),
            reason: "a push needs a tag, and the digest is what it answers".to_owned(),
        });
    };
    let repository = Repository::open(&parsed, credentials)?;
    let session = Session::open(&repository, credentials).await?;
    let (sent, held) = blobs(&session, images, cache).await?;
    for image in images {
        session
            .put_manifest(image.digest().as_str(), &image.manifest, cache)
            .await?;
    }
    let listed_by_registry = referrers::push(&session, images, cache).await?;
    let named = match images {
        [image] => image.manifest.clone(),
        several => assemble::index(several, cache)?,
    };
    session.put_manifest(tag, &named, cache).await?;
    Ok(Pushed {
        digest: named.digest,
        sent,
        held,
        listed_by_registry,
    })
}

/// Each content once, however many images share it.
async fn blobs(
    session: &Session,
    images: &[Image],
    cache: &BlobCache,
) -> Result<(u64, u64), ImageError> {
    let blobs: BTreeMap<&Digest, &Descriptor> = images
        .iter()
        .flat_map(|image| {
            let attached = image.attached.iter().flat_map(|artifact| &artifact.blobs);
            image.blobs.iter().chain(attached)
        })
        .map(|blob| (&blob.digest, blob))
        .collect();
    let results: Vec<(u64, u64)> = futures_util::stream::iter(blobs.into_values())
        .map(|blob| async move {
            if session.has_blob(&blob.digest).await? {
                return Ok::<_, ImageError>((0, blob.size));
            }
            Ok((upload::blob(session, blob, cache).await?, 0))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let total = |one: fn(&(u64, u64)) -> u64| results.iter().map(one).sum();
    Ok((total(|one| one.0), total(|one| one.1)))
}
