use serde_json::Value;

use crate::gateway::NoAnswer;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};
use crate::rules::xml;

/// Row 3 of AWS's behaviours.
pub(crate) static RULE: Refusal = Refusal {
    name: "schedule-role-without-trust-refused",
    about: About::refuses("A schedule's role is there and trusts the scheduler."),
    service: "scheduler",
    operations: &["CreateSchedule", "UpdateSchedule"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let role = body["Target"]["RoleArn"].as_str().unwrap_or_default();
        let Some((_, name)) = role.split_once(":role/") else {
            return Ok(None);
        };
        // A path comes before the name.
        let name = name.rsplit('/').next().unwrap_or(name);
        Ok((!trusts(&trust(turn, name).await?)).then(|| {
            Refused::new(
                "ValidationException",
                "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
            )
        }))
    })
}

/// The trust policy of a role; null when there is none of this name.
async fn trust(turn: &Turn<'_>, name: &str) -> Result<Value, NoAnswer> {
    let fields = [("RoleName", name)];
    let answer = turn
        .ask_query("iam", "2010-05-08", "GetRole", &fields)
        .await?;
    let document = xml::parse(&answer);
    let policy = xml::find(document.root(), "AssumeRolePolicyDocument");
    let text = policy.and_then(|node| node.text()).unwrap_or_default();
    let decoded = form_urlencoded::parse(format!("policy={text}").as_bytes())
        .next()
        .map(|(_, policy)| policy.into_owned())
        .unwrap_or_default();
    // IAM encodes it; not every emulator does.
    Ok(serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&decoded))
        .unwrap_or_default())
}

fn trusts(policy: &Value) -> bool {
    const SCHEDULER: &str = "scheduler.amazonaws.com";
    let one = std::slice::from_ref(&policy["Statement"]);
    let statements = policy["Statement"].as_array().map_or(one, Vec::as_slice);
    statements.iter().any(|statement| {
        let services = &statement["Principal"]["Service"];
        statement["Effect"] == "Allow"
            && (services == SCHEDULER || array(services).iter().any(|one| one == SCHEDULER))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::trusts;

    #[test]
    fn trust_is_in_a_statement_that_allows() {
        let policy = |effect: &str, services: Value| json!({"Statement": [{"Effect": effect, "Principal": {"Service": services}}]});
        let scheduler = "scheduler.amazonaws.com";
        assert!(trusts(&policy("Allow", json!(scheduler))));
        assert!(trusts(&policy(
            "Allow",
            json!(["ecs.amazonaws.com", scheduler])
        )));
        assert!(!trusts(&policy("Deny", json!(scheduler))));
        assert!(!trusts(&policy("Allow", json!("ecs.amazonaws.com"))));
        assert!(!trusts(&Value::Null));
    }
}
