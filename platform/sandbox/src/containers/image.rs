use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bella_image::{Architecture, BlobCache, Credentials, ImageConfig, ImageError};
use rustix::process::Signal;
use sha2::{Digest as _, Sha256};

/// Base images whose commands the machine has itself, by the last part of their names.
const BASES: [&str; 12] = [
    "alpine",
    "amazonlinux",
    "bash",
    "busybox",
    "curl",
    "debian",
    "fedora",
    "httpd",
    "nginx",
    "python",
    "ubuntu",
    "wolfi-base",
];

/// What a container is run from.
#[derive(Debug, Clone)]
pub(super) struct Image {
    /// The name it was asked for by.
    pub(super) name: String,
    /// `sha256:…`; what Docker calls the image's id.
    pub(super) id: String,
    /// `sha256:…` of its manifest, which pins it.
    pub(super) digest: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Postgres,
    /// Redis or Valkey.
    Cache,
    /// A web server that answers 200, unless a command is given.
    Web,
    /// Nothing but the commands of the machine.
    Base,
    /// Pulled and unpacked.
    Pulled {
        root: PathBuf,
        config: Arc<ImageConfig>,
    },
}

impl Image {
    /// How the image's program wants to be asked to end.
    pub(super) fn stop_signal(&self) -> Signal {
        match &self.kind {
            // Fast shutdown: sessions are ended, the data is whole.
            Kind::Postgres => Signal::INT,
            Kind::Pulled { config, .. } => match config.config.stop_signal.as_str() {
                "SIGINT" | "2" => Signal::INT,
                "SIGQUIT" | "3" => Signal::QUIT,
                _ => Signal::TERM,
            },
            _ => Signal::TERM,
        }
    }
}

/// The images that can be run.
#[derive(Debug)]
pub(super) struct Images {
    folder: PathBuf,
    cache: BlobCache,
    /// The sandbox's own registry, `host:port`, which stands for Amazon's.
    registry: String,
    /// By every name and id they are known by.
    known: Mutex<BTreeMap<String, Image>>,
}

impl Images {
    pub(super) fn new(folder: PathBuf, registry: String) -> Self {
        Self {
            cache: BlobCache::at(folder.join("blobs")),
            folder,
            registry,
            known: Mutex::default(),
        }
    }

    /// The image of this name or id, when it can be run without a pull.
    pub(super) fn find(&self, name: &str) -> Option<Image> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let bare = name.strip_prefix("sha256:").map(|_| name);
        known
            .get(bare.unwrap_or(name))
            .cloned()
            .or_else(|| own(name))
    }

    /// All images that were asked for, once each.
    pub(super) fn all(&self) -> Vec<Image> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut by_id: BTreeMap<&str, &Image> = BTreeMap::new();
        for image in known.values() {
            by_id.entry(&image.id).or_insert(image);
        }
        by_id.into_values().cloned().collect()
    }

    /// Makes an image known by another name.
    pub(super) fn tag(&self, image: &Image, name: &str) {
        let image = Image {
            name: name.to_owned(),
            ..image.clone()
        };
        self.remember(&image);
    }

    /// Forgets a name.
    pub(super) fn forget(&self, name: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(name);
    }

    fn remember(&self, image: &Image) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for name in [&image.name, &image.id] {
            known.insert(name.clone(), image.clone());
        }
        let (repository, _) = split(&image.name);
        known.insert(format!("{repository}@{}", image.digest), image.clone());
    }

    /// Brings an image here, ready to run.
    pub(super) async fn pull(&self, name: &str, login: &Login) -> Result<Image, ImageError> {
        if let Some(image) = own(name) {
            self.remember(&image);
            return Ok(image);
        }
        let (reference, credentials) = self.source(name, login);
        // What the machine cannot run is still pulled, and fails when it is run, as with Docker.
        let architecture = Architecture::host().unwrap_or(Architecture::Amd64);
        let fetched =
            bella_image::fetch(&reference, &credentials, architecture, &self.cache).await?;
        let root = self.folder.join("roots").join(fetched.digest.hex());
        if !root.is_dir() {
            bella_image::unpack(&fetched, &root).await?;
        }
        let image = Image {
            name: name.to_owned(),
            id: fetched.digest.as_str().to_owned(),
            digest: fetched.digest.as_str().to_owned(),
            kind: Kind::Pulled {
                root,
                config: Arc::new(fetched.config.clone()),
            },
        };
        self.remember(&image);
        Ok(image)
    }

    /// Where an image really is: Amazon's registry is the sandbox's own.
    fn source(&self, name: &str, login: &Login) -> (String, Credentials) {
        let login = match login {
            Some((user, password)) => Credentials::Basic {
                user: user.clone(),
                password: password.clone(),
            },
            None => Credentials::Anonymous,
        };
        match name.split_once('/') {
            Some((host, rest)) if is_amazon(host) => {
                (format!("{}/{rest}", self.registry), Credentials::Anonymous)
            }
            _ => (name.to_owned(), login),
        }
    }
}

