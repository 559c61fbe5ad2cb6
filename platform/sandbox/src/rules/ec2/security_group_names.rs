use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "security-group-names",
    about: About::refuses(
        "A security group's name does not begin as its ids do; name and description are of 255 characters of the \
         alphabet that EC2 documents.",
    ),
    service: "ec2",
    operations: &["CreateSecurityGroup"],
    check,
};

const MARKS: &str = " ._-:/()#,@[]+=&;{}!$*";
const VALUE: &str = "InvalidParameterValue";

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let name = form.text("GroupName");
        if name.starts_with("sg-") {
            let message = format!(
                "Invalid value '{name}' for groupName. Group names may not be in the format sg-*"
            );
            return Ok(Some(Refused::new(VALUE, message)));
        }
        let fits = |text: &str| {
            text.len() <= 255
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || MARKS.contains(c))
        };
        let fields = [
            ("groupName", name),
            ("GroupDescription", form.text("GroupDescription")),
        ];
        let unfit = fields.into_iter().find(|(_, text)| !fits(text));
        Ok(unfit.map(|(field, text)| {
            Refused::new(
                VALUE,
                format!("Value ({text}) for parameter {field} is invalid. Character sets beyond ASCII are not supported."),
            )
        }))
    })
}
