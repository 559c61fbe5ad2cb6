use super::{SERVICE, instances};
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-group-in-use-refused",
    about: About::refuses("A subnet or parameter group that an instance uses is not deleted."),
    service: SERVICE,
    operations: &["DeleteDBParameterGroup", "DeleteDBSubnetGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let instances = instances::all(turn).await?;
        let subnets = form.get("DBSubnetGroupName");
        let parameters = form.get("DBParameterGroupName");
        let user = instances.iter().find(|instance| {
            subnets == Some(&instance.subnet_group) || parameters == Some(&instance.parameter_group)
        });
        Ok(user.map(|user| match subnets {
            Some(name) => Refused::new(
                "InvalidDBSubnetGroupStateFault",
                format!(
                    "Cannot delete the subnet group '{name}' because at least one database instance: {} is still using it.",
                    user.id
                ),
            ),
            None => Refused::new(
                "InvalidDBParameterGroupState",
                "One or more database instances are still members of this parameter group, so the group cannot be deleted",
            ),
        }))
    })
}
