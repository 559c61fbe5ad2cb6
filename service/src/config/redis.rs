//! Where Redis is.

use redis::{Client, TlsCertificates};
use secrecy::ExposeSecret;

use super::reader::Reader;
use crate::sessions::Keys;

/// How Redis is reached.
///
/// `REDIS_URL`; and `REDIS_CA`, the roots that the certificate of a `rediss://` server is verified against, with its name: PEM, or a
/// file of it. The client takes one set of roots: these, or without them the public ones. `REDIS_PREFIX` begins every key.
#[derive(Clone)]
pub struct RedisConfig {
    client: Client,
    keys: Keys,
}

impl RedisConfig {
    /// A Redis by its URL, as `REDIS_URL` gives it; `ca` is PEM, as `REDIS_CA` gives it.
    ///
    /// # Errors
    /// What is needed instead; the message has nothing of the URL.
    pub fn from_url(url: &str, ca: Option<Vec<u8>>) -> Result<Self, &'static str> {
        const NEEDED: &str = "a URL that begins with rediss:// or redis://";
        if !url.starts_with("redis://") && !url.starts_with("rediss://") {
            return Err(NEEDED);
        }
        let client = match ca {
            None => Client::open(url).map_err(|_| NEEDED)?,
            Some(roots) => {
                let trusted = TlsCertificates {
                    client_tls: None,
                    root_cert: Some(roots),
                };
                Client::build_with_tls(url, trusted)
                    .map_err(|_| "a URL that begins with rediss://, and roots in PEM form")?
            }
        };
        Ok(Self {
            client,
            keys: Keys::default(),
        })
    }

    /// The same Redis, with keys of these names.
    #[must_use]
    pub fn with_keys(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    /// What keys are called there.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// How to connect.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

/// Shows host and port, not the user and the password.
impl std::fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = self.client.get_connection_info().addr();
        write!(f, "RedisConfig({address})")
    }
}

pub(super) fn read(read: &mut Reader<'_>) -> Option<RedisConfig> {
    let ca = read.certificates("REDIS_CA");
    let prefix = read.optional("REDIS_PREFIX").unwrap_or_default();
    let keys = Keys::beginning(&prefix);
    if keys.is_none() {
        let needed = format!(
            "at most {} letters, digits, `-`, `_` and `:`",
            Keys::LONGEST
        );
        read.bad("REDIS_PREFIX", &needed);
    }
    let url = read.optional_secret("REDIS_URL")?;
    let url = url.expose_secret();
    if ca.is_some() && url.starts_with("redis://") {
        // Whoever says what is to be trusted does not mean a connection that nobody vouches for.
        read.bad("REDIS_CA", "a REDIS_URL that begins with rediss://");
        return None;
    }
    match RedisConfig::from_url(url, ca) {
        Ok(config) => Some(config.with_keys(keys.unwrap_or_default())),
        Err(needed) => {
            read.bad_secret("REDIS_URL", needed);
            None
        }
    }
}
