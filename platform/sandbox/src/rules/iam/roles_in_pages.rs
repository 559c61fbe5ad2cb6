use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "roles-in-pages",
    about: About::corrects(
        "Roles are listed in pages of at most 100, or of what the caller asks for.",
    ),
    service: "iam",
    operations: &["ListRoles"],
    amend,
};

/// `MaxItems` of `ListRoles` when it is not given.
const DEFAULT_SIZE: usize = 100;

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let form = turn.form();
        let number = |name: &str| form.get(name).and_then(|text| text.parse().ok());
        // The marker is opaque to callers: here it is how many roles the pages before it held.
        let from = number("Marker").unwrap_or(0);
        let to = from + number("MaxItems").unwrap_or(DEFAULT_SIZE).clamp(1, 1000);
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let roles = xml::items(document.root(), "Roles");
        let mut edits = Edits::default();
        for (index, role) in roles.iter().enumerate() {
            if !(from..to).contains(&index) {
                edits.remove(*role);
            }
        }
        if to < roles.len()
            && let Some(result) = xml::find(document.root(), "ListRolesResult")
        {
            if let Some(truncated) = xml::child(result, "IsTruncated") {
                edits.set_content(truncated, "true");
            }
            edits.append(&source, result, &format!("<Marker>{to}</Marker>"));
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
