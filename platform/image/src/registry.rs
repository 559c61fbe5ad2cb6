use std::net::IpAddr;
use std::time::Duration;

use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::errors::{OciDistributionError, OciErrorCode};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference};

use crate::{Credentials, Digest, ImageError};

const CONNECT: Duration = Duration::from_secs(10);
/// How long a registry may be silent in the middle of an answer.
const SILENCE: Duration = Duration::from_secs(60);

/// One repository of one registry, with the right to speak to it.
///
/// TLS is a must but for registries on this machine, which are spoken to in plain HTTP.
#[derive(Clone)]
pub(crate) struct Repository {
    pub(crate) client: Client,
    pub(crate) reference: Reference,
    pub(crate) auth: RegistryAuth,
    pub(crate) base: String,
    host: String,
}

impl Repository {
    /// Connects to nothing yet.
    pub(crate) fn open(
        reference: &Reference,
        credentials: &Credentials,
    ) -> Result<Self, ImageError> {
        install_tls();
        let host = reference.resolve_registry().to_owned();
        let plain = is_loopback(&host);
        let config = ClientConfig {
            protocol: if plain {
                ClientProtocol::HttpsExcept(vec![host.clone()])
            } else {
                ClientProtocol::Https
            },
            connect_timeout: Some(CONNECT),
            read_timeout: Some(SILENCE),
            user_agent: concat!("bella/", env!("CARGO_PKG_VERSION")),
            platform_resolver: None,
            ..ClientConfig::default()
        };
        let scheme = if plain { "http" } else { "https" };
        let repository = Self {
            base: format!("{scheme}://{host}/v2/"),
            reference: reference.clone(),
            auth: credentials.to_client(),
            host,
            client: Client::default(),
        };
        let client = Client::try_from(config)
            .map_err(|error| repository.error("make a client", "read", reference.whole(), error))?;
        Ok(Self {
            client,
            ..repository
        })
    }

    /// This repository's content of another name.
    pub(crate) fn at(&self, digest: &Digest) -> Reference {
        Reference::with_digest(
            self.reference.registry().to_owned(),
            self.reference.repository().to_owned(),
            digest.to_string(),
        )
    }

    /// The repository as `skopeo` and `docker` write it.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.host, self.reference.repository())
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Lets the client's other calls, which take no credentials, use these.
    pub(crate) async fn sign_in(&self) {
        self.client
            .store_auth_if_needed(&self.host, &self.auth)
            .await;
    }

    /// Says what the other side said, without the address that it may have redirected to: that carries a signature.
    pub(crate) fn error(
        &self,
        doing: impl Into<String>,
        right: &'static str,
        object: impl Into<String>,
        error: OciDistributionError,
    ) -> ImageError {
        let said = said(&error);
        let (registry, repository) = (self.host.clone(), self.name());
        match standing(&error) {
            Standing::Missing => ImageError::NotFound {
                registry,
                repository,
                object: object.into(),
                said,
            },
            Standing::Forbidden => ImageError::Denied {
                registry,
                repository,
                action: right,
                said,
            },
            Standing::Damaged => ImageError::damaged(object, said),
            Standing::Other => ImageError::Registry {
                registry,
                action: doing.into(),
                said,
                url: self.base.clone(),
            },
        }
    }
}

impl Repository {
    pub(crate) fn unreachable(&self, doing: &str, error: &reqwest::Error) -> ImageError {
        ImageError::Registry {
            registry: self.host.clone(),
            action: doing.to_owned(),
            said: chain(error),
            url: self.base.clone(),
        }
    }
}

enum Standing {
    Missing,
    Forbidden,
    Damaged,
    Other,
}

fn standing(error: &OciDistributionError) -> Standing {
    match error {
        OciDistributionError::ImageManifestNotFoundError(_)
        | OciDistributionError::ServerError { code: 404, .. } => Standing::Missing,
        OciDistributionError::AuthenticationFailure(_)
        | OciDistributionError::UnauthorizedError { .. }
        | OciDistributionError::ServerError {
            code: 401 | 403, ..
        } => Standing::Forbidden,
        OciDistributionError::RegistryError { envelope, .. } => {
            match envelope.errors.first().map(|first| &first.code) {
                Some(
                    OciErrorCode::BlobUnknown
                    | OciErrorCode::ManifestUnknown
                    | OciErrorCode::ManifestBlobUnknown
                    | OciErrorCode::NameUnknown
                    | OciErrorCode::NotFound,
                ) => Standing::Missing,
                Some(OciErrorCode::Unauthorized | OciErrorCode::Denied) => Standing::Forbidden,
                _ => Standing::Other,
            }
        }
        OciDistributionError::DigestError(_) => Standing::Damaged,
        _ => Standing::Other,
    }
}

fn said(error: &OciDistributionError) -> String {
    match error {
        OciDistributionError::RequestError(error) => chain(error),
        OciDistributionError::RegistryError { envelope, .. } => envelope
            .errors
            .iter()
            .map(|one| {
                let code = serde_json::to_value(&one.code).unwrap_or_default();
                format!("{} {}", code.as_str().unwrap_or("error"), one.message)
                    .trim()
                    .to_owned()
            })
            .collect::<Vec<_>>()
            .join("; "),
        OciDistributionError::ServerError { code, message, .. } => {
            let message: String = message.trim().chars().take(300).collect();
            format!("{code} {message}").trim().to_owned()
        }
        OciDistributionError::UnauthorizedError { .. } => "401 Unauthorized".to_owned(),
        other => other.to_string(),
    }
}

/// The causes of a failed request, outermost last left out: reqwest's own text repeats the address.
pub(crate) fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    if causes.is_empty() {
        return match error.status() {
            Some(status) => status.to_string(),
            None if error.is_timeout() => "no answer in time".to_owned(),
            None => "the request failed".to_owned(),
        };
    }
    causes.dedup();
    causes.join(": ")
}

/// Whether `host`, with or without a port, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// rustls is built without a default of its own; a program that has chosen one keeps it.
pub(crate) fn install_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let provider = rustls::crypto::ring::default_provider();
        // Fails only when another thread was faster, which is as good.
        let _ = rustls::crypto::CryptoProvider::install_default(provider);
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_spoken_to_in_clear() {
        for host in [
            "localhost",
            "localhost:5000",
            "127.0.0.1:80",
            "127.9.9.9",
            "[::1]:5000",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.example.org",
            "10.0.0.1:5000",
            "docker.io",
            "128.0.0.1",
            "[2001:db8::1]",
            "0.0.0.0:5000",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
