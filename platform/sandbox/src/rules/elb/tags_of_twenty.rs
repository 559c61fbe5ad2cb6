use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "tags-of-at-most-twenty",
    about: About::refuses("`DescribeTags` takes at most 20 resources."),
    service: SERVICE,
    operations: &["DescribeTags"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let asked = form.list("ResourceArns").len();
        Ok((asked > 20).then(|| {
            Refused::new(
                "ValidationError",
                format!("Cannot have more than 20 resources described, {asked} are given"),
            )
        }))
    })
}
