use super::store;
use crate::manifest::{Descriptor, EMPTY, MANIFEST, Manifest};
use crate::{BlobCache, ImageError};

/// A bill of materials in a registry.
pub(crate) const SBOM: &str = "application/vnd.cyclonedx+json";

/// Something about an image, stored beside it and found by the image's digest.
#[derive(Debug, Clone)]
pub(crate) struct Artifact {
    pub(crate) manifest: Descriptor,
    pub(crate) subject: Descriptor,
    pub(crate) blobs: Vec<Descriptor>,
}

impl Artifact {
    pub(crate) fn sbom(
        image: &Descriptor,
        sbom: &[u8],
        cache: &BlobCache,
    ) -> Result<Self, ImageError> {
        cache.put(b"{}")?;
        cache.put(sbom)?;
        let empty = Descriptor::of(EMPTY, b"{}");
        let content = Descriptor::of(SBOM, sbom);
        let subject = Descriptor {
            platform: None,
            ..image.clone()
        };
        let manifest = Manifest {
            schema_version: 2,
            media_type: Some(MANIFEST.to_owned()),
            artifact_type: Some(SBOM.to_owned()),
            config: empty.clone(),
            layers: vec![content.clone()],
            subject: Some(subject.clone()),
            annotations: None,
        };
        let mut manifest = store(MANIFEST, &manifest, cache)?;
        manifest.artifact_type = Some(SBOM.to_owned());
        Ok(Self {
            manifest,
            subject,
            blobs: vec![empty, content],
        })
    }
}
