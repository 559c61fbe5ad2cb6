//! Versions of PostgreSQL.

use super::text::{Refusal, text_value};
use std::{fmt, str::FromStr};

/// A version of PostgreSQL that RDS offers: a major version, or a major and a minor one.
///
/// A major version alone leaves the minor one to AWS; with automatic minor upgrades that is no difference to plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostgresVersion {
    major: u8,
    minor: Option<u8>,
}

impl PostgresVersion {
    /// The version that stacks get when they name none.
    pub const DEFAULT: Self = Self {
        major: 16,
        minor: None,
    };

    /// The major version, 13 to 18.
    pub const fn major(self) -> u8 {
        self.major
    }

    /// The minor version, where one is pinned.
    pub const fn minor(self) -> Option<u8> {
        self.minor
    }
}

impl FromStr for PostgresVersion {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let allowed = "\"13\" to \"18\", or with a minor version such as \"16.4\"";
        let refusal = || Refusal::new(format!("`{text}` is not a version of PostgreSQL"), allowed);
        let (major, minor) = match text.split_once('.') {
            Some((major, minor)) => (major, Some(minor.parse::<u8>().map_err(|_| refusal())?)),
            None => (text, None),
        };
        let major: u8 = major.parse().map_err(|_| refusal())?;
        let version = Self { major, minor };
        if version.to_string() != text {
            return Err(refusal().suggest(Some(version.to_string())));
        }
        if !(13..=18).contains(&major) {
            let message = format!("RDS does not run PostgreSQL {major} any more or yet");
            return Err(Refusal::new(message, allowed));
        }
        Ok(version)
    }
}

impl fmt::Display for PostgresVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minor {
            Some(minor) => write!(f, "{}.{minor}", self.major),
            None => write!(f, "{}", self.major),
        }
    }
}

text_value!(
    PostgresVersion,
    "bella-postgres-version",
    "A PostgreSQL version in quotes: 13 to 18, optionally with a minor version.",
    "^1[3-8](\\.[0-9]+)?$",
    ["16", "16.4"]
);
