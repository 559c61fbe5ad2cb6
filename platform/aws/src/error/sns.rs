//! Topics and subscriptions.

use super::{Row, row, within};
use bella_engine::cloud::Fault;

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    row("sns", "CreateTopic", "InvalidParameter*", "already exists with different", Fault::Exists),
    // A topic or a queue this run was just given.
    within(60, row("sns", "Subscribe", "NotFound*", "", Fault::NotYet)),
    row("sns", "", "NotFound*", "", Fault::NotFound),
    row("sns", "", "ResourceNotFound*", "", Fault::NotFound),
    within(60, row("sns", "", "StaleTag*", "", Fault::NotYet)),
    within(60, row("sns", "", "ConcurrentAccess*", "", Fault::NotYet)),
];

#[cfg(test)]
mod tests {
    use super::super::classify;
    use super::*;

    #[test]
    fn a_topic_just_made_is_waited_for() {
        let cases = [
            (
                "CreateTopic",
                "InvalidParameter",
                "Invalid parameter: Tags Reason: Topic already exists with different tags",
                Fault::Exists,
            ),
            (
                "Subscribe",
                "NotFound",
                "Topic does not exist",
                Fault::NotYet,
            ),
            (
                "ListTagsForResource",
                "ResourceNotFound",
                "",
                Fault::NotFound,
            ),
            ("GetTopicAttributes", "NotFound", "", Fault::NotFound),
        ];
        for (operation, code, message, fault) in cases {
            let found = classify("sns", operation, code, message).map(|(fault, _)| fault);
            assert_eq!(found, Some(fault), "{operation} {code}");
        }
    }
}
