//! Where a ledger is, as text that is typed and tagged.

use std::fmt;
use std::path::PathBuf;

/// The tag that says where a stack's ledger is.
pub const LEDGER_TAG: &str = "bella:ledger";

const SCHEME: &str = "s3://";

/// Where a ledger is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket.
    Bucket {
        /// Its name.
        name: String,
        /// What every key begins with, without a slash at either end; empty for none.
        prefix: String,
        /// The account it has to belong to: names of buckets are everybody's, so that a default
        /// name could be somebody else's bucket. `None` where the name was given.
        owner: Option<String>,
    },
}

impl Location {
    /// The ledger that an account keeps for a region: `bella-ledger-<account>-<region>`.
    #[must_use]
    pub fn of_account(account: &str, region: &str) -> Self {
        Self::Bucket {
            name: format!("bella-ledger-{account}-{region}"),
            prefix: String::new(),
            owner: Some(account.to_owned()),
        }
    }

    /// Reads `s3://bucket/prefix`; anything else is a folder.
    ///
    /// # Errors
    /// The text begins with `s3://` and names no bucket.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(rest) = text.strip_prefix(SCHEME) else {
            return Ok(Self::Folder(PathBuf::from(text)));
        };
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let allowed =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        if !(3..=63).contains(&name.len()) || !name.chars().all(allowed) {
            return Err(format!(
                "`{name}` is no bucket's name: 3 to 63 lower-case letters, digits, hyphens and dots"
            ));
        }
        Ok(Self::Bucket {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            owner: None,
        })
    }

    /// The value of [`LEDGER_TAG`]. A folder's path means nothing on another machine.
    #[must_use]
    pub fn tag(&self) -> String {
        match self {
            Self::Folder(_) => "local".to_owned(),
            Self::Bucket { .. } => self.to_string(),
        }
    }

    /// What that tag says; `None` for a folder. A bucket with an account's default name has to be
    /// that account's.
    #[must_use]
    pub fn tagged(tag: &str, account: &str, region: &str) -> Option<Self> {
        let default = Self::of_account(account, region);
        if default.to_string() == tag {
            return Some(default);
        }
        Self::parse(tag)
            .ok()
            .filter(|place| matches!(place, Self::Bucket { .. }))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Bucket { name, prefix, .. } if prefix.is_empty() => write!(f, "{SCHEME}{name}"),
            Self::Bucket { name, prefix, .. } => write!(f, "{SCHEME}{name}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_read_back_what_they_show() {
        for (text, shown) in [
            ("s3://ledgers", Ok("s3://ledgers")),
            ("s3://ledgers/", Ok("s3://ledgers")),
            ("s3://ledgers/team/a/", Ok("s3://ledgers/team/a")),
            (".bella", Ok(".bella")),
            ("s3://", Err("`` is no bucket's name")),
            ("s3://Ledgers", Err("`Ledgers` is no bucket's name")),
        ] {
            match (Location::parse(text), shown) {
                (Ok(location), Ok(shown)) => assert_eq!(location.to_string(), shown),
                (Err(why), Err(start)) => assert!(why.starts_with(start), "{why}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }

    #[test]
    fn a_tag_leads_back_to_the_ledger() {
        let own = Location::of_account("123456789012", "ca-central-1");
        let back =
            |location: &Location| Location::tagged(&location.tag(), "123456789012", "ca-central-1");
        assert_eq!(back(&own), Some(own));
        let other = Location::parse("s3://ledgers/x").expect("a valid place");
        assert_eq!(back(&other), Some(other));
        assert_eq!(
            back(&Location::Folder(PathBuf::from("/home/ann/.bella"))),
            None
        );
    }
}
