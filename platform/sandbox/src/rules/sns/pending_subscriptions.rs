use crate::gateway::{Answer, NoAnswer};
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "unconfirmed-subscriptions-pending",
    about: About::corrects(
        "A subscription has no ARN until it is confirmed, which nobody does for an e-mail address here.",
    ),
    service: "sns",
    operations: &["Subscribe", "ListSubscriptions", "ListSubscriptionsByTopic"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let source = body_text(&answer);
        let arns = unconfirmed(turn, &source).await?;
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        let listed = if turn.call.operation == "Subscribe" {
            "pending confirmation"
        } else {
            "PendingConfirmation"
        };
        for node in document.descendants() {
            let arn = node.text().unwrap_or_default();
            if node.tag_name().name() == "SubscriptionArn" && arns.iter().any(|one| one == arn) {
                edits.set_content(node, listed);
            }
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}

/// The ARNs in an answer that AWS would not show.
async fn unconfirmed(turn: &Turn<'_>, source: &str) -> Result<Vec<String>, NoAnswer> {
    let asked = turn.form().text("Protocol").to_owned();
    let seen: Vec<(String, String)> = {
        let document = xml::parse(source);
        let nodes = document.descendants();
        let arns = nodes.filter(|node| node.tag_name().name() == "SubscriptionArn");
        arns.filter_map(|node| {
            let beside = node.parent().map(|parent| xml::text(parent, "Protocol"));
            let protocol = beside.filter(|text| !text.is_empty()).unwrap_or(&asked);
            Some((node.text()?.to_owned(), protocol.to_owned()))
        })
        .collect()
    };
    let mut found = Vec::new();
    for (arn, protocol) in seen {
        let is_pending = match protocol.as_str() {
            "http" | "https" => is_pending(turn, &arn).await?,
            other => awaits_a_person(other),
        };
        found.extend(is_pending.then_some(arn));
    }
    Ok(found)
}

/// True of protocols whose endpoint is confirmed by somebody who reads.
pub(super) fn awaits_a_person(protocol: &str) -> bool {
    matches!(protocol, "email" | "email-json")
}

pub(super) async fn is_pending(turn: &Turn<'_>, arn: &str) -> Result<bool, NoAnswer> {
    let fields = [("SubscriptionArn", arn)];
    let answer = turn
        .ask_query("sns", "2010-03-31", "GetSubscriptionAttributes", &fields)
        .await?;
    let document = xml::parse(&answer);
    let entries = xml::items(document.root(), "Attributes");
    Ok(entries.into_iter().any(|entry| {
        let value = xml::text(entry, "value");
        match xml::text(entry, "key") {
            "PendingConfirmation" => value == "true",
            "Protocol" => awaits_a_person(value),
            _ => false,
        }
    }))
}
