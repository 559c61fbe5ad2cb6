use serde_json::json;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "inactive-service-not-updated",
    about: About::refuses("A service that was deleted is described for a while, but not updated."),
    service: "ecs",
    operations: &["UpdateService"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let cluster = body["cluster"].as_str().unwrap_or("default");
        let asked = json!({"cluster": cluster, "services": [body["service"]]});
        let described = turn.ecs("DescribeServices", &asked).await?;
        let ended = array(&described["services"])
            .iter()
            .any(|service| service["status"] != "ACTIVE");
        Ok(ended.then(|| Refused::new("ServiceNotActiveException", "Service was not ACTIVE.")))
    })
}
