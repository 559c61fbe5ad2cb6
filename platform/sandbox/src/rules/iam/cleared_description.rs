use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

/// Stands for an empty description inside the emulator, whose form parser drops empty fields.
const CLEARED: &str = "\t";

pub(crate) static RULE: ClearedDescription = ClearedDescription;

pub(crate) struct ClearedDescription;

impl Rule for ClearedDescription {
    fn name(&self) -> &'static str {
        "role-description-cleared"
    }

    fn about(&self) -> About {
        About::corrects("Updating a role with an empty description clears the one it had.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            "iam",
            &[
                "UpdateRole",
                "GetRole",
                "ListRoles",
                "UpdateRoleDescription",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let form = turn.form();
            let answer = if form.get("Description") == Some("") {
                let marked = form.with("Description", CLEARED).encode();
                turn.pass_with(turn.request.clone().with_body(marked))
                    .await?
            } else {
                turn.pass().await?
            };
            Ok(without_marks(answer))
        })
    }
}

fn without_marks(answer: Answer) -> Answer {
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for node in document.descendants() {
        if node.tag_name().name() == "Description" && node.text() == Some(CLEARED) {
            edits.set_content(node, "");
        }
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}
