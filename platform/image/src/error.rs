use std::path::PathBuf;

use crate::Architecture;

/// Why an image could not be pulled, assembled or pushed, with the next step to type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    #[error(
        "{given:?} is not the name of an image: {reason}\n  next: write registry/repository:tag or registry/repository@sha256:…"
    )]
    Reference { given: String, reason: String },

    #[error(
        "{registry} has no {object}: {said}\n  next: compare the name with `skopeo list-tags docker://{repository}`"
    )]
    NotFound {
        registry: String,
        repository: String,
        object: String,
        said: String,
    },

    #[error(
        "{registry} does not let these credentials {action} {repository}: {said}\n  next: sign in anew (Amazon's registry: `aws ecr get-login-password`, valid for 12 hours)"
    )]
    Denied {
        registry: String,
        repository: String,
        action: &'static str,
        said: String,
    },

    #[error("cannot {action} at {registry}: {said}\n  next: curl -i {url}")]
    Registry {
        registry: String,
        action: String,
        said: String,
        url: String,
    },

    #[error(
        "{object} is not what it claims to be: {reason}\n  next: pull or push it again; if that repeats, whoever made the image has to"
    )]
    Damaged { object: String, reason: String },

    #[error(
        "{image} cannot be unpacked: {reason}\n  next: use an image made by an ordinary builder; `skopeo inspect --raw` shows its layers"
    )]
    Unpack { image: String, reason: String },

    #[error("{image} holds no {wanted}, only {held}\n  next: push one built for {wanted}")]
    NoSuchPlatform {
        image: String,
        wanted: String,
        held: String,
    },

    #[error(
        "{path} cannot be put into an image: {reason}\n  next: build it statically for the stack's processor, or name another file with --binary"
    )]
    Program { path: PathBuf, reason: String },

    #[error(
        "{path} is built for {}, and {} is wanted\n  next: build it for {}-unknown-linux-musl, or set the stack's architecture to {}",
        built.machine(),
        wanted.machine(),
        wanted.machine(),
        built.ecs()
    )]
    Architecture {
        path: PathBuf,
        built: Architecture,
        wanted: Architecture,
    },

    #[error(
        "SOURCE_DATE_EPOCH={given:?} is no time\n  next: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)"
    )]
    Origin { given: String },

    #[error(
        "this machine cannot compile for {architecture}: Rust's standard library or a C compiler for it is missing\n  next: {install}; or name a program built elsewhere with --binary"
    )]
    NoToolchain {
        architecture: Architecture,
        /// The command after which it can.
        install: String,
    },

    #[error(
        "{package} does not compile for {target}; the compiler's words are above\n  next: cd {folder} && cargo build --release --package {package} --target {target}"
    )]
    Compile {
        package: String,
        target: String,
        folder: PathBuf,
    },

    #[error("cannot {action} {path}: {source}")]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },

    #[error("{path} is not empty\n  next: name a folder that does not exist yet")]
    NotEmpty { path: PathBuf },
}

impl ImageError {
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }

    pub(crate) fn damaged(object: impl Into<String>, reason: impl ToString) -> Self {
        Self::Damaged {
            object: object.into(),
            reason: reason.to_string(),
        }
    }
}
