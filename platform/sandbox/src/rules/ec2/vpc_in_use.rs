use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "vpc-in-use-refused",
    about: About::refuses(
        "A VPC with route tables of its own making or with endpoints is not deleted.",
    ),
    service: "ec2",
    operations: &["DeleteVpc"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let vpc = form.text("VpcId");
        let answer = turn.ec2("DescribeRouteTables", &[]).await?;
        let tables = xml::parse(&answer);
        let own_table = xml::items(tables.root(), "routeTableSet")
            .iter()
            .any(|table| {
                let main = xml::items(*table, "associationSet")
                    .iter()
                    .any(|association| xml::text(*association, "main") == "true");
                xml::text(*table, "vpcId") == vpc && !main
            });
        let answer = turn.ec2("DescribeVpcEndpoints", &[]).await?;
        let endpoint = xml::items(xml::parse(&answer).root(), "vpcEndpointSet")
            .iter()
            .any(|endpoint| xml::text(*endpoint, "vpcId") == vpc);
        Ok((own_table || endpoint).then(|| {
            Refused::new(
                "DependencyViolation",
                format!("The vpc '{vpc}' has dependencies and cannot be deleted."),
            )
        }))
    })
}
