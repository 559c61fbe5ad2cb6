use super::session::Session;
use crate::assemble::{Artifact, Image, store};
use crate::manifest::{INDEX, Index};
use crate::{BlobCache, Digest, ImageError};

/// Stores what is attached to the images. A registry that does not list such things by itself has them listed under a
/// tag made of the image's digest, which readers fall back to. Answers whether the registry does.
pub(super) async fn push(
    session: &Session,
    images: &[Image],
    cache: &BlobCache,
) -> Result<bool, ImageError> {
    let mut listed = true;
    for image in images {
        for artifact in &image.attached {
            let name = artifact.manifest.digest.as_str();
            if session
                .put_manifest(name, &artifact.manifest, cache)
                .await?
            {
                continue;
            }
            listed = false;
            list(session, artifact, cache).await?;
        }
    }
    Ok(listed)
}

async fn list(session: &Session, artifact: &Artifact, cache: &BlobCache) -> Result<(), ImageError> {
    let tag = tag(&artifact.subject.digest);
    let held = session.manifest(&tag).await?;
    let mut index = held
        .and_then(|bytes| serde_json::from_slice::<Index>(&bytes).ok())
        .unwrap_or_else(|| Index {
            schema_version: 2,
            media_type: Some(INDEX.to_owned()),
            manifests: Vec::new(),
            annotations: None,
        });
    if index
        .manifests
        .iter()
        .any(|listed| listed.digest == artifact.manifest.digest)
    {
        return Ok(());
    }
    index.manifests.push(artifact.manifest.clone());
    let index = store(INDEX, &index, cache)?;
    session.put_manifest(&tag, &index, cache).await?;
    Ok(())
}

/// `sha256-…`: the distribution specification's referrers tag.
fn tag(digest: &Digest) -> String {
    digest.as_str().replace(':', "-")
}
