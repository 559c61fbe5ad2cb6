use serde_json::Value;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "trust-policy-without-statement-refused",
    about: About::refuses("A trust policy is JSON with at least one statement."),
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
        Ok(fault(text).map(|message| Refused::new("MalformedPolicyDocument", message)))
    })
}

fn fault(text: &str) -> Option<&'static str> {
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return Some("This policy contains invalid Json");
    };
    match &document["Statement"] {
        Value::Array(statements) if !statements.is_empty() => None,
        Value::Object(_) => None,
        _ => Some("Missing required field Statement"),
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn documents() {
        let cases = [
            (r#"{"Version":"2012-10-17","Statement":[{}]}"#, None),
            (r#"{"Statement":{}}"#, None),
            (
                r#"{"Version":"2012-10-17"}"#,
                Some("Missing required field Statement"),
            ),
            (
                r#"{"Statement":[]}"#,
                Some("Missing required field Statement"),
            ),
            ("{", Some("This policy contains invalid Json")),
        ];
        for (text, expected) in cases {
            assert_eq!(fault(text), expected, "{text}");
        }
    }
}
