use serde_json::Value;

use crate::gateway::NoAnswer;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

/// Those of other accounts are not known here (row 2 of AWS's behaviours).
pub(crate) static RULE: Refusal = Refusal {
    name: "missing-principal-refused",
    about: About::refuses(
        "A trust policy names roles and users of the account only if they are there.",
    ),
    service: "iam",
    operations: &["CreateRole", "UpdateAssumeRolePolicy"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let text = form
            .get("AssumeRolePolicyDocument")
            .unwrap_or_else(|| form.text("PolicyDocument"));
        let named = principals(&serde_json::from_str(text).unwrap_or_default());
        if named.is_empty() {
            return Ok(None);
        }
        let lead = format!("arn:aws:iam::{}:", turn.account().await?);
        for arn in named {
            let Some(entity) = arn.strip_prefix(&lead) else {
                continue;
            };
            if !is_there(turn, &arn, entity).await? {
                let message = format!("Invalid principal in policy: \"AWS\":\"{arn}\"");
                return Ok(Some(Refused::new("MalformedPolicyDocument", message)));
            }
        }
        Ok(None)
    })
}

/// The AWS principals of all statements, which are one or a list in each place.
fn principals(policy: &Value) -> Vec<String> {
    let many = |value: &Value| match value {
        Value::Array(values) => values.clone(),
        one => vec![one.clone()],
    };
    let statements = many(&policy["Statement"]);
    let named = statements
        .iter()
        .flat_map(|statement| many(&statement["Principal"]["AWS"]));
    named
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

/// Whether the account has the role or user that an ARN ends with; of other kinds nothing is known.
async fn is_there(turn: &Turn<'_>, arn: &str, entity: &str) -> Result<bool, NoAnswer> {
    let (action, field) = match entity.split('/').next() {
        Some("role") => ("GetRole", "RoleName"),
        Some("user") => ("GetUser", "UserName"),
        _ => return Ok(true),
    };
    let name = entity.rsplit('/').next().unwrap_or_default();
    let fields = [(field, name)];
    let answer = turn.ask_query("iam", "2010-05-08", action, &fields).await?;
    let document = xml::parse(&answer);
    Ok(xml::find(document.root(), "Arn").and_then(|node| node.text()) == Some(arn))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::principals;

    #[test]
    fn named_in_any_spelling() {
        let policy = json!({"Statement": [
            {"Principal": "*"},
            {"Principal": {"Service": "ecs-tasks.amazonaws.com"}},
            {"Principal": {"AWS": "a"}},
            {"Principal": {"AWS": ["b", "c"]}},
        ]});
        assert_eq!(principals(&policy), ["a", "b", "c"]);
        let policy = json!({"Statement": {"Principal": {"AWS": "a"}}});
        assert_eq!(principals(&policy), ["a"]);
    }
}
