//! How a connection is made: TLS, and the limits that the server holds it to.
//!
//! | host | certificate |
//! |---|---|
//! | `DATABASE_CA` is set | verified with its name, against these roots |
//! | ends in `.rds.amazonaws.com` | verified with its name, against Amazon's roots for RDS |
//! | `sslmode` in the URL, a socket, or loopback | as `sslmode` says; by default TLS where the server offers it |
//! | any other | verified with its name, against the public roots |
//!
//! The public roots are trusted beside those of a file: the name is what binds.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// Longest statement of a caller's step.
const STATEMENT: Duration = Duration::from_millis(800);

/// How long a transaction may wait for its client: one that was frozen lets go of its rows.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(5);

/// Amazon's roots for RDS, all regions; see certs/README.md.
const RDS_ROOTS: &[u8] = include_bytes!("../../certs/rds-global.pem");

/// Where a certificate's roots come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verify {
    /// `DATABASE_CA`.
    File,
    /// Amazon's for RDS.
    Rds,
    /// The public ones.
    Public,
    /// As `sslmode` says.
    AsAsked,
}

/// The rule of this module's table.
fn verify(options: &PgConnectOptions, asked: bool, ca: bool) -> Verify {
    let host = options.get_host().to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if ca {
        Verify::File
    } else if host.ends_with(".rds.amazonaws.com") {
        Verify::Rds
    } else if asked || loopback || options.get_socket().is_some() {
        Verify::AsAsked
    } else {
        Verify::Public
    }
}

/// Reads a `postgres://` URL and sets TLS and limits; `ca` is PEM, as `DATABASE_CA` gives it.
///
/// # Errors
/// The URL cannot be read; the message has nothing of it.
pub fn from_url(url: &str, ca: Option<Vec<u8>>) -> Result<PgConnectOptions, &'static str> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| "a URL such as postgres://user:password@host:5432/name")?;
    let asked = url.contains("sslmode=") || url.contains("ssl-mode=");
    Ok(secured(options, asked, ca))
}

/// As [`from_url`], from host, port and database, and user and password.
pub fn from_parts(
    (host, port, database): (&str, u16, &str),
    (user, password): (&str, &str),
    ca: Option<Vec<u8>>,
) -> PgConnectOptions {
    let options = PgConnectOptions::new_without_pgpass();
    let options = if host.starts_with('/') {
        options.socket(host)
    } else {
        options.host(host)
    };
    let options = options.port(port).database(database);
    secured(options.username(user).password(password), false, ca)
}

fn secured(options: PgConnectOptions, asked: bool, ca: Option<Vec<u8>>) -> PgConnectOptions {
    let verify = verify(&options, asked, ca.is_some());
    let options = match verify {
        Verify::AsAsked => options,
        Verify::Public | Verify::File | Verify::Rds => options.ssl_mode(PgSslMode::VerifyFull),
    };
    let options = match (verify, ca) {
        (Verify::Rds, _) => options.ssl_root_cert_from_pem(RDS_ROOTS.to_vec()),
        (_, Some(pem)) => options.ssl_root_cert_from_pem(pem),
        (_, None) => options,
    };
    let idle = IDLE_IN_TRANSACTION.as_millis().to_string();
    options
        .application_name("bella-service")
        .options([("idle_in_transaction_session_timeout", idle)])
}

/// Holds every statement to what a caller's step can wait for.
pub(super) fn for_callers(options: PgConnectOptions) -> PgConnectOptions {
    let limit = STATEMENT.as_millis().to_string();
    options.options([("statement_timeout", limit)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_decides_how_a_certificate_is_verified() {
        let rds = "bella.abc123.ca-central-1.rds.amazonaws.com";
        let table = [
            (format!("postgres://u:p@{rds}/d"), false, Verify::Rds),
            (
                format!("postgres://u:p@{rds}/d?sslmode=disable"),
                false,
                Verify::Rds,
            ),
            (format!("postgres://u:p@{rds}/d"), true, Verify::File),
            (
                "postgres://u@127.0.0.1/d".to_owned(),
                false,
                Verify::AsAsked,
            ),
            ("postgres://u@[::1]/d".to_owned(), false, Verify::AsAsked),
            (
                "postgres://u@localhost/d".to_owned(),
                false,
                Verify::AsAsked,
            ),
            ("postgres://u@127.0.0.1/d".to_owned(), true, Verify::File),
            (
                "postgres://u@h/d?host=/run/postgresql".to_owned(),
                false,
                Verify::AsAsked,
            ),
            (
                "postgres://u@db.example/d".to_owned(),
                false,
                Verify::Public,
            ),
            ("postgres://u@10.0.0.7/d".to_owned(), false, Verify::Public),
            (
                "postgres://u@db/d?sslmode=require".to_owned(),
                false,
                Verify::AsAsked,
            ),
            (
                "postgres://u@a.example/.rds.amazonaws.com".to_owned(),
                false,
                Verify::Public,
            ),
        ];
        for (url, ca, expected) in table {
            let options = PgConnectOptions::from_str(&url).expect("is a URL");
            let asked = url.contains("sslmode=");
            assert_eq!(verify(&options, asked, ca), expected, "{url}");
            let options = from_url(&url, ca.then(Vec::new)).expect("is a URL");
            let full = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
            assert_eq!(full, expected != Verify::AsAsked, "{url}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_read_is_not_repeated() {
        let said = from_url("postgres://user:hidden@host:port/d", None).err();
        assert_eq!(
            said,
            Some("a URL such as postgres://user:password@host:5432/name")
        );
    }
}
