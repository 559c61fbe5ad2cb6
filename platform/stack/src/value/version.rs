//! Versions of PostgreSQL.

use super::text::{Refusal, text_value};
use std::{fmt, str::FromStr};

/// A major version of PostgreSQL that RDS offers; which minor one runs is left to AWS, which upgrades it by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostgresVersion(u8);

impl PostgresVersion {
    /// The version that stacks get when they name none.
    pub const DEFAULT: Self = Self(16);

    /// The major version, 13 to 18.
    pub const fn major(self) -> u8 {
        self.0
    }
}

impl FromStr for PostgresVersion {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let allowed = "\"13\" to \"18\"";
        let refusal = || Refusal::new(format!("`{text}` is not a version of PostgreSQL"), allowed);
        if let Some((major, minor)) = text.split_once('.')
            && minor.parse::<u8>().is_ok()
        {
            let message =
                format!("`{text}` pins a minor version, and AWS upgrades minor versions by itself");
            let near = major.parse::<Self>().ok().map(|near| format!("\"{near}\""));
            return Err(Refusal::new(message, allowed).suggest(near));
        }
        let major: u8 = text.parse().map_err(|_| refusal())?;
        if major.to_string() != text {
            return Err(refusal().suggest(Some(major.to_string())));
        }
        if !(13..=18).contains(&major) {
            let message = format!("RDS does not run PostgreSQL {major} any more or yet");
            return Err(Refusal::new(message, allowed));
        }
        Ok(Self(major))
    }
}

impl fmt::Display for PostgresVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

text_value!(
    PostgresVersion,
    "bella-postgres-version",
    "A major version of PostgreSQL in quotes: 13 to 18.",
    "^1[3-8]$",
    ["16"]
);
