//! An image from a program: a base layer that all have, the program on top, and a configuration that says who made it.
//!
//! The same program and [`Origin`] give the same bytes, and so the same digest, on any machine and in any folder.

mod archive;
mod artifact;
mod base;
#[cfg(test)]
mod dockerfile;
mod layer;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use base::USER;

pub(crate) use artifact::Artifact;

use crate::config::{Empty, History, Process, Rootfs};
use crate::libraries;
use crate::manifest::{CONFIG, Descriptor, INDEX, Index, MANIFEST, Manifest, Platform};
use crate::program::{Linking, Program};
use crate::{Architecture, BlobCache, Digest, ImageConfig, ImageError, Origin};
use archive::{Content, Tree};
use layer::Layer;

/// What an image is made of.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The program on this machine.
    pub program: PathBuf,
    /// What the program has to be built for; compared with its own header.
    pub architecture: Architecture,
    /// Its name in the image, below `/usr/bin`.
    pub name: String,
    /// Its arguments, where whoever runs it says no others.
    pub command: Vec<String>,
    /// The TCP port it listens on.
    pub port: u16,
    /// Further certificates in PEM form, by file name below `/etc/ssl/certs`.
    pub authorities: Vec<(String, Vec<u8>)>,
    pub origin: Origin,
    pub libraries: Libraries,
}

/// What becomes of a program that is linked dynamically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Libraries {
    /// It is refused: an image for others does not depend on whose machine it was made on.
    Refused,
    /// This machine's loader and libraries come with it: for an image that stays on this machine.
    FromThisMachine,
}

impl Recipe {
    /// The booking service as every stack runs it.
    #[must_use]
    pub fn service(program: PathBuf, architecture: Architecture, origin: Origin) -> Self {
        Self {
            program,
            architecture,
            name: "bella-service".to_owned(),
            command: vec!["serve".to_owned()],
            port: 8000,
            authorities: vec![("rds-global.pem".to_owned(), RDS_ROOTS.to_vec())],
            origin,
            libraries: Libraries::Refused,
        }
    }
}

/// Amazon's roots for its databases; `service/certs/README.md` says where they come from.
const RDS_ROOTS: &[u8] = include_bytes!("../../../../service/certs/rds-global.pem");

/// An image whose every content lies in a cache, ready to be pushed.
#[derive(Debug, Clone)]
pub struct Image {
    pub architecture: Architecture,
    pub config: ImageConfig,
    pub(crate) manifest: Descriptor,
    /// Configuration and layers.
    pub(crate) blobs: Vec<Descriptor>,
    pub(crate) attached: Vec<Artifact>,
}

impl Image {
    /// What pins this image: the digest of its manifest.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.manifest.digest
    }

    /// What is sent to a registry that has nothing yet, in bytes, without what is attached.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.manifest.size + self.blobs.iter().map(|blob| blob.size).sum::<u64>()
    }

    /// Attaches a bill of materials (CycloneDX JSON), which is pushed with the image and found by its digest.
    ///
    /// # Errors
    /// [`ImageError::File`] where the cache cannot be written.
    pub fn with_sbom(mut self, sbom: &[u8], cache: &BlobCache) -> Result<Self, ImageError> {
        let artifact = Artifact::sbom(&self.manifest, sbom, cache)?;
        self.attached.push(artifact);
        Ok(self)
    }
}

/// Assembles an image into `cache`.
///
/// # Errors
/// [`ImageError::Architecture`] and [`ImageError::Program`] where the program cannot be what the recipe wants, and
/// [`ImageError::File`] where it cannot be read or the cache not be written.
pub fn assemble(recipe: &Recipe, cache: &BlobCache) -> Result<Image, ImageError> {
    let program = Program::read(&recipe.program)?;
    program.require(recipe.architecture)?;
    let mut layers = vec![(
        "certificates and users",
        layer::make(&base::tree(&recipe.authorities), cache)?,
    )];
    if let Some(tree) = libraries(recipe, &program)? {
        layers.push(("libraries of the machine", layer::make(&tree, cache)?));
    }
    let path = format!("usr/bin/{}", recipe.name);
    let tree = Tree::default().file(&path, 0o755, Content::At(recipe.program.clone()));
    layers.push(("the program", layer::make(&tree, cache)?));
    finish(recipe, layers, cache)
}

