use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-references-checked",
    about: About::refuses(
        "An instance is made in a subnet group and with security groups that are there, and with a password of \
         which exactly one side takes care.",
    ),
    service: SERVICE,
    operations: &["CreateDBInstance", "ModifyDBInstance"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        for group in form.list("VpcSecurityGroupIds") {
            let fields = [("GroupId.1", group)];
            let answer = turn.ec2("DescribeSecurityGroups", &fields).await?;
            if xml::items(xml::parse(&answer).root(), "securityGroupInfo").is_empty() {
                return Ok(Some(Refused::new(
                    "InvalidParameterValue",
                    format!("Invalid security group , groupId= {group}, groupName=."),
                )));
            }
        }
        if let Some(name) = form.get("DBSubnetGroupName") {
            let fields = [("DBSubnetGroupName", name)];
            let answer = turn.rds("DescribeDBSubnetGroups", &fields).await?;
            if xml::items(xml::parse(&answer).root(), "DBSubnetGroups").is_empty() {
                return Ok(Some(Refused::new(
                    "DBSubnetGroupNotFoundFault",
                    format!("DB subnet group '{name}' does not exist."),
                )));
            }
        }
        let managed = form.text("ManageMasterUserPassword") == "true";
        let given = form.get("MasterUserPassword").is_some();
        let is_new = turn.call.operation == "CreateDBInstance";
        Ok(match (managed, given) {
            (true, true) => Some(Refused::new(
                "InvalidParameterCombination",
                "You can't specify MasterUserPassword when you specify ManageMasterUserPassword.",
            )),
            (false, false) if is_new => Some(Refused::new(
                "InvalidParameterValue",
                "The parameter MasterUserPassword must be provided and must not be blank.",
            )),
            _ => None,
        })
    })
}
