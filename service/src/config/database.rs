//! Where the database is.

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;

use super::reader::{ConfigError, Reader};
use crate::db::connect;

/// How the database is reached.
///
/// `DATABASE_URL`, or `DATABASE_HOST`, `_PORT` (5432), `_NAME`, `_USER` and `_PASSWORD`, which may hold any character; and
/// `DATABASE_CA`, the roots that the server's certificate is verified against: PEM, or a file of it.
#[derive(Clone)]
pub struct DatabaseConfig {
    options: PgConnectOptions,
}

impl DatabaseConfig {
    /// A database by its URL, as `DATABASE_URL` alone gives it.
    ///
    /// # Errors
    /// What is needed instead.
    pub fn from_url(url: &str) -> Result<Self, &'static str> {
        let options = connect::from_url(url, None)?;
        Ok(Self { options })
    }

    /// Reads the database's variables alone.
    ///
    /// # Errors
    /// Every one that is missing or cannot be used.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(&get);
        let config = read(&mut reader);
        reader.finish(config)
    }

    /// How to connect.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}

impl From<PgConnectOptions> for DatabaseConfig {
    fn from(options: PgConnectOptions) -> Self {
        Self { options }
    }
}

/// Shows host, port and name, not the user and the password.
impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let options = &self.options;
        let (host, port) = (options.get_host(), options.get_port());
        let name = options.get_database().unwrap_or_default();
        write!(f, "DatabaseConfig({host}:{port}/{name})")
    }
}

pub(super) fn read(read: &mut Reader<'_>) -> DatabaseConfig {
    let ca = read.certificates("DATABASE_CA");
    let Some(url) = read.optional_secret("DATABASE_URL") else {
        return from_parts(read, ca);
    };
    let url: &SecretString = &url;
    let url = url.expose_secret();
    let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
    let options = if postgres {
        connect::from_url(url, ca)
    } else {
        Err("a URL that begins with postgres://")
    };
    let options = options.unwrap_or_else(|needed| {
        read.bad_secret("DATABASE_URL", needed);
        PgConnectOptions::new_without_pgpass()
    });
    DatabaseConfig { options }
}

fn from_parts(read: &mut Reader<'_>, ca: Option<Vec<u8>>) -> DatabaseConfig {
    let host = read.required("DATABASE_HOST");
    let port = read.or("DATABASE_PORT", "5432", "a port");
    let name = read.required("DATABASE_NAME");
    let user = read.required("DATABASE_USER");
    let password = read.secret("DATABASE_PASSWORD");
    let (place, who) = ((host.as_str(), port, name.as_str()), user.as_str());
    let options = connect::from_parts(place, (who, password.expose_secret()), ca);
    DatabaseConfig { options }
}
