//! What only a person can do before an object works.

use bella_engine::live::Live;

use crate::kinds::unconfirmed;

/// Steps that wait for a person, for objects as (kind, id); each says who does what.
#[must_use]
pub fn steps<'a>(objects: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut steps: Vec<String> = objects
        .into_iter()
        .filter_map(|(kind, id)| match kind {
            "sns_subscription" => unconfirmed(id).map(|(protocol, endpoint)| match protocol {
                "email" => format!(
                    "{endpoint} gets no alarms before somebody opens AWS's e-mail there and follows its link to confirm the subscription"
                ),
                _ => format!(
                    "{endpoint} gets no alarms before it confirms the subscription that AWS sent to it"
                ),
            }),
            _ => None,
        })
        .collect();
    steps.sort();
    steps.dedup();
    steps
}

/// The kinds and ids of everything that is there.
pub fn all(live: &Live) -> impl Iterator<Item = (&str, &str)> {
    live.objects
        .iter()
        .map(|object| (object.kind.as_str(), object.id.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_waits_for_somebody_is_told_once() {
        let topic = "arn:aws:sns:ca-central-1:123456789012:alerts";
        let waiting = format!("{topic}/email/ops@bella.example");
        let confirmed = format!("{topic}:6b0e71bd-7e97-4d97-80ce-4a0994e55286");
        let told = steps([
            ("sns_subscription", waiting.as_str()),
            ("sns_subscription", confirmed.as_str()),
            ("sns_topic", topic),
            ("sns_subscription", waiting.as_str()),
        ]);
        assert_eq!(
            told,
            [
                "ops@bella.example gets no alarms before somebody opens AWS's e-mail there and follows its link to confirm the subscription"
            ]
        );
    }
}
