use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "subscription-arn-on-request",
    about: About::corrects(
        "Who asks for it by ReturnSubscriptionArn is told a subscription's ARN also while it waits for confirmation.",
    ),
    service: "sns",
    operations: &["Subscribe"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let form = turn.form();
        if form.text("ReturnSubscriptionArn") != "true" {
            return Ok(answer);
        }
        let topic = [("TopicArn", form.text("TopicArn"))];
        let listed = turn
            .ask_query("sns", "2010-03-31", "ListSubscriptionsByTopic", &topic)
            .await?;
        let listed = xml::parse(&listed);
        let is_it = |one: &xml::Node<'_, '_>| {
            ["Protocol", "Endpoint"]
                .iter()
                .all(|name| xml::text(*one, name) == form.text(name))
        };
        let all = xml::items(listed.root(), "Subscriptions");
        let Some(found) = all.into_iter().find(is_it) else {
            return Ok(answer);
        };
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        if let Some(node) = xml::find(document.root(), "SubscriptionArn") {
            edits.set_content(node, xml::text(found, "SubscriptionArn"));
        }
        Ok(answer.with_body(edits.apply(&source)))
    })
}
