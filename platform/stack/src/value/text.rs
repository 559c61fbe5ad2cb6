//! What every parsed text value has in common, and the table of formats the schema validator knows.

use super::{
    AlarmCondition, AlarmName, CacheClass, Cidr, CostCenter, DatabaseClass, Date, DomainName,
    Duration, Email, EnvironmentVariable, MigrationName, PolicyName, PostgresVersion, Recipient,
    Region, ResourceAddress, RunbookName, SecretName, StackName, TimeOfDay, TimeZoneName, UrlPath,
};
use std::str::FromStr;

/// Why a text was refused, in words for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong with the text; does not repeat where it stands.
    pub message: String,
    /// What would have been accepted.
    pub allowed: Option<String>,
    /// The accepted text that is nearest to what was written.
    pub suggestion: Option<String>,
    /// The part of the text that is wrong; the whole of it when `None`.
    pub at: Option<Part>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Characters before it.
    pub offset: usize,
    /// What stands there; empty where something is missing.
    pub text: String,
}

impl Refusal {
    /// A refusal that says what is wrong and what is allowed.
    pub fn new(message: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            allowed: Some(allowed.into()),
            suggestion: None,
            at: None,
        }
    }

    /// Says that only a part of the text is wrong, by its bytes.
    #[must_use]
    pub(super) fn at(mut self, text: &str, start: usize, end: usize) -> Self {
        self.at = Some(Part {
            offset: text[..start].chars().count(),
            text: text[start..end].to_owned(),
        });
        self
    }

    /// Adds the accepted text that was probably meant.
    #[must_use]
    pub fn suggest(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if let Some(allowed) = &self.allowed {
            write!(f, " (allowed: {allowed})")?;
        }
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean `{suggestion}`?")?;
        }
        Ok(())
    }
}

/// Judges a text against one format; `None` accepts it.
pub(crate) type Judge = fn(&str) -> Option<Refusal>;

/// Every format of the stack file's schema with the parser that decides it.
pub(crate) const FORMATS: &[(&str, Judge)] = &[
    (AlarmCondition::FORMAT, refuse::<AlarmCondition>),
    (AlarmName::FORMAT, refuse::<AlarmName>),
    (CacheClass::FORMAT, refuse::<CacheClass>),
    (Cidr::FORMAT, refuse::<Cidr>),
    (CostCenter::FORMAT, refuse::<CostCenter>),
    (Date::FORMAT, refuse::<Date>),
    (DatabaseClass::FORMAT, refuse::<DatabaseClass>),
    (DomainName::FORMAT, refuse::<DomainName>),
    (Duration::FORMAT, refuse::<Duration>),
    (Email::FORMAT, refuse::<Email>),
    (EnvironmentVariable::FORMAT, refuse::<EnvironmentVariable>),
    (PostgresVersion::FORMAT, refuse::<PostgresVersion>),
    (PolicyName::FORMAT, refuse::<PolicyName>),
    (Recipient::FORMAT, refuse::<Recipient>),
    (Region::FORMAT, refuse::<Region>),
    (ResourceAddress::FORMAT, refuse::<ResourceAddress>),
    (RunbookName::FORMAT, refuse::<RunbookName>),
    (MigrationName::FORMAT, refuse::<MigrationName>),
    (SecretName::FORMAT, refuse::<SecretName>),
    (StackName::FORMAT, refuse::<StackName>),
    (TimeOfDay::FORMAT, refuse::<TimeOfDay>),
    (TimeZoneName::FORMAT, refuse::<TimeZoneName>),
    (UrlPath::FORMAT, refuse::<UrlPath>),
];

fn refuse<T: FromStr<Err = Refusal>>(text: &str) -> Option<Refusal> {
    text.parse::<T>().err()
}

/// The candidate that `text` most likely meant; `None` when nothing is near.
///
/// Near is a Jaro-Winkler likeness of at least 0.8: high enough that unrelated words of a vocabulary do not match, low enough for a
/// slip of two letters in a short word. Failing that, the only candidate that contains the text.
pub(crate) fn nearest<'a>(
    text: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let text = text.to_lowercase();
    let candidates: Vec<(&str, String)> = candidates
        .into_iter()
        .map(|candidate| (candidate, candidate.to_lowercase()))
        .collect();
    let alike = candidates
        .iter()
        .map(|(candidate, lower)| {
            let likeness = strsim::jaro_winkler(&text, lower);
            (
                likeness,
                strsim::damerau_levenshtein(&text, lower),
                *candidate,
            )
        })
        .filter(|(likeness, _, _)| *likeness >= 0.8)
        .min_by(|a, b| a.1.cmp(&b.1).then(b.0.total_cmp(&a.0)))
        .map(|(_, _, candidate)| candidate);
    let mut containing = candidates
        .iter()
        .filter(|(_, lower)| text.len() >= 3 && lower.contains(&text));
    alike.or_else(|| match (containing.next(), containing.next()) {
        (Some((only, _)), None) => Some(only),
        _ => None,
    })
}

/// Gives a type with `FromStr<Err = Refusal>` and `Display` its serde and JSON Schema forms.
macro_rules! text_value {
    ($type:ident, $format:literal, $description:literal, $pattern:literal, [$($example:literal),+]) => {
        impl $type {
            /// The schema `format` this type is checked by.
            pub(crate) const FORMAT: &'static str = $format;
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "format": $format,
                    "description": $description,
                    "pattern": $pattern,
                    "examples": [$($example),+],
                })
            }
        }
    };
}
pub(super) use text_value;

/// Declares a text that is kept as written once its grammar has been checked.
macro_rules! checked_text {
    ($(#[$doc:meta])* $type:ident, $check:expr, $format:literal, $description:literal, $pattern:literal, [$($example:literal),+]) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::value::Refusal;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                ($check)(text).map(|()| Self(text.to_owned()))
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        $crate::value::text::text_value!($type, $format, $description, $pattern, [$($example),+]);
    };
}
pub(super) use checked_text;
