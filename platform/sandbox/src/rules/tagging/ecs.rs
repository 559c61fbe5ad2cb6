use serde_json::{Value, json};

use super::{Listed, of_the_emulator};
use crate::gateway::NoAnswer;
use crate::rules::turn::{Turn, array};

/// What the emulator answers, without the services it remembers the tags of after they are gone.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let ecs = json!({"ResourceTypeFilters": ["ecs"]});
        let mut found = Vec::new();
        for object in of_the_emulator(turn, &ecs).await? {
            if !object.arn.contains(":service/") || is_active(turn, &object.arn).await? {
                found.push(object);
            }
        }
        Ok(found)
    })
}

/// The cluster is in the service's ARN, `…:service/<cluster>/<service>`.
async fn is_active(turn: &Turn<'_>, arn: &str) -> Result<bool, NoAnswer> {
    let cluster = arn.split('/').nth(1).unwrap_or_default();
    let asked = json!({"cluster": cluster, "services": [arn]});
    let answer = turn.ecs("DescribeServices", &asked).await?;
    let is_active = |service: &Value| service["status"] == "ACTIVE";
    Ok(array(&answer["services"]).iter().any(is_active))
}
