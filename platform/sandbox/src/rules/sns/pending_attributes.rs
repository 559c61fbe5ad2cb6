use super::pending_subscriptions::awaits_a_person;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "unconfirmed-subscription-described",
    about: About::corrects(
        "The attributes of an e-mail subscription say that it waits for confirmation, which nobody gives here.",
    ),
    service: "sns",
    operations: &["GetSubscriptionAttributes"],
    amend,
};

fn amend<'a>(_: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let entries = xml::items(document.root(), "Attributes");
        let is_mail = entries.iter().any(|entry| {
            xml::text(*entry, "key") == "Protocol" && awaits_a_person(xml::text(*entry, "value"))
        });
        let mut edits = Edits::default();
        for entry in entries.iter().filter(|_| is_mail) {
            let told = match xml::text(*entry, "key") {
                "PendingConfirmation" => "true",
                "ConfirmationWasAuthenticated" => "false",
                _ => continue,
            };
            if let Some(value) = xml::child(*entry, "value") {
                edits.set_content(value, told);
            }
        }
        Ok(answer.with_body(edits.apply(&source)))
    })
}
