use super::{SERVICE, offers};
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unknown-parameter-group-family-refused",
    about: About::refuses(
        "A parameter group belongs to a family of engine and major version that RDS offers.",
    ),
    service: SERVICE,
    operations: &["CreateDBParameterGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let family = form.text("DBParameterGroupFamily");
        Ok((!offers::is_family(family)).then(|| {
            Refused::new(
                "InvalidParameterValue",
                format!("ParameterGroupFamily {family} is not a valid parameter group family"),
            )
        }))
    })
}
