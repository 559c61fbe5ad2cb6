//! Where a deployment's image comes from.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use bella_aws::deploy::{Registry, registry};
use bella_engine::live::Live;
use bella_image::{
    Architecture, BlobCache, Credentials, Image, ImageError, Libraries, Origin, Recipe, assemble,
    push, sbom,
};
use bella_stack::REPOSITORY;
use bella_stack::stack::Architecture as Wanted;

use super::Talk;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;

/// The service's package and program.
const SERVICE: &str = "bella-service";

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// An image that a registry has, which ECS can pull from.
    Image(String),
    /// A program that was built elsewhere.
    Binary(PathBuf),
    /// The service in this source tree, or beside this program where it was installed.
    Nearest,
}

impl Source {
    /// The image, in a registry that ECS pulls from: by digest, where this run made it.
    ///
    /// # Errors
    /// It cannot be made, or not be pushed.
    pub(crate) async fn image(
        &self,
        cx: &Context,
        session: &Session,
        live: &Live,
        talk: Talk<'_>,
    ) -> Result<String, CommandError> {
        let program = match self {
            Self::Image(image) => return Ok(image.clone()),
            Self::Binary(path) => path.clone(),
            Self::Nearest => nearest(talk).await?,
        };
        let repository = repository(session, live)?;
        talk.phase("push", "Assembling the image and pushing it");
        let began = Instant::now();
        let cache = BlobCache::at(image_cache()?);
        let image = assembled(cx, session, program, &cache)?;
        let registry = registry(&session.aws).await?;
        let tag = tag(&image);
        let name = format!("{}:{tag}", pushed_to(&registry, &repository));
        let credentials = Credentials::Basic {
            user: registry.user.clone(),
            password: registry.password.to_string(),
        };
        let pushed = push(&name, &credentials, &[image], &cache).await?;
        let (sent, held) = (mib(pushed.sent), mib(pushed.held));
        talk.done(
            &format!("{tag}: {sent} sent, {held} there already"),
            Some(began.elapsed()),
        );
        Ok(format!("{repository}@{}", pushed.digest))
    }
}

/// The program in the source tree around the current folder, built, or the one beside this program.
async fn nearest(talk: Talk<'_>) -> Result<PathBuf, CommandError> {
    if let Some(root) = source_tree() {
        return build(&root, talk).await;
    }
    let beside = std::env::current_exe().map(|exe| exe.with_file_name(SERVICE));
    match beside {
        Ok(path) if path.is_file() => Ok(path),
        _ => Err(CommandError::usage(format!(
            "there is no {SERVICE} beside this program, and the current folder is in no source tree of it"
        ))
        .hint("name the program with --binary PATH, or an image with --image REF")),
    }
}

fn source_tree() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let is_tree = |folder: &&Path| {
        folder.join("service/Cargo.toml").is_file() && folder.join("Cargo.lock").is_file()
    };
    here.ancestors().find(is_tree).map(Path::to_owned)
}

/// Builds the service for this machine.
async fn build(root: &Path, talk: Talk<'_>) -> Result<PathBuf, CommandError> {
    talk.phase("build", "Building the service");
    let began = Instant::now();
    let mut command = tokio::process::Command::new("cargo");
    command
        .args(["build", "--release", "--package", SERVICE, "--bin", SERVICE])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let failed = |why: String| {
        CommandError::new(Exit::Failed, format!("building {SERVICE}: {why}"))
            .hint("cargo build --release --package bella-service")
    };
    let output = command
        .output()
        .await
        .map_err(|err| failed(err.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("cargo ended with {}", output.status)));
    }
    let program =
        built(&output.stdout).ok_or_else(|| failed("cargo named no program".to_owned()))?;
    talk.done("built", Some(began.elapsed()));
    Ok(program)
}

/// The program that cargo's messages name.
fn built(messages: &[u8]) -> Option<PathBuf> {
    let text = std::str::from_utf8(messages).ok()?;
    text.lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == SERVICE)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

/// Layers that were made or pushed are kept in the user's cache folder.
fn image_cache() -> Result<PathBuf, CommandError> {
    let path = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    path("XDG_CACHE_HOME")
        .or_else(|| Some(path("HOME")?.join(".cache")))
        .map(|cache| cache.join("bella/images"))
        .ok_or_else(|| {
            CommandError::usage(
                "there is nowhere to keep image layers: neither XDG_CACHE_HOME nor HOME is set",
            )
        })
}

fn assembled(
    cx: &Context,
    session: &Session,
    program: PathBuf,
    cache: &BlobCache,
) -> Result<Image, CommandError> {
    let folder = source_tree().unwrap_or_default();
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok();
    let origin = Origin::of_folder(&folder, env!("CARGO_PKG_VERSION"), epoch.as_deref())?;
    let mut recipe = Recipe::service(program, architecture(cx, session)?, origin);
    if cx.global.sandbox {
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

/// What the image has to be made for: this machine in the sandbox, else what the stack file says.
fn architecture(cx: &Context, session: &Session) -> Result<Architecture, CommandError> {
    if cx.global.sandbox {
        return Architecture::host().ok_or_else(|| {
            CommandError::usage("images are made for x86_64 and arm64, and this machine is neither")
        });
    }
    Ok(match session.file()?.loaded.stack.service.architecture {
        Wanted::Arm64 => Architecture::Arm64,
        Wanted::X86_64 => Architecture::Amd64,
    })
}

fn repository(session: &Session, live: &Live) -> Result<String, CommandError> {
    let found = live
        .objects
        .iter()
        .find(|object| object.address.to_string() == REPOSITORY)
        .and_then(|object| object.outputs.get("uri").cloned());
    found.ok_or_else(|| {
        CommandError::new(
            Exit::Failed,
            format!("{} has no image repository yet", session.stack),
        )
        .hint("make the stack first: bella provision STACK")
    })
}

/// The repository as it is pushed to: an emulator's registry answers elsewhere than its repositories are named.
fn pushed_to(registry: &Registry, repository: &str) -> String {
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

impl From<ImageError> for CommandError {
    fn from(error: ImageError) -> Self {
        let text = error.to_string();
        let mut parts = text.split("\n  next: ");
        let line = parts.next().unwrap_or_default().to_owned();
        let mut made = Self::new(Exit::Failed, line);
        made.hints.extend(parts.map(str::to_owned));
        made
    }
}
