use crate::rules::form::Form;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unfit-tags-refused",
    about: About::refuses("A call has at most 50 tags, and none that begins as those of AWS do."),
    service: "ec2",
    operations: &[
        "CreateInternetGateway",
        "CreateNatGateway",
        "CreateRouteTable",
        "CreateSecurityGroup",
        "CreateSubnet",
        "CreateTags",
        "CreateVpc",
        "CreateVpcEndpoint",
    ],
    check,
};

const MOST: usize = 50;

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move { Ok(unfit(&turn.form())) })
}

fn unfit(form: &Form) -> Option<Refused> {
    let mut tags = form.structures("Tag");
    for specified in form.structures("TagSpecification") {
        tags.extend(specified.structures("Tag"));
    }
    if tags.len() > MOST {
        return Some(Refused::new(
            "TagLimitExceeded",
            "The maximum number of Tags for a resource has been reached.",
        ));
    }
    let is_of_aws = |tag: &Form| tag.text("Key").to_ascii_lowercase().starts_with("aws:");
    tags.iter().any(is_of_aws).then(|| {
        Refused::new(
            "InvalidParameterValue",
            "Tag keys starting with 'aws:' are reserved for internal use",
        )
    })
}
