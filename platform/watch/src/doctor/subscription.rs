use super::Finding;
use crate::path::Subscriber;

/// Whether everybody who is to be told of alarms has confirmed it: one finding for each who has not.
#[must_use]
pub fn subscriptions(all: &[Subscriber]) -> Vec<Finding> {
    let pending = all.iter().filter(|one| !one.confirmed);
    let found: Vec<Finding> = pending
        .map(|one| {
            Finding::wrong(
                "subscriptions",
                format!(
                    "{} has not followed the link in AWS's e-mail, and is told of no alarm",
                    one.endpoint
                ),
                one.asked_again(),
            )
        })
        .collect();
    match found.is_empty() {
        true => vec![Finding::well(
            "subscriptions",
            format!("{} are confirmed", all.len()),
        )],
        false => found,
    }
}

#[cfg(test)]
mod tests {
    use super::subscriptions;
    use crate::{doctor::Verdict, path::Subscriber};

    #[test]
    fn each_that_waits_is_named() {
        let one = |endpoint: &str, confirmed| Subscriber {
            topic: "arn:t".to_owned(),
            protocol: "email".to_owned(),
            endpoint: endpoint.to_owned(),
            confirmed,
        };
        assert_eq!(
            subscriptions(&[one("a@b.example", true)])[0].verdict,
            Verdict::Well
        );
        let found = subscriptions(&[one("a@b.example", true), one("c@b.example", false)]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].said.starts_with("c@b.example has not"),
            "{found:?}"
        );
    }
}
