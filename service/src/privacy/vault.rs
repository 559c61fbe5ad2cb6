//! Encryption at rest.
//!
//! A sealed value is `1`, the length of the key's id, the id, a random nonce of 12 octets, and AES-256-GCM's ciphertext with its
//! tag. Associated data is the place it is stored in, so that a ciphertext copied to another row, column or table does not open.
//! Values are sealed with the newest key and open with any that is listed.
//!
//! A number is found by HMAC-SHA-256 under a key derived from the encryption key. New people are indexed under the newest key, and
//! looked for under every listed one, so that nobody is lost while `bella-service keys rotate` works. While versions with different
//! lists run side by side, somebody can be added twice, once under each; rotation makes them one again.

use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use bella_domain::phone::Mobile;
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::keys::{self, Key};

const VERSION: u8 = 1;
const NONCE_OCTETS: usize = 12;

/// A number's index under each listed key, newest first.
pub type Indexes = Vec<Vec<u8>>;

/// Ciphertext as it is stored.
pub type Sealed = Vec<u8>;

/// Seals and opens personal data; a clone shares the keys.
#[derive(Clone)]
pub struct Vault(Arc<[Opener]>);

struct Opener {
    id: String,
    cipher: Aes256Gcm,
    index: Zeroizing<[u8; 32]>,
}

/// The place that a sealed value is stored in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// `table.column`
    pub column: &'static str,
    /// The row's primary key.
    pub row: &'a str,
}

/// A sealed value that cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// It was sealed with a key that is no longer listed.
    #[error(
        "{column}: sealed with key `{key}`, which ENCRYPTION_KEYS does not list; add it at the end of the list"
    )]
    KeyMissing {
        /// Where it is stored.
        column: &'static str,
        /// The key's id.
        key: String,
    },
    /// It was changed, or belongs to another place.
    #[error("{column}: changed, or moved from another row")]
    Altered {
        /// Where it is stored.
        column: &'static str,
    },
}

impl Vault {
    /// Reads `ENCRYPTION_KEYS`.
    ///
    /// # Errors
    /// What is wrong with each entry; nothing of a key.
    pub fn parse(keys: &str) -> Result<Self, Vec<String>> {
        let openers = keys::parse(keys)?.iter().map(Opener::new).collect();
        Ok(Self(openers))
    }

    /// The ids of the keys, newest first.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_str())
    }

    /// What every value sealed with the newest key begins with.
    pub fn newest_header(&self) -> Vec<u8> {
        header(&self.newest().id)
    }

    /// Encrypts a value for its place.
    pub fn seal(&self, field: Field<'_>, plain: &[u8]) -> Sealed {
        let newest = self.newest();
        let mut nonce = [0; NONCE_OCTETS];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload {
            msg: plain,
            aad: &field.associated(),
        };
        let ciphertext = newest
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .expect("AES-GCM takes any text that fits into memory");
        let mut sealed = header(&newest.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        sealed
    }

    /// Decrypts a value in its place.
    ///
    /// # Errors
    /// See [`CannotOpen`].
    pub fn open(&self, field: Field<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let altered = CannotOpen::Altered {
            column: field.column,
        };
        let (id, rest) = split_header(sealed).ok_or_else(|| altered.clone())?;
        let key = self.0.iter().find(|key| key.id.as_bytes() == id);
        let key = key.ok_or_else(|| CannotOpen::KeyMissing {
            column: field.column,
            key: String::from_utf8_lossy(id).into_owned(),
        })?;
        let (nonce, ciphertext) = rest
            .split_first_chunk::<NONCE_OCTETS>()
            .ok_or_else(|| altered.clone())?;
        let payload = Payload {
            msg: ciphertext,
            aad: &field.associated(),
        };
        key.cipher
            .decrypt(&Nonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| altered)
    }

    /// As [`Vault::open`], for text.
    ///
    /// # Errors
    /// See [`CannotOpen`].
    pub fn open_text(&self, field: Field<'_>, sealed: &[u8]) -> Result<String, CannotOpen> {
        let plain = self.open(field, sealed)?;
        String::from_utf8(plain.to_vec()).map_err(|_| CannotOpen::Altered {
            column: field.column,
        })
    }

    /// The index of a number under the newest key.
    pub fn index(&self, mobile: &Mobile) -> Vec<u8> {
        self.newest().index(mobile)
    }

    /// The index of a number under each listed key, newest first.
    pub fn indexes(&self, mobile: &Mobile) -> Indexes {
        self.0.iter().map(|key| key.index(mobile)).collect()
    }

    /// HMAC-SHA-256 under a key for `purpose` alone, derived from the newest key: for tokens that are to be unforgeable.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let key = Zeroizing::new(mac(&self.newest().index, purpose.as_bytes()));
        mac(&key, message)
    }

    fn newest(&self) -> &Opener {
        self.0.first().expect("parsing gives at least one key")
    }
}

/// Shows the keys' ids only.
impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.key_ids()).finish()
    }
}

