use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "secret-names",
    about: About::refuses("A secret's name is of letters, digits and `/_+=.@-!`."),
    service: SERVICE,
    operations: &["CreateSecret"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let name = body["Name"].as_str().unwrap_or_default();
        let fits = name.len() <= 512
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "/_+=.@-!".contains(c));
        Ok((!fits).then(|| {
            Refused::new(
                "ValidationException",
                "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
            )
        }))
    })
}
