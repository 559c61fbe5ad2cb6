//! Whether a role's policies allow a call.

use serde_json::Value;

/// What a call is, to a policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// As in `rds:StopDBInstance`.
    pub(super) action: &'a str,
    /// The ARN of what it acts on; `None` where the input does not tell.
    pub(super) resource: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    /// By no statement, or by one that denies.
    Denied {
        explicitly: bool,
    },
}

/// What policies say of a call: one statement has to allow it, none may deny it.
///
/// Conditions are not evaluated: a statement that allows is taken to apply, one that denies not to. Where the resource
/// is not known, a statement that allows any resource counts, and one that denies counts only for all.
pub(super) fn decide(policies: &[Value], asked: Asked<'_>) -> Verdict {
    let statements: Vec<&Value> = policies
        .iter()
        .flat_map(|policy| many(&policy["Statement"]))
        .collect();
    let applies = |effect: &str| {
        statements.iter().any(|statement| {
            statement["Effect"] == effect
                && (effect == "Allow" || statement["Condition"].is_null())
                && is_action(statement, asked.action)
                && is_resource(statement, asked.resource, effect)
        })
    };
    if applies("Deny") {
        Verdict::Denied { explicitly: true }
    } else if applies("Allow") {
        Verdict::Allowed
    } else {
        Verdict::Denied { explicitly: false }
    }
}

/// Whether a trust policy lets the scheduler assume the role for a schedule of this group; of its conditions those on
/// the source's ARN and account are evaluated, others taken to be met.
pub(super) fn trusts_scheduler(policy: &Value, group: &str, account: &str) -> bool {
    many(&policy["Statement"]).into_iter().any(|statement| {
        statement["Effect"] == "Allow"
            && texts(&statement["Principal"]["Service"]).any(|one| one == "scheduler.amazonaws.com")
            && is_action(statement, "sts:AssumeRole")
            && is_source(&statement["Condition"], group, account)
    })
}

fn is_source(condition: &Value, group: &str, account: &str) -> bool {
    let tests = condition.as_object().into_iter().flatten();
    tests
        .flat_map(|(_, keys)| keys.as_object().into_iter().flatten())
        .all(|(key, wanted)| {
            let seen = match key.to_ascii_lowercase().as_str() {
                "aws:sourcearn" => group,
                "aws:sourceaccount" => account,
                _ => return true,
            };
            texts(wanted).any(|wanted| matches(wanted, seen))
        })
}

fn is_action(statement: &Value, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let is = |name: &str| {
        texts(&statement[name]).any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
    };
    match &statement["NotAction"] {
        Value::Null => is("Action"),
        _ => !is("NotAction"),
    }
}

fn is_resource(statement: &Value, resource: Option<&str>, effect: &str) -> bool {
    let is = |name: &str| match resource {
        Some(resource) => texts(&statement[name]).any(|pattern| matches(pattern, resource)),
        None => effect == "Allow" || texts(&statement[name]).any(|pattern| pattern == "*"),
    };
    match &statement["NotResource"] {
        Value::Null => is("Resource"),
        _ => resource.is_some() && !is("NotResource"),
    }
}

/// One value stands for a list of it.
fn many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    many(value).into_iter().filter_map(Value::as_str)
}

/// `*` stands for any text, `?` for one letter.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Asked, Verdict, decide, matches, trusts_scheduler};

    const DB: &str = "arn:aws:rds:ca-central-1:123456789012:db:main";

    fn policy(statements: Value) -> Value {
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    #[test]
    fn wildcards() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("rds:*DB*", "rds:StopDBInstance", true),
            ("rds:St?pDBInstance", "rds:StopDBInstance", true),
            ("rds:Start*", "rds:StopDBInstance", false),
            ("arn:aws:rds:*:*:db:ma*", DB, true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b", "abc", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn one_statement_allows_and_none_denies() {
        let stop = |resource| Asked {
            action: "rds:StopDBInstance",
            resource,
        };
        let allow = json!({"Effect": "Allow", "Action": ["rds:stop*"], "Resource": [DB]});
        let deny = json!({"Effect": "Deny", "NotAction": "rds:StartDBInstance", "Resource": "*"});
        let other =
            json!({"Effect": "Allow", "Action": "*", "Resource": "arn:aws:rds:*:*:db:other"});
        let narrowed = json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}});
        let implicit = Verdict::Denied { explicitly: false };
        let explicit = Verdict::Denied { explicitly: true };
        let cases = [
            (
                vec![policy(json!([allow]))],
                stop(Some(DB)),
                Verdict::Allowed,
            ),
            (
                vec![policy(allow.clone())],
                stop(Some(DB)),
                Verdict::Allowed,
            ),
            (
                vec![policy(json!([allow])), policy(deny.clone())],
                stop(Some(DB)),
                explicit,
            ),
            (
                vec![policy(json!([allow, narrowed]))],
                stop(Some(DB)),
                Verdict::Allowed,
            ),
            (vec![policy(other.clone())], stop(Some(DB)), implicit),
            (vec![policy(other)], stop(None), Verdict::Allowed),
            (
                vec![policy(allow)],
                Asked {
                    action: "rds:DeleteDBInstance",
                    resource: Some(DB),
                },
                implicit,
            ),
            (vec![], stop(Some(DB)), implicit),
        ];
        for (policies, asked, expected) in cases {
            assert_eq!(decide(&policies, asked), expected, "{policies:?} {asked:?}");
        }
    }

    #[test]
    fn trust_may_be_for_one_group_only() {
        let group = "arn:aws:scheduler:ca-central-1:1:schedule-group/main";
        let trust = |condition: Value| {
            let mut statement = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.amazonaws.com", "scheduler.amazonaws.com"]}});
            statement["Condition"] = condition;
            policy(json!([statement]))
        };
        for (condition, trusted) in [
            (Value::Null, true),
            (json!({"ArnEquals": {"aws:SourceArn": [group]}}), true),
            (
                json!({"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:1:schedule-group/*"}}),
                true,
            ),
            (
                json!({"ArnEquals": {"aws:SourceArn": "arn:aws:scheduler:ca-central-1:1:schedule-group/other"}}),
                false,
            ),
            (json!({"StringEquals": {"aws:SourceAccount": "2"}}), false),
        ] {
            assert_eq!(
                trusts_scheduler(&trust(condition.clone()), group, "1"),
                trusted,
                "{condition}"
            );
        }
        let other = policy(
            json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs.amazonaws.com"}}]),
        );
        assert!(!trusts_scheduler(&other, group, "1"));
    }
}
