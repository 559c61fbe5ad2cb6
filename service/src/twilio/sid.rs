//! Twilio's names of things.

/// The name of a recording: `RE` and 32 hexadecimal digits, so that it can be part of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordingSid(String);

impl RecordingSid {
    /// A recording's name; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        is_sid("RE", text).then(|| Self(text.to_owned()))
    }

    /// As Twilio writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is two given letters and 32 hexadecimal digits.
pub(super) fn is_sid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_name_is_a_name() {
        let sid = format!("RE{}", "0123456789abcdef".repeat(2));
        assert_eq!(
            RecordingSid::parse(&sid).map(|sid| sid.0),
            Some(sid.clone())
        );
        for text in [
            "",
            "RE",
            "RE../../x",
            &sid[1..],
            &format!("{sid}0"),
            &sid.replace("RE", "CA"),
        ] {
            assert_eq!(RecordingSid::parse(text), None, "{text}");
        }
    }
}
