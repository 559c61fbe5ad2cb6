use serde_json::Value;

use super::SERVICE;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;

/// No other secret can have such a name.
pub(crate) static RULE: Amendment = Amendment {
    name: "managed-secrets-name-their-service",
    about: About::corrects(
        "A secret that another service manages names it: `rds!...` belongs to `rds`.",
    ),
    service: SERVICE,
    operations: &["DescribeSecret", "ListSecrets"],
    amend,
};

fn amend<'a>(_turn: &'a crate::rules::turn::Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        name_owner(&mut body);
        if let Some(listed) = body["SecretList"].as_array_mut() {
            listed.iter_mut().for_each(name_owner);
        }
        Ok(answer.with_body(body.to_string()))
    })
}

fn name_owner(secret: &mut Value) {
    let owner = secret["Name"]
        .as_str()
        .and_then(|name| name.split_once('!'));
    if let Some((owner, _)) = owner {
        secret["OwningService"] = owner.into();
    }
}
