//! Where the database is.

use secrecy::{ExposeSecret, SecretString};

use super::reader::Reader;

/// How the database is reached: `DATABASE_URL`, or its parts.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`, or one made of `DATABASE_HOST`, `_PORT` (5432), `_NAME`, `_USER`, `_PASSWORD`.
    pub source: DatabaseSource,
    /// `DATABASE_CA`: a PEM file with the roots that the server's certificate is verified against; unset, Amazon's RDS roots
    /// for a host of RDS.
    pub ca: Option<String>,
}

/// The two ways to name a database.
#[derive(Debug, Clone)]
pub enum DatabaseSource {
    /// `DATABASE_URL`, with whatever `sslmode` it asks for.
    Url(SecretString),
    /// Its parts; the password may hold any character.
    Parts {
        /// `DATABASE_HOST`
        host: String,
        /// `DATABASE_PORT`
        port: u16,
        /// `DATABASE_NAME`
        name: String,
        /// `DATABASE_USER`
        user: String,
        /// `DATABASE_PASSWORD`
        password: SecretString,
    },
}

pub(super) fn read(read: &mut Reader<'_>) -> DatabaseConfig {
    let ca = read.optional("DATABASE_CA");
    let url = read.optional_secret("DATABASE_URL");
    let source = match url {
        Some(url) => {
            let scheme = url.expose_secret();
            if !scheme.starts_with("postgres://") && !scheme.starts_with("postgresql://") {
                read.bad_secret("DATABASE_URL", "a URL that begins with postgres://");
            }
            DatabaseSource::Url(url)
        }
        None => DatabaseSource::Parts {
            host: read.required("DATABASE_HOST"),
            port: read.or("DATABASE_PORT", "5432", "a port"),
            name: read.required("DATABASE_NAME"),
            user: read.required("DATABASE_USER"),
            password: read.secret("DATABASE_PASSWORD"),
        },
    };
    DatabaseConfig { source, ca }
}
