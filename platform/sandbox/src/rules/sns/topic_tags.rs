use std::collections::BTreeMap;

use crate::gateway::NoAnswer;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "topic-with-other-tags-refused",
    about: About::refuses(
        "Creating a topic again answers with the one that is there, unless the call has tags that it has not.",
    ),
    service: "sns",
    operations: &["CreateTopic"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let wanted = form.structures("Tags");
        if wanted.is_empty() {
            return Ok(None);
        }
        let Some(tags) = tags(turn, form.text("Name")).await? else {
            return Ok(None);
        };
        let differs = wanted
            .iter()
            .any(|tag| tags.get(tag.text("Key")).map(String::as_str) != tag.get("Value"));
        Ok(differs.then(|| {
            Refused::new(
                "InvalidParameter",
                "Invalid parameter: Tags Reason: Topic already exists with different tags",
            )
        }))
    })
}

/// The tags of the topic of this name, when there is one.
async fn tags(turn: &Turn<'_>, name: &str) -> Result<Option<BTreeMap<String, String>>, NoAnswer> {
    let arn = format!(
        "arn:aws:sns:{}:{}:{name}",
        turn.region(),
        turn.account().await?
    );
    let fields = [("ResourceArn", arn.as_str())];
    let answer = turn
        .ask_query("sns", "2010-03-31", "ListTagsForResource", &fields)
        .await?;
    let document = xml::parse(&answer);
    Ok(xml::find(document.root(), "Tags").map(|_| {
        xml::items(document.root(), "Tags")
            .into_iter()
            .map(|tag| {
                (
                    xml::text(tag, "Key").to_owned(),
                    xml::text(tag, "Value").to_owned(),
                )
            })
            .collect()
    }))
}
