//! `ENCRYPTION_KEYS`: `id:base64` pairs, newest first, comma separated.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Octets of a key.
const KEY_OCTETS: usize = 32;

/// Longest id of a key.
const ID_OCTETS: usize = 32;

/// A key as it is configured; forgotten when it is dropped.
pub(super) struct Key {
    pub(super) id: String,
    pub(super) octets: Zeroizing<[u8; KEY_OCTETS]>,
}

/// Reads the list.
///
/// # Errors
/// What is wrong with each entry, without any of its secret.
pub(super) fn parse(text: &str) -> Result<Vec<Key>, Vec<String>> {
    let mut keys: Vec<Key> = Vec::new();
    let mut problems = Vec::new();
    let mut ids = BTreeSet::new();
    for (index, entry) in text.split(',').map(str::trim).enumerate() {
        match parse_key(entry) {
            Ok(key) if !ids.insert(key.id.clone()) => {
                problems.push(format!("key `{}` is there twice", key.id));
            }
            Ok(key) => {
                if let Some(same) = keys.iter().find(|other| *other.octets == *key.octets) {
                    problems.push(format!("keys `{}` and `{}` are the same", same.id, key.id));
                }
                keys.push(key);
            }
            Err(problem) => problems.push(format!("entry {}: {problem}", index + 1)),
        }
    }
    if problems.is_empty() {
        Ok(keys)
    } else {
        Err(problems)
    }
}

fn parse_key(entry: &str) -> Result<Key, String> {
    let Some((id, encoded)) = entry.split_once(':') else {
        return Err(
            "id:base64 is needed, for example k1: and the output of `openssl rand -base64 32`"
                .to_owned(),
        );
    };
    let well_formed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if id.is_empty() || id.len() > ID_OCTETS || !id.bytes().all(well_formed) {
        return Err(format!(
            "an id of 1 to {ID_OCTETS} letters, digits, - and _ is needed"
        ));
    }
    let octets = Zeroizing::new(
        STANDARD
            .decode(encoded)
            .map_err(|_| format!("key `{id}` is not base64"))?,
    );
    let octets = <[u8; KEY_OCTETS]>::try_from(octets.as_slice()).map_err(|_| {
        format!(
            "key `{id}` is {} octets, {KEY_OCTETS} are needed",
            octets.len()
        )
    })?;
    Ok(Key {
        id: id.to_owned(),
        octets: Zeroizing::new(octets),
    })
}
