use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "subnet-size",
    about: About::refuses("A subnet's range is between /16 and /28."),
    service: "ec2",
    operations: &["CreateSubnet"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let range = form.text("CidrBlock");
        let size = range
            .rsplit_once('/')
            .and_then(|(_, size)| size.parse::<u8>().ok());
        let fits = size.is_none_or(|size| (16..=28).contains(&size));
        Ok((!fits).then(|| {
            Refused::new(
                "InvalidSubnet.Range",
                format!("The CIDR '{range}' is invalid."),
            )
        }))
    })
}
