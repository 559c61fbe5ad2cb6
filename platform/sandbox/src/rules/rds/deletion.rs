use super::{SERVICE, instances};
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-deletion-with-care",
    about: About::refuses(
        "A protected instance is not deleted, and no other without saying what becomes of its data: a final \
         snapshot of a name that is free, or none in so many words.",
    ),
    service: SERVICE,
    operations: &["DeleteDBInstance"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let Some(instance) = instances::one(turn, form.text("DBInstanceIdentifier")).await? else {
            return Ok(None);
        };
        if instance.is_protected {
            return Ok(Some(Refused::new(
                "InvalidParameterCombination",
                "Cannot delete protected DB Instance, please disable deletion protection and try again.",
            )));
        }
        let skips = form.text("SkipFinalSnapshot") == "true";
        let refused = match (skips, form.get("FinalDBSnapshotIdentifier")) {
            (true, None) => None,
            (true, Some(_)) => Some(Refused::new(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is specified.",
            )),
            (false, None) => Some(Refused::new(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
            )),
            (false, Some(name)) => {
                let answer = turn.rds("DescribeDBSnapshots", &[]).await?;
                let document = xml::parse(&answer);
                let snapshots = xml::items(document.root(), "DBSnapshots");
                let is_it = |node: &roxmltree::Node<'_, '_>| {
                    xml::text(*node, "DBSnapshotIdentifier") == name
                };
                snapshots.iter().any(is_it).then(|| {
                    Refused::new(
                        "DBSnapshotAlreadyExists",
                        format!("Cannot create the snapshot because a snapshot with the identifier {name} already exists."),
                    )
                })
            }
        };
        Ok(refused)
    })
}
