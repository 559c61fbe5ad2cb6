//! What a role trusts: names as GitHub allows them, so that none can hold a wildcard.

use std::fmt;
use std::str::FromStr;

/// A repository on GitHub, `OWNER/NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository(String);

/// An environment of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment(String);

/// No name that GitHub allows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOneOfGitHub {
    /// Not `OWNER/NAME`.
    #[error(
        "a repository is OWNER/NAME: an owner of letters, digits and `-`, a name of those, `.` and `_`"
    )]
    Repository,
    /// Not an environment that a trust policy can name.
    #[error("an environment is 1 to 100 letters, digits, `-`, `_` and `.`")]
    Environment,
}

fn is_made_of(text: &str, most: usize, beside: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || beside.contains(c);
    (1..=most).contains(&text.len()) && text.chars().all(allowed)
}

impl FromStr for Repository {
    type Err = NotOneOfGitHub;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (owner, name) = text.split_once('/').ok_or(NotOneOfGitHub::Repository)?;
        match is_made_of(owner, 39, "-") && is_made_of(name, 100, "-._") {
            true => Ok(Self(text.to_owned())),
            false => Err(NotOneOfGitHub::Repository),
        }
    }
}

impl FromStr for Environment {
    type Err = NotOneOfGitHub;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match is_made_of(text, 100, "-._") {
            true => Ok(Self(text.to_owned())),
            false => Err(NotOneOfGitHub::Environment),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Environment, Repository};

    #[test]
    fn names_without_wildcards() {
        for (text, fits) in [
            ("bella-co/bella.rs", true),
            ("bella", false),
            ("*/bella", false),
            ("bella/*", false),
            ("bella/a/b", false),
            ("bella/a:environment", false),
            ("/bella", false),
        ] {
            assert_eq!(text.parse::<Repository>().is_ok(), fits, "{text}");
        }
        assert!("production".parse::<Environment>().is_ok());
        assert!("prod*".parse::<Environment>().is_err());
        assert!("".parse::<Environment>().is_err());
    }
}
