//! The parameters of a webhook.

use std::ops::Range;

/// The decoded parameters of a webhook, in the order in which they came.
#[derive(Clone, Default)]
pub struct Form {
    /// Every name and value, one after the other: one allocation for all of them.
    text: String,
    pairs: Vec<(Range<usize>, Range<usize>)>,
}

impl Form {
    /// Decodes `application/x-www-form-urlencoded`; never fails, as browsers do not.
    pub fn decode(body: &[u8]) -> Self {
        let mut form = Self {
            text: String::with_capacity(body.len()),
            pairs: Vec::with_capacity(32),
        };
        for (name, value) in form_urlencoded::parse(body) {
            let name = form.push(&name);
            let value = form.push(&value);
            form.pairs.push((name, value));
        }
        form
    }

    fn push(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// The first value of this name that is not empty: Twilio sends what it does not know as absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs()
            .find(|(known, value)| *known == name && !value.is_empty())
            .map(|(_, value)| value)
    }

    /// Every name with its value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (&self.text[name.clone()], &self.text[value.clone()]))
    }
}

/// Shows names only: values are personal data.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set()
            .entries(self.pairs().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_not_shown() {
        let form =
            Form::decode(b"From=%2B14165551234&SpeechResult=&SpeechResult=Ren%C3%A9e+Roy&%20=");
        assert_eq!(form.get("From"), Some("+14165551234"));
        assert_eq!(form.get("SpeechResult"), Some("Renée Roy"));
        assert_eq!(form.get("Digits"), None);
        assert_eq!(
            format!("{form:?}"),
            r#"{"From", "SpeechResult", "SpeechResult", " "}"#
        );
        assert_eq!(Form::decode(b"").pairs().count(), 0);
        assert_eq!(Form::decode(b"a=%FF&%").pairs().count(), 2);
    }
}
