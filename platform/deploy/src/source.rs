//! Where a deployment's image comes from.

use std::path::{Path, PathBuf};
use std::time::Instant;

use bella_aws::deploy::Registry;
use bella_engine::live::Live;
use bella_image::{
    Architecture, BlobCache, Credentials, Found, Image, ImageError, Libraries, Origin, Recipe,
    Toolchain, assemble, push, sbom,
};
use bella_stack::stack::Service;

use crate::listing;
use crate::made_for::{architecture, fits, processor};
use crate::problem::Problem;
use crate::site::{Site, Told};

mod build;

/// The service's package and program.
const SERVICE: &str = "bella-service";

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An image that a registry has, which ECS can pull from.
    Image(String),
    /// A program that was built elsewhere.
    Binary(PathBuf),
    /// The service in this source tree, or beside this program where it was installed.
    Nearest,
}

impl Source {
    /// Whether there is a service to be had where none is named: a source tree around the current folder, or a program beside this
    /// one.
    #[must_use]
    pub fn is_near() -> bool {
        source_tree().is_some() || beside().is_some()
    }

    /// Whether the current folder is in a source tree of the service.
    #[must_use]
    pub fn has_tree() -> bool {
        source_tree().is_some()
    }

    /// The program that [`Source::Nearest`] made for this machine, or took.
    #[must_use]
    pub fn nearest_program() -> Option<PathBuf> {
        let built = source_tree().map(|root| {
            let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
            let target = target.unwrap_or_else(|| root.join("target"));
            target.join("release").join(SERVICE)
        });
        built.filter(|path| path.is_file()).or_else(beside)
    }

    /// With what the service is built for the stack's processor where it is built outside of the sandbox; nothing where there is no source tree
    /// around the current folder.
    ///
    /// # Errors
    /// [`bella_image::ImageError::NoToolchain`]: this machine cannot.
    #[must_use]
    pub fn toolchain(service: &Service) -> Option<Result<Toolchain, ImageError>> {
        let root = source_tree()?;
        let found = Found::on_this_machine(&root);
        Some(Toolchain::choose(processor(service), &found))
    }

    /// The image, in a registry that ECS pulls from: by digest, where this run made it.
    ///
    /// # Errors
    /// It cannot be made, or not be pushed; or it is there and for another processor.
    pub(crate) async fn image<S: Site>(&self, site: &S, live: &Live) -> Result<String, S::Error> {
        let architecture = architecture(site)?;
        let program = match self {
            Self::Image(image) => {
                fits(site, live, image).await?;
                return Ok(image.clone());
            }
            Self::Binary(path) => path.clone(),
            Self::Nearest => match source_tree() {
                Some(root) => build::service(site, &root, architecture).await?,
                None => beside().ok_or_else(nowhere)?,
            },
        };
        let repository = listing::repository(live).ok_or_else(|| {
            let stack = &site.stack().stack;
            Problem::failed(format!("{stack} has no image repository yet")).hint(format!(
                "make the stack first: {}",
                site.command("provision")
            ))
        })?;
        site.tell(Told::Phase {
            name: "push",
            what: "Assembling the image and pushing it",
        });
        let began = Instant::now();
        let cache = BlobCache::at(image_cache()?);
        let image = assembled(site.is_sandbox(), architecture, program, &cache)?;
        let registry = site.registry().await?;
        let tag = tag(&image);
        let name = format!("{}:{tag}", pushed_to(&registry, repository));
        let credentials = Credentials::Basic {
            user: registry.user.clone(),
            password: registry.password.to_string(),
        };
        let pushed = push(&name, &credentials, &[image], &cache).await;
        let pushed = pushed.map_err(Problem::from)?;
        let (sent, held) = (mib(pushed.sent), mib(pushed.held));
        site.tell(Told::Done {
            what: &format!("{tag}: {sent} sent, {held} there already"),
            took: Some(began.elapsed()),
        });
        Ok(format!("{repository}@{}", pushed.digest))
    }
}

fn beside() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok()?.with_file_name(SERVICE);
    beside.is_file().then_some(beside)
}

fn nowhere() -> Problem {
    Problem::usage(format!(
        "there is no {SERVICE} beside this program, and the current folder is in no source tree of it"
    ))
    .hint("name the program with --binary PATH, or an image with --image REF")
}

fn source_tree() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let is_tree = |folder: &&Path| {
        folder.join("service/Cargo.toml").is_file() && folder.join("Cargo.lock").is_file()
    };
    here.ancestors().find(is_tree).map(Path::to_owned)
}

/// Layers that were made or pushed are kept in the user's cache folder.
///
/// # Errors
/// There is no such folder.
pub fn image_cache() -> Result<PathBuf, Problem> {
    let path = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    path("XDG_CACHE_HOME")
        .or_else(|| Some(path("HOME")?.join(".cache")))
        .map(|cache| cache.join("bella/images"))
        .ok_or_else(|| {
            Problem::usage(
                "there is nowhere to keep image layers: neither XDG_CACHE_HOME nor HOME is set",
            )
        })
}

fn assembled(
    is_sandbox: bool,
    architecture: Architecture,
    program: PathBuf,
    cache: &BlobCache,
) -> Result<Image, Problem> {
    let folder = source_tree().unwrap_or_default();
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok();
    let origin = Origin::of_folder(&folder, env!("CARGO_PKG_VERSION"), epoch.as_deref())?;
    let mut recipe = Recipe::service(program, architecture, origin);
    if is_sandbox {
        // Nobody but this machine runs it.
        recipe.libraries = Libraries::FromThisMachine;
    }
    let image = assemble(&recipe, cache)?;
    match sbom(&folder, SERVICE) {
        Ok(bill) => Ok(image.with_sbom(&bill, cache)?),
        // A program that was built elsewhere comes without its lock file.
        Err(_) if folder.as_os_str().is_empty() => Ok(image),
        Err(error) => Err(error.into()),
    }
}

/// The repository as it is pushed to: an emulator's registry answers elsewhere than its repositories are named.
pub(crate) fn pushed_to(registry: &Registry, repository: &str) -> String {
    let host = registry
        .endpoint
        .split_once("://")
        .map(|(_, host)| host.trim_end_matches('/'));
    let path = repository.split_once('/').map(|(_, path)| path);
    match (host, path) {
        (Some(host), Some(path)) if !host.is_empty() => format!("{host}/{path}"),
        _ => repository.to_owned(),
    }
}

/// The commit it was made of, else the version, and the beginning of its digest: a name for people, which never comes to stand for
/// something else, as repositories with immutable tags want it; what runs is named by digest.
fn tag(image: &Image) -> String {
    let digest = image.digest().hex();
    format!("{}-{}", origin(image), &digest[..digest.len().min(12)])
}

fn origin(image: &Image) -> String {
    let labels = &image.config.config.labels;
    let label = |name: &str| labels.get(&format!("org.opencontainers.image.{name}"));
    match (label("revision"), label("version")) {
        (Some(revision), _) => {
            let (commit, dirty) = match revision.split_once('-') {
                Some((commit, dirty)) => (commit, format!("-{dirty}")),
                None => (revision.as_str(), String::new()),
            };
            format!("git-{}{dirty}", &commit[..commit.len().min(12)])
        }
        (None, Some(version)) => format!("v{version}"),
        (None, None) => "unknown".to_owned(),
    }
}

fn mib(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let mib = bytes as f64 / (1024.0 * 1024.0);
    format!("{mib:.1} MiB")
}
