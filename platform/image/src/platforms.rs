use crate::manifest::{CONFIG, Found, Manifest, Platform};
use crate::pull::{config, manifest, manifest_of, parse_reference};
use crate::registry::Repository;
use crate::{BlobCache, Credentials, ImageError};

const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";

/// What an image is made for, as its registry says: an index names its platforms, any other image has one in its configuration. No
/// layer is read.
///
/// # Errors
/// As [`fetch`](crate::fetch), but that no platform is wanted.
pub async fn platforms(
    reference: &str,
    credentials: &Credentials,
    cache: &BlobCache,
) -> Result<Vec<Platform>, ImageError> {
    let parsed = parse_reference(reference)?;
    let repository = Repository::open(&parsed, credentials)?;
    let (_, found) = manifest(&repository, &parsed, cache).await?;
    repository.sign_in().await;
    let index = match found {
        Found::Image(manifest) => return Ok(vec![platform(&repository, &manifest, cache).await?]),
        Found::Index(index) => index,
    };
    let mut held = Vec::new();
    for entry in index.manifests {
        if let Some(platform) = entry.platform {
            held.push(platform);
        } else if let Found::Image(manifest) =
            manifest_of(&repository, &entry.digest, cache).await?
            && [CONFIG, DOCKER_CONFIG].contains(&manifest.config.media_type.as_str())
        {
            held.push(platform(&repository, &manifest, cache).await?);
        }
    }
    Ok(held)
}

async fn platform(
    repository: &Repository,
    manifest: &Manifest,
    cache: &BlobCache,
) -> Result<Platform, ImageError> {
    let config = config(repository, manifest, cache).await?;
    Ok(Platform {
        architecture: config.architecture,
        os: config.os,
        variant: config.variant,
    })
}
