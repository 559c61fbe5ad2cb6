use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "one-route-table-per-subnet",
    about: About::refuses(
        "A subnet is associated with at most one route table, and only an association that exists can end.",
    ),
    service: "ec2",
    operations: &["AssociateRouteTable", "DisassociateRouteTable"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let found =
            |answer: &str, list: &str| !xml::items(xml::parse(answer).root(), list).is_empty();
        let tables_where = async |name: &str, value: &str| {
            let filter = [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
            turn.ec2("DescribeRouteTables", &filter).await
        };
        if let Some(association) = form.get("AssociationId") {
            const FILTER: &str = "association.route-table-association-id";
            let known = found(&tables_where(FILTER, association).await?, "routeTableSet");
            return Ok((!known).then(|| {
                Refused::new(
                    "InvalidAssociationID.NotFound",
                    format!("The association ID '{association}' does not exist"),
                )
            }));
        }
        let Some(subnet) = form.get("SubnetId") else {
            return Ok(None);
        };
        let answer = turn
            .ec2("DescribeSubnets", &[("SubnetId.1", subnet)])
            .await?;
        if !found(&answer, "subnetSet") {
            return Ok(Some(Refused::new(
                "InvalidSubnetID.NotFound",
                format!("The subnet ID '{subnet}' does not exist"),
            )));
        }
        let taken = found(
            &tables_where("association.subnet-id", subnet).await?,
            "routeTableSet",
        );
        let table = form.text("RouteTableId");
        Ok(taken.then(|| {
            Refused::new(
                "Resource.AlreadyAssociated",
                format!(
                    "the specified association for route table {table} conflicts with an existing association"
                ),
            )
        }))
    })
}
