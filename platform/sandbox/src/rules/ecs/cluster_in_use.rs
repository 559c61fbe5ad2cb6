use serde_json::json;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "cluster-in-use-refused",
    about: About::refuses("A cluster with services or tasks is not deleted."),
    service: "ecs",
    operations: &["DeleteCluster"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let asked = json!({"cluster": body["cluster"]});
        let services = turn.ecs("ListServices", &asked).await?;
        if !array(&services["serviceArns"]).is_empty() {
            return Ok(Some(Refused::new(
                "ClusterContainsServicesException",
                "The Cluster cannot be deleted while Services are active.",
            )));
        }
        let tasks = turn.ecs("ListTasks", &asked).await?;
        Ok((!array(&tasks["taskArns"]).is_empty()).then(|| {
            Refused::new(
                "ClusterContainsTasksException",
                "The Cluster cannot be deleted while Tasks are active.",
            )
        }))
    })
}
