use hyper::StatusCode;
use serde_json::Value;

use crate::gateway::NoAnswer;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

/// Principals, actions and the external id are looked at, other conditions are not. A role of another account is let
/// through, as it is that account's to say.
pub(crate) static RULE: Refusal = Refusal {
    name: "untrusted-caller-refused",
    about: About::refuses(
        "A role is assumed only by whom its trust policy allows; one that is not there, by nobody.",
    ),
    service: "sts",
    operations: &["AssumeRole"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let role = form.text("RoleArn");
        let caller = Caller::of(turn).await?;
        if role.split(':').nth(4) != Some(caller.account.as_str()) {
            return Ok(None);
        }
        let trust = trust_policy(turn, role).await?;
        let is_trusted = trust.is_some_and(|trust| caller.may(&trust, form.get("ExternalId")));
        Ok((!is_trusted).then(|| {
            let message = format!(
                "User: {} is not authorized to perform: sts:AssumeRole on resource: {role}",
                caller.arn
            );
            Refused::new("AccessDenied", message).with_status(StatusCode::FORBIDDEN)
        }))
    })
}

/// Of the role of that ARN, if there is one.
async fn trust_policy(turn: &Turn<'_>, role: &str) -> Result<Option<Value>, NoAnswer> {
    let name = role.rsplit('/').next().unwrap_or_default();
    let fields = [("RoleName", name)];
    let answer = turn
        .ask_query("iam", "2010-05-08", "GetRole", &fields)
        .await?;
    let document = xml::parse(&answer);
    let text = |name| xml::find(document.root(), name).and_then(|node| node.text());
    if text("Arn") != Some(role) {
        return Ok(None);
    }
    let policy = text("AssumeRolePolicyDocument").unwrap_or_default();
    // IAM answers with policies in URL encoding.
    let decoded = form_urlencoded::parse(policy.as_bytes()).next();
    let decoded = decoded.map(|(text, _)| text.into_owned());
    let parsed = serde_json::from_str(policy).ok();
    Ok(parsed.or_else(|| serde_json::from_str(&decoded?).ok()))
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Caller {
    account: String,
    arn: String,
}

impl Caller {
    async fn of(turn: &Turn<'_>) -> Result<Self, NoAnswer> {
        let answer = turn
            .ask_query("sts", "2011-06-15", "GetCallerIdentity", &[])
            .await?;
        let document = xml::parse(&answer);
        let text = |name| {
            let node = xml::find(document.root(), name);
            node.and_then(|node| node.text())
                .unwrap_or_default()
                .to_owned()
        };
        Ok(Self {
            account: text("Account"),
            arn: text("Arn"),
        })
    }

    /// Whether a trust policy allows this caller: some statement does, and none denies.
    fn may(&self, trust: &Value, external_id: Option<&str>) -> bool {
        let statements = many(&trust["Statement"]);
        let applies = |effect: &str| {
            statements.iter().any(|statement| {
                statement["Effect"] == effect
                    && self.is_meant(&statement["Principal"])
                    && is_assuming(&statement["Action"])
                    && has_external_id(&statement["Condition"], external_id)
            })
        };
        applies("Allow") && !applies("Deny")
    }

    fn is_meant(&self, principal: &Value) -> bool {
        let named = match principal {
            Value::String(_) => many(principal),
            _ => many(&principal["AWS"]),
        };
        named.iter().filter_map(|one| one.as_str()).any(|one| {
            one == "*"
                || one == self.account
                || one == self.arn
                || one == format!("arn:aws:iam::{}:root", self.account)
                || self.role().is_some_and(|role| {
                    one.starts_with(&format!("arn:aws:iam::{}:role/", self.account))
                        && one.ends_with(&format!("/{role}"))
                })
        })
    }

    /// The role behind `arn:aws:sts::<account>:assumed-role/<role>/<session>`.
    fn role(&self) -> Option<&str> {
        self.arn.split(":assumed-role/").nth(1)?.split('/').next()
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

fn is_assuming(action: &Value) -> bool {
    let actions = many(action);
    let covers = |one: &&str| ["*", "sts:*", "sts:assumerole"].contains(one);
    actions
        .iter()
        .filter_map(|one| one.as_str())
        .any(|one| covers(&one.to_lowercase().as_str()))
}

fn has_external_id(condition: &Value, given: Option<&str>) -> bool {
    let wanted = many(&condition["StringEquals"]["sts:ExternalId"]);
    wanted.is_empty() || wanted.iter().any(|one| one.as_str() == given)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Caller;

    fn statement(principal: Value) -> Value {
        json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
    }

    #[test]
    fn principals() {
        let caller = Caller {
            account: "123456789012".to_owned(),
            arn: "arn:aws:sts::123456789012:assumed-role/deploy/run".to_owned(),
        };
        let root = "arn:aws:iam::123456789012:root";
        let cases = [
            (statement(json!("*")), true),
            (statement(json!({"AWS": "123456789012"})), true),
            (statement(json!({"AWS": [root]})), true),
            (
                statement(json!({"AWS": "arn:aws:iam::123456789012:role/ci/deploy"})),
                true,
            ),
            (
                statement(json!({"AWS": "arn:aws:iam::123456789012:role/other"})),
                false,
            ),
            (
                statement(json!({"AWS": "arn:aws:iam::210987654321:root"})),
                false,
            ),
            (
                statement(json!({"Service": "ecs-tasks.amazonaws.com"})),
                false,
            ),
            (
                json!({"Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"}),
                false,
            ),
        ];
        for (statement, expected) in cases {
            let trust = json!({"Statement": [statement]});
            assert_eq!(caller.may(&trust, None), expected, "{trust}");
        }
    }

    #[test]
    fn denials_and_external_ids() {
        let caller = Caller {
            account: "1".to_owned(),
            arn: "arn:aws:iam::1:user/a".to_owned(),
        };
        let deny = json!({"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::1:user/a"}, "Action": "sts:*"});
        let trust = json!({"Statement": [statement(json!("*")), deny]});
        assert!(!caller.may(&trust, None));
        let mut allow = statement(json!("*"));
        allow["Condition"] = json!({"StringEquals": {"sts:ExternalId": "x"}});
        let trust = json!({"Statement": allow});
        assert!(caller.may(&trust, Some("x")));
        assert!(!caller.may(&trust, Some("y")));
        assert!(!caller.may(&trust, None));
    }
}
