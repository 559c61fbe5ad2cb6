use super::{SERVICE, instances};
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

/// Callers take the refusal for success (row 59 of AWS's behaviours).
pub(crate) static RULE: Refusal = Refusal {
    name: "database-stopped-once",
    about: About::refuses("Only an available instance is stopped, and only a stopped one started."),
    service: SERVICE,
    operations: &["StartDBInstance", "StopDBInstance"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let id = form.text("DBInstanceIdentifier");
        let Some(instance) = instances::one(turn, id).await? else {
            return Ok(None);
        };
        let wanted = if turn.call.operation == "StopDBInstance" {
            "available"
        } else {
            "stopped"
        };
        Ok((instance.status != wanted).then(|| {
            Refused::new(
                "InvalidDBInstanceState",
                format!("Instance {id} is not in {wanted} state."),
            )
        }))
    })
}
