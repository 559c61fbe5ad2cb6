//! The TXT record beside a record of ours, which says whose it is.
//!
//! Record sets have no tags. The note's name begins with the type of what it is about, so that it
//! stands beside a CNAME too, where no other record may have the same name.

use aws_sdk_route53::types::{ResourceRecordSet, RrType};
use bella_engine::address::Address;

use super::super::dns_name::plain;

const LEAD: &str = "_bella-";
const HERITAGE: &str = "heritage=bella";

/// Whose a record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Stack name.
    pub(super) stack: String,
    /// Region of the stack: Route 53 has none, and two regions may each have a stack of one name.
    pub(super) region: String,
    /// Address in the stack.
    pub(super) address: Address,
}

/// The name of the note about `name` and `kind` of record.
pub(super) fn name_of(name: &str, kind: &str) -> String {
    format!("{LEAD}{}.{name}", kind.to_lowercase())
}

/// The name and type of the record that a note of that name is about.
pub(super) fn subject(note: &str) -> Option<(String, String)> {
    let (kind, name) = note.strip_prefix(LEAD)?.split_once('.')?;
    Some((name.to_owned(), kind.to_uppercase()))
}

impl Note {
    /// The note's one value, quoted as Route 53 takes it.
    pub(super) fn text(&self) -> String {
        let Self {
            stack,
            region,
            address,
        } = self;
        format!("\"{HERITAGE},stack={stack},region={region},address={address}\"")
    }

    /// The note that `text` is; `None` when it is something else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('"')?.strip_suffix('"')?;
        let mut parts = text.split(',');
        if parts.next()? != HERITAGE {
            return None;
        }
        let mut part = |key: &str| parts.next()?.strip_prefix(key)?.strip_prefix('=');
        Some(Self {
            stack: part("stack")?.to_owned(),
            region: part("region")?.to_owned(),
            address: Address::parse(part("address")?).ok()?,
        })
    }

    /// What a record set says: whose which record is, as (note, name, type).
    pub(super) fn of(set: &ResourceRecordSet) -> Option<(Self, String, String)> {
        if *set.r#type() != RrType::Txt || set.set_identifier().is_some() {
            return None;
        }
        let (name, kind) = subject(&plain(set.name()))?;
        let [record] = set.resource_records() else {
            return None;
        };
        Some((Self::parse(record.value())?, name, kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let note = Note {
            stack: "bella-dev".to_owned(),
            region: "ca-central-1".to_owned(),
            address: Address::parse("dns_record.main").expect("an address"),
        };
        let text = "\"heritage=bella,stack=bella-dev,region=ca-central-1,address=dns_record.main\"";
        assert_eq!(note.text(), text);
        assert_eq!(Note::parse(text), Some(note));
        for other in [
            "\"heritage=external-dns,external-dns/owner=x\"",
            "\"heritage=bella,stack=x\"",
            "heritage=bella,stack=x,region=y,address=dns_record.z",
        ] {
            assert_eq!(Note::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_notes_name_says_what_it_is_about() {
        for (name, kind) in [("bella.example", "A"), ("*.bella.example", "CNAME")] {
            let found = subject(&name_of(name, kind));
            assert_eq!(found, Some((name.to_owned(), kind.to_owned())));
        }
        assert_eq!(name_of("bella.example", "A"), "_bella-a.bella.example");
        assert_eq!(subject("_dmarc.bella.example"), None);
    }
}
