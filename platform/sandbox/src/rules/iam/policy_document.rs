use serde_json::Value;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "malformed-policy-refused",
    about: About::refuses(
        "A role's policy names no principal; its actions have the prefix of a service, its resources are ARNs.",
    ),
    service: "iam",
    operations: &["CreatePolicy", "CreatePolicyVersion", "PutRolePolicy"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let document: Value = serde_json::from_str(form.text("PolicyDocument")).unwrap_or_default();
        Ok(malformed(&document).map(|message| Refused::new("MalformedPolicyDocument", message)))
    })
}

/// None also of what is no document at all, which the emulator refuses by itself.
fn malformed(document: &Value) -> Option<String> {
    many(&document["Statement"])
        .into_iter()
        .find_map(|statement| {
            if !statement["Principal"].is_null() || !statement["NotPrincipal"].is_null() {
                return Some("Policy document should not specify a principal.".to_owned());
            }
            let texts = |name: &str| many(&statement[name]).into_iter().filter_map(Value::as_str);
            let mut actions = texts("Action").chain(texts("NotAction"));
            if actions.any(|action| action != "*" && !action.contains(':')) {
                return Some(
                    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
                        .to_owned(),
                );
            }
            let mut resources = texts("Resource").chain(texts("NotResource"));
            let stray = resources.find(|one| *one != "*" && !one.starts_with("arn:"));
            stray.map(|one| format!("Resource {one} must be in ARN format or \"*\"."))
        })
}

/// One or a list of them.
fn many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::malformed;

    #[test]
    fn documents() {
        for (statement, fits) in [
            (json!({"Action": "s3:*", "Resource": "*"}), true),
            (
                json!([{"Action": ["s3:*", "*"], "Resource": ["arn:aws:s3:::b"]}]),
                true,
            ),
            (json!({"Action": "GetObject", "Resource": "*"}), false),
            (json!({"Action": "s3:*", "Resource": "bucket"}), false),
            (
                json!({"Action": "s3:*", "Resource": "*", "Principal": "*"}),
                false,
            ),
        ] {
            let document = json!({"Version": "2012-10-17", "Statement": statement});
            assert_eq!(malformed(&document).is_none(), fits, "{document}");
        }
    }
}
