use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-subnet-group-exists-refused",
    about: About::refuses(
        "A second subnet group of one name is refused; the emulator would put it in place of the first.",
    ),
    service: SERVICE,
    operations: &["CreateDBSubnetGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let name = form.text("DBSubnetGroupName");
        let answer = turn.rds("DescribeDBSubnetGroups", &[]).await?;
        let document = xml::parse(&answer);
        let groups = xml::items(document.root(), "DBSubnetGroups");
        let exists = groups
            .iter()
            .any(|group| xml::text(*group, "DBSubnetGroupName") == name);
        Ok(exists.then(|| {
            Refused::new(
                "DBSubnetGroupAlreadyExists",
                format!("The DB subnet group '{name}' already exists."),
            )
        }))
    })
}