/// User and password for a registry.
pub(super) type Login = Option<(String, String)>;

/// `<account>.dkr.ecr.<region>.amazonaws.com`.
fn is_amazon(host: &str) -> bool {
    host.contains(".dkr.ecr.") && host.contains(".amazonaws.com")
}

/// The image, when it is one that the sandbox stands in for.
fn own(name: &str) -> Option<Image> {
    let (repository, _) = split(name);
    let (host, path) = match repository.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) => (host, path),
        _ => ("docker.io", repository),
    };
    if !matches!(
        host,
        "docker.io" | "index.docker.io" | "registry-1.docker.io" | "public.ecr.aws"
    ) {
        return None;
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let kind = match last {
        "postgres" => Kind::Postgres,
        "redis" | "valkey" => Kind::Cache,
        "httpd" | "nginx" => Kind::Web,
        _ if BASES.contains(&last) => Kind::Base,
        _ => return None,
    };
    let digest = Sha256::digest(format!("bella sandbox {last}"));
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Image {
        name: name.to_owned(),
        id: format!("sha256:{digest}"),
        digest: format!("sha256:{digest}"),
        kind,
    })
}

/// An image's repository, and its tag or digest.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    if let Some((repository, digest)) = name.split_once('@') {
        let (repository, _) = split(repository);
        return (repository, Some(digest));
    }
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, is_amazon, own, split};

    #[test]
    fn names_are_split_as_docker_does() {
        let cases = [
            ("postgres", ("postgres", None)),
            ("postgres:16-alpine", ("postgres", Some("16-alpine"))),
            ("localhost:5000/app", ("localhost:5000/app", None)),
            ("h:1/a/b:v1", ("h:1/a/b", Some("v1"))),
            ("h:1/a:v1@sha256:ab", ("h:1/a", Some("sha256:ab"))),
        ];
        for (name, expected) in cases {
            assert_eq!(split(name), expected, "{name}");
        }
    }

    #[test]
    fn stands_in_for_public_images_only() {
        let kind = |name: &str| own(name).map(|image| image.kind);
        assert!(matches!(kind("postgres:16-alpine"), Some(Kind::Postgres)));
        assert!(matches!(kind("valkey/valkey:8.1"), Some(Kind::Cache)));
        assert!(matches!(
            kind("public.ecr.aws/nginx/nginx:latest"),
            Some(Kind::Web)
        ));
        assert!(matches!(kind("busybox@sha256:00"), Some(Kind::Base)));
        assert!(kind("1.dkr.ecr.ca-central-1.amazonaws.com/postgres:1").is_none());
        assert!(kind("ghcr.io/someone/postgres").is_none());
        assert!(kind("memcached:1.6").is_none());
        assert!(is_amazon("000000000000.dkr.ecr.ca-central-1.amazonaws.com"));
        assert!(!is_amazon("dkr.example"));
    }
}
