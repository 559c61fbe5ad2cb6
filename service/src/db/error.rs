//! What can come of asking the database.

use sqlx::error::DatabaseError;

use crate::privacy::CannotOpen;

/// Why the database did not do what it was asked.
///
/// Holds PostgreSQL's message and code, never its detail, which quotes rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// It cannot be asked: not reachable, too slow, shutting down, full. The same call may succeed later, and may have succeeded.
    #[error("{doing}: the database is away: {said}")]
    Away {
        /// What was tried.
        doing: &'static str,
        /// What it, or the network, said.
        said: String,
    },
    /// It refused; the same call is refused again.
    #[error("{doing}: the database refused: {said}")]
    Failed {
        /// What was tried.
        doing: &'static str,
        /// What it said.
        said: String,
    },
    /// What it holds cannot be decrypted.
    #[error("{doing}: {source}")]
    Unreadable {
        /// What was tried.
        doing: &'static str,
        /// Which value, and why.
        source: CannotOpen,
    },
}

impl DbError {
    /// Whether the same call may succeed later.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Away { .. })
    }
}

/// What goes wrong inside of a call, before it is known what was tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Sealed(#[from] CannotOpen),
}

impl Trouble {
    pub(crate) fn while_doing(self, doing: &'static str) -> DbError {
        match self {
            Self::Sql(err) => {
                let said = said(&err);
                if is_away(&err) {
                    DbError::Away { doing, said }
                } else {
                    DbError::Failed { doing, said }
                }
            }
            Self::Sealed(source) => DbError::Unreadable { doing, source },
        }
    }
}

/// SQLSTATE of an exclusion constraint that was violated.
const EXCLUDED: &str = "23P01";

/// Whether two appointments would overlap.
pub(crate) fn is_taken(err: &sqlx::Error) -> bool {
    code(err).as_deref() == Some(EXCLUDED)
}

/// The classes and codes of PostgreSQL's Appendix A that say "later", not "no"; every other says "no".
const AWAY: [&str; 12] = [
    "08",    // connection exception
    "25006", // read-only: the primary has moved
    "25P03", // idle in transaction too long
    "28",    // authorization refused: a password is being rotated
    "40001", // serialization failure
    "40P01", // deadlock
    "53",    // insufficient resources: too many connections, disk or memory full
    "55006", // object in use
    "55P03", // lock not available: longer than lock_timeout
    "57014", // query canceled: longer than statement_timeout
    "57P",   // operator intervention: shutting down, starting up, crashed, idle too long
    "58",    // system error
];

fn is_away(err: &sqlx::Error) -> bool {
    match err {
        sqlx::Error::Database(_) => {
            let code = code(err).unwrap_or_default();
            AWAY.iter().any(|away| code.starts_with(away))
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

fn code(err: &sqlx::Error) -> Option<String> {
    err.as_database_error()?
        .code()
        .map(|code| code.into_owned())
}

/// The message and code, without the detail.
pub(crate) fn said(err: &sqlx::Error) -> String {
    match err.as_database_error().map(<dyn DatabaseError>::message) {
        Some(message) => format!("{message} (SQLSTATE {})", code(err).unwrap_or_default()),
        None => err.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_database_saying_no_is_away() {
        let away = |err: sqlx::Error| Trouble::from(err).while_doing("asking").is_away();
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert!(away(sqlx::Error::Io(refused)));
        assert!(away(sqlx::Error::PoolTimedOut));
        assert!(!away(sqlx::Error::RowNotFound));
        assert!(!away(sqlx::Error::ColumnNotFound("name".to_owned())));
    }

    #[test]
    fn codes_are_sorted_into_later_and_no() {
        let later = |code: &str| AWAY.iter().any(|away| code.starts_with(away));
        for code in [
            "08006", "28P01", "40P01", "53300", "53100", "57014", "57P01", "57P03", "58030",
            "25006",
        ] {
            assert!(later(code), "{code}");
        }
        for code in [
            "23505", "23P01", "42P01", "42501", "22001", "3D000", "XX000", "25P02", "57000",
        ] {
            assert!(!later(code), "{code}");
        }
    }
}