fn libraries(recipe: &Recipe, program: &Program) -> Result<Option<Tree>, ImageError> {
    let Linking::Dynamic { libraries, .. } = &program.linking else {
        return Ok(None);
    };
    if recipe.libraries == Libraries::Refused {
        return Err(ImageError::Program {
            path: recipe.program.clone(),
            reason: format!("it needs {}, which no image has", libraries.join(", ")),
        });
    }
    let mut tree = Tree::default();
    for (inside, outside) in libraries::of(program)? {
        let inside = inside.to_string_lossy();
        tree = tree.file(inside.trim_start_matches('/'), 0o755, Content::At(outside));
    }
    Ok(Some(tree))
}

fn finish(
    recipe: &Recipe,
    layers: Vec<(&str, Layer)>,
    cache: &BlobCache,
) -> Result<Image, ImageError> {
    let config = config(recipe, &layers);
    let bytes = serde_json::to_vec(&config).expect("a configuration is plain data");
    cache.put(&bytes)?;
    let descriptor = Descriptor::of(CONFIG, &bytes);
    let layers: Vec<_> = layers.into_iter().map(|(_, layer)| layer.blob).collect();
    let manifest = Manifest {
        schema_version: 2,
        media_type: Some(MANIFEST.to_owned()),
        artifact_type: None,
        config: descriptor.clone(),
        layers: layers.clone(),
        subject: None,
        annotations: None,
    };
    let mut manifest = store(MANIFEST, &manifest, cache)?;
    manifest.platform = Some(Platform {
        architecture: recipe.architecture.oci().to_owned(),
        os: "linux".to_owned(),
        variant: None,
    });
    Ok(Image {
        architecture: recipe.architecture,
        config,
        manifest,
        blobs: std::iter::once(descriptor).chain(layers).collect(),
        attached: Vec::new(),
    })
}

fn config(recipe: &Recipe, layers: &[(&str, Layer)]) -> ImageConfig {
    let created = recipe.origin.created.map(|at| at.to_string());
    let history = layers.iter().map(|(what, _)| History {
        created: created.clone(),
        created_by: Some(format!("bella: {what}")),
        ..History::default()
    });
    ImageConfig {
        architecture: recipe.architecture.oci().to_owned(),
        variant: None,
        os: "linux".to_owned(),
        config: Process {
            user: format!("{USER}:{USER}"),
            exposed_ports: BTreeMap::from([(format!("{}/tcp", recipe.port), Empty {})]),
            env: vec!["PATH=/usr/bin".to_owned()],
            entrypoint: vec![format!("/usr/bin/{}", recipe.name)],
            cmd: recipe.command.clone(),
            working_dir: "/".to_owned(),
            labels: labels(recipe),
            stop_signal: "SIGTERM".to_owned(),
        },
        rootfs: Rootfs {
            kind: "layers".to_owned(),
            diff_ids: layers.iter().map(|(_, one)| one.diff_id.clone()).collect(),
        },
        history: history.collect(),
        created,
    }
}

fn labels(recipe: &Recipe) -> BTreeMap<String, String> {
    let origin = &recipe.origin;
    let created = origin.created.map(|at| at.to_string());
    [
        ("title", Some(recipe.name.clone())),
        ("version", Some(origin.version.clone())),
        ("revision", origin.revision.clone()),
        ("source", origin.source.clone()),
        ("created", created),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((format!("org.opencontainers.image.{name}"), value?)))
    .collect()
}

/// One name for images of several architectures; they are listed in one order however they are given.
pub(crate) fn index(images: &[Image], cache: &BlobCache) -> Result<Descriptor, ImageError> {
    let mut manifests: Vec<_> = images.iter().map(|image| image.manifest.clone()).collect();
    manifests.sort_by_key(|one| {
        one.platform
            .as_ref()
            .map(|platform| platform.architecture.clone())
    });
    let index = Index {
        schema_version: 2,
        media_type: Some(INDEX.to_owned()),
        manifests,
        annotations: None,
    };
    store(INDEX, &index, cache)
}

pub(crate) fn store<T: serde::Serialize>(
    media_type: &str,
    value: &T,
    cache: &BlobCache,
) -> Result<Descriptor, ImageError> {
    let bytes = serde_json::to_vec(value).expect("manifests are plain data");
    cache.put(&bytes)?;
    Ok(Descriptor::of(media_type, &bytes))
}
