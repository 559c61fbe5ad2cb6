use serde_json::Value;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Refusal = Refusal {
    name: "malformed-lifecycle-policy-refused",
    about: About::refuses(
        "A lifecycle policy is JSON with at least one rule, and no two rules have one priority.",
    ),
    service: "ecr",
    operations: &["PutLifecyclePolicy"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let body = turn.json();
        let text = body["lifecyclePolicyText"].as_str().unwrap_or_default();
        Ok((!is_policy(text)).then(|| {
            Refused::new(
                "InvalidParameterException",
                "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure'",
            )
        }))
    })
}

fn is_policy(text: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return false;
    };
    let rules = array(&document["rules"]);
    let mut priorities: Vec<u64> = rules
        .iter()
        .filter_map(|rule| rule["rulePriority"].as_u64().filter(|p| *p > 0))
        .collect();
    priorities.sort_unstable();
    priorities.dedup();
    let complete = |rule: &Value| rule["selection"].is_object() && rule["action"].is_object();
    !rules.is_empty() && priorities.len() == rules.len() && rules.iter().all(complete)
}

#[cfg(test)]
mod tests {
    use super::is_policy;

    #[test]
    fn policies() {
        let one = r#"{"rulePriority":1,"selection":{},"action":{}}"#;
        let cases = [
            (format!(r#"{{"rules":[{one}]}}"#), true),
            (format!(r#"{{"rules":[{one},{one}]}}"#), false),
            (r#"{"rules":[]}"#.to_owned(), false),
            (r#"{"rules":"x"}"#.to_owned(), false),
            ("{".to_owned(), false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_policy(&text), expected, "{text}");
        }
    }
}