impl Opener {
    fn new(key: &Key) -> Self {
        let encryption = derive(key, b"bella/encryption/1");
        Self {
            id: key.id.clone(),
            cipher: Aes256Gcm::new((&*encryption).into()),
            index: derive(key, b"bella/index/1"),
        }
    }

    fn index(&self, mobile: &Mobile) -> Vec<u8> {
        mac(&self.index, mobile.e164().as_bytes()).to_vec()
    }
}

impl Field<'_> {
    fn associated(self) -> Vec<u8> {
        let mut associated = self.column.as_bytes().to_vec();
        associated.push(0);
        associated.extend_from_slice(self.row.as_bytes());
        associated
    }
}

impl<'a> Field<'a> {
    /// A column of the row with this key.
    pub fn new(column: &'static str, row: &'a str) -> Self {
        Self { column, row }
    }
}

/// A row's id as the text that places are named by.
pub(crate) fn row(id: Uuid) -> String {
    id.to_string()
}

fn header(id: &str) -> Vec<u8> {
    let length = u8::try_from(id.len()).expect("an id is 32 octets at most");
    let mut header = vec![VERSION, length];
    header.extend_from_slice(id.as_bytes());
    header
}

fn split_header(sealed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[version, length], rest) = sealed.split_first_chunk()?;
    (version == VERSION)
        .then(|| rest.split_at_checked(usize::from(length)))
        .flatten()
}

/// One block of HMAC-SHA-256 as a key derivation: the key is random already.
fn derive(key: &Key, label: &[u8]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(mac(&key.octets, label))
}

fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key)
        .expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const TWO: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn vault(keys: &str) -> Vault {
        Vault::parse(keys).expect("well formed")
    }

    const NAME: Field<'_> = Field {
        column: "users.name",
        row: "7",
    };

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let vault = vault(ONE);
        let sealed = vault.seal(NAME, "Zoë".as_bytes());
        assert_eq!(vault.open_text(NAME, &sealed).as_deref(), Ok("Zoë"));
        assert_ne!(vault.seal(NAME, "Zoë".as_bytes()), sealed);
        for place in [
            Field::new("users.name", "8"),
            Field::new("users.mobile", "7"),
        ] {
            let column = place.column;
            assert_eq!(
                vault.open(place, &sealed).err(),
                Some(CannotOpen::Altered { column })
            );
        }
    }

    #[test]
    fn a_changed_or_cut_value_does_not_open() {
        let vault = vault(ONE);
        let sealed = vault.seal(NAME, b"Ann");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault.open(NAME, &changed).is_err(), "octet {at}");
            assert!(vault.open(NAME, &sealed[..at]).is_err(), "{at} octets");
        }
    }

    #[test]
    fn an_older_key_opens_while_it_is_listed() {
        let sealed = vault(ONE).seal(NAME, b"Ann");
        let both = vault(&format!("{TWO},{ONE}"));
        assert_eq!(both.open_text(NAME, &sealed).as_deref(), Ok("Ann"));
        assert!(!sealed.starts_with(&both.newest_header()));
        assert!(both.seal(NAME, b"Ann").starts_with(&both.newest_header()));
        let message = vault(TWO)
            .open(NAME, &sealed)
            .err()
            .map(|err| err.to_string());
        assert_eq!(
            message.as_deref(),
            Some(
                "users.name: sealed with key `k1`, which ENCRYPTION_KEYS does not list; add it at the end of the list"
            )
        );
    }

    #[test]
    fn an_index_depends_on_number_and_key() {
        let ann = Mobile::from_e164("+14165551234").expect("valid");
        let bob = Mobile::from_e164("+14165551235").expect("valid");
        let both = vault(&format!("{TWO},{ONE}"));
        assert_eq!(
            both.indexes(&ann),
            [vault(TWO).index(&ann), vault(ONE).index(&ann)]
        );
        assert_ne!(both.index(&ann), both.index(&bob));
        assert_ne!(vault(ONE).index(&ann), vault(TWO).index(&ann));
    }

    #[test]
    fn every_bad_key_is_named_and_none_is_shown() {
        let short = "k3:AAAA";
        let same = "k4:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let text = format!("{ONE},{ONE},nonsense,k 2:x,{short},k5:!,{same},");
        assert_eq!(
            Vault::parse(&text).err(),
            Some(vec![
                "key `k1` is there twice".to_owned(),
                "entry 3: id:base64 is needed, for example k1: and the output of `openssl rand -base64 32`".to_owned(),
                "entry 4: an id of 1 to 32 letters, digits, - and _ is needed".to_owned(),
                "entry 5: key `k3` is 3 octets, 32 are needed".to_owned(),
                "entry 6: key `k5` is not base64".to_owned(),
                "keys `k1` and `k4` are the same".to_owned(),
                "entry 8: id:base64 is needed, for example k1: and the output of `openssl rand -base64 32`".to_owned(),
            ])
        );
        assert_eq!(format!("{:?}", vault(ONE)), r#"["k1"]"#);
    }
}
