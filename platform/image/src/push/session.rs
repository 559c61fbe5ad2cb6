use std::time::Duration;

use oci_client::RegistryOperation;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};

use crate::manifest::{ACCEPTED, Descriptor};
use crate::registry::{self, Repository};
use crate::{BlobCache, Credentials, Digest, ImageError};

const CONNECT: Duration = Duration::from_secs(10);
/// How long a registry may take to answer what it was sent in full.
const SILENCE: Duration = Duration::from_secs(120);

/// The calls of a push, each with the right to make it.
///
/// `oci-client` does the signing in; its uploads are not used, since they start anew after every interruption.
pub(super) struct Session {
    http: reqwest::Client,
    repository: Repository,
    proof: Proof,
}

enum Proof {
    None,
    Basic { user: String, password: String },
    Bearer(String),
}

impl Session {
    pub(super) async fn open(
        repository: &Repository,
        credentials: &Credentials,
    ) -> Result<Self, ImageError> {
        let token = repository
            .client
            .auth(
                &repository.reference,
                &repository.auth,
                RegistryOperation::Push,
            )
            .await
            .map_err(|error| repository.error("sign in", "push to", "a token", error))?;
        let proof = match (token, credentials) {
            (Some(token), _) => Proof::Bearer(token),
            (None, Credentials::Basic { user, password }) => Proof::Basic {
                user: user.clone(),
                password: password.clone(),
            },
            (None, _) => Proof::None,
        };
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .user_agent(concat!("bella/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| repository.unreachable("make a client", &error))?;
        Ok(Self {
            http,
            repository: repository.clone(),
            proof,
        })
    }

    /// A request to a path below the repository, or to an address that the registry gave: proof goes to the registry
    /// itself only.
    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let own = self.base().origin() == url.origin();
        let request = self.http.request(method, url);
        match &self.proof {
            Proof::Basic { user, password } if own => request.basic_auth(user, Some(password)),
            Proof::Bearer(token) if own => request.bearer_auth(token),
            _ => request,
        }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        let repository = self.repository.reference.repository();
        self.base()
            .join(&format!("{repository}/{path}"))
            .expect("repositories and digests are plain text")
    }

    fn base(&self) -> Url {
        Url::parse(&self.repository.base).expect("made of a parsed reference")
    }

    /// Where the registry wants the next request, absolute.
    pub(super) fn location(&self, headers: &HeaderMap) -> Result<Url, ImageError> {
        headers
            .get("location")
            .and_then(|value| value.to_str().ok())
            .and_then(|text| self.base().join(text).ok())
            .ok_or_else(|| {
                self.failed(
                    "upload a blob",
                    "its answer lacks the header Location".into(),
                )
            })
    }

    pub(super) async fn has_blob(&self, digest: &Digest) -> Result<bool, ImageError> {
        let url = self.url(&format!("blobs/{digest}"));
        let doing = "ask for a blob";
        let response = self.send(doing, self.request(Method::HEAD, url)).await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(false),
            status if status.is_success() => Ok(true),
            _ => Err(self.refused(doing, response).await),
        }
    }

    /// Stores a manifest under a tag or its digest, unless it is there already. Answers whether the registry said that
    /// it keeps track of its subject.
    pub(super) async fn put_manifest(
        &self,
        name: &str,
        manifest: &Descriptor,
        cache: &BlobCache,
    ) -> Result<bool, ImageError> {
        let path = cache
            .find(&manifest.digest, Some(manifest.size))
            .ok_or_else(|| {
                ImageError::damaged("the cache", format!("{} is gone", manifest.digest))
            })?;
        let bytes = std::fs::read(&path).map_err(ImageError::file("read", &path))?;
        let url = self.url(&format!("manifests/{name}"));
        let doing = format!("store the manifest {name}");
        let mut ask = self.request(Method::HEAD, url.clone());
        for media_type in ACCEPTED {
            ask = ask.header("accept", media_type);
        }
        let held = self.send(&doing, ask).await?;
        let same = held
            .headers()
            .get("docker-content-digest")
            .is_some_and(|held| held.as_bytes() == manifest.digest.as_str().as_bytes());
        // A manifest with a subject is sent again: the answer says who lists it.
        if held.status().is_success() && same && manifest.artifact_type.is_none() {
            return Ok(false);
        }
        let put = self
            .request(Method::PUT, url)
            .header(CONTENT_TYPE, &manifest.media_type)
            .body(bytes);
        let response = self.send(&doing, put).await?;
        if !response.status().is_success() {
            return Err(self.refused(&doing, response).await);
        }
        Ok(response.headers().contains_key("oci-subject"))
    }

    /// The manifest of this name, as it lies there.
    pub(super) async fn manifest(&self, name: &str) -> Result<Option<Vec<u8>>, ImageError> {
        let mut ask = self.request(Method::GET, self.url(&format!("manifests/{name}")));
        for media_type in ACCEPTED {
            ask = ask.header("accept", media_type);
        }
        let doing = format!("read the manifest {name}");
        let response = self.send(&doing, ask).await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => response
                .bytes()
                .await
                .map(|bytes| Some(bytes.to_vec()))
                .map_err(|error| self.failed(&doing, registry::chain(&error))),
            _ => Err(self.refused(&doing, response).await),
        }
    }

    pub(super) async fn send(
        &self,
        doing: &str,
        request: RequestBuilder,
    ) -> Result<Response, ImageError> {
        request
            .send()
            .await
            .map_err(|error| self.repository.unreachable(doing, &error))
    }

    pub(super) fn failed(&self, doing: &str, said: String) -> ImageError {
        ImageError::Registry {
            registry: self.repository.host().to_owned(),
            action: doing.to_owned(),
            said,
            url: self.repository.base.clone(),
        }
    }

    /// The registry's own words, the beginning of them.
    pub(super) async fn refused(&self, doing: &str, response: Response) -> ImageError {
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        let said: String = text.trim().chars().take(300).collect();
        let said = format!("{status} {said}").trim().to_owned();
        let (registry, repository) = (self.repository.host().to_owned(), self.repository.name());
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ImageError::Denied {
                registry,
                repository,
                action: "push to",
                said,
            },
            StatusCode::NOT_FOUND => ImageError::NotFound {
                registry,
                object: format!("repository {}", self.repository.reference.repository()),
                repository,
                said,
            },
            _ => self.failed(doing, said),
        }
    }

    pub(super) fn repository(&self) -> &Repository {
        &self.repository
    }
}
