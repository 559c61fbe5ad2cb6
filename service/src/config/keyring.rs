//! Keys of which the old ones still count while a new one is taken into use.

use secrecy::{ExposeSecret, SecretString};

/// The values of one secret, comma separated, the newest first.
///
/// What others send may be signed or named with any of them; what is sent to others carries the newest. A task reads them when it
/// starts, so while a key is rotated tasks with the old list and tasks with the new one both let everybody in.
#[derive(Debug, Clone)]
pub struct Keyring(Vec<SecretString>);

impl Keyring {
    /// Reads a list; `None` when there is no key in it.
    pub fn parse(text: &str) -> Option<Self> {
        let keys = text
            .split(',')
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .map(SecretString::from);
        let keys: Vec<SecretString> = keys.collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key that is given to others.
    pub fn newest(&self) -> &SecretString {
        &self.0[0]
    }

    /// Whether one of the keys fits. All are tried, whichever does: the time that it takes says nothing of which.
    pub fn any(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.0
            .iter()
            .fold(false, |any, key| any | fits(key.expose_secret()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_given_out_and_each_fits() {
        let ring = Keyring::parse(" new, old ,").expect("has keys");
        assert_eq!(ring.newest().expose_secret(), "new");
        for (key, fits) in [
            ("new", true),
            ("old", true),
            ("new, old", false),
            ("", false),
        ] {
            assert_eq!(ring.any(|known| known == key), fits, "{key}");
        }
        assert!(Keyring::parse(" , ").is_none());
        assert!(!format!("{ring:?}").contains("new"));
    }
}
