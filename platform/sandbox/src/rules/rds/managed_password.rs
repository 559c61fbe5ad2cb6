use std::collections::BTreeMap;

use serde_json::json;

use super::SERVICE;
use crate::gateway::{Answer, Call, NoAnswer};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: ManagedPassword = ManagedPassword;

pub(crate) struct ManagedPassword;

/// ARNs of the secrets by the instance's resource id.
type Secrets = BTreeMap<String, String>;

impl Rule for ManagedPassword {
    fn name(&self) -> &'static str {
        "database-password-managed"
    }

    fn about(&self) -> About {
        About::fills(
            "With `ManageMasterUserPassword`, RDS makes the master password itself and keeps it in a secret of its \
             own, which goes with the instance.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &[
                "CreateDBInstance",
                "DeleteDBInstance",
                "DescribeDBInstances",
                "ModifyDBInstance",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { carry_out(self.name(), &turn).await })
    }
}

async fn carry_out(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let manage = form.get("ManageMasterUserPassword");
    let answer = match manage {
        Some("true") => make(rule, turn).await?,
        _ => turn.pass().await?,
    };
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let secrets: Secrets = turn.store.read(rule);
    let goes = turn.call.operation == "DeleteDBInstance" || manage == Some("false");
    if goes && let Some((id, arn)) = made(&answer).and_then(|(id, _)| secrets.get_key_value(&id)) {
        let body = json!({"SecretId": arn, "ForceDeleteWithoutRecovery": true});
        turn.secrets("DeleteSecret", &body).await?;
        let forget = |secrets: &mut Secrets| secrets.remove(id);
        // Should it not be saved, the instance names a secret that is gone.
        let _ = turn.store.change(rule, forget);
    }
    Ok(told(answer, &turn.store.read(rule)))
}

/// Carries out the call with a password of RDS's own making.
async fn make(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let asked = json!({"ExcludePunctuation": true});
    let password = turn.secrets("GetRandomPassword", &asked).await?;
    let password = password["RandomPassword"].as_str().unwrap_or_default();
    let form = turn.form().without("ManageMasterUserPassword");
    let form = form.with("MasterUserPassword", password).encode();
    let answer = turn.pass_with(turn.request.clone().with_body(form)).await?;
    if let Some((id, user)) = made(&answer) {
        remember(rule, turn, &id, &user, password).await?;
    }
    Ok(answer)
}

async fn remember(
    rule: &'static str,
    turn: &Turn<'_>,
    id: &str,
    user: &str,
    password: &str,
) -> Result<(), NoAnswer> {
    if turn.store.read::<Secrets>(rule).contains_key(id) {
        return Ok(());
    }
    let body = json!({
        "Name": format!("rds!{id}"),
        "SecretString": json!({"username": user, "password": password}).to_string(),
    });
    let secret = turn.secrets("CreateSecret", &body).await?;
    if let Some(arn) = secret["ARN"].as_str() {
        let keep = |secrets: &mut Secrets| secrets.insert(id.to_owned(), arn.to_owned());
        // Should it not be saved, the instance names no secret.
        let _ = turn.store.change(rule, keep);
    }
    Ok(())
}

/// Resource id and master user of the instance in an answer.
fn made(answer: &Answer) -> Option<(String, String)> {
    let source = body_text(answer);
    let document = xml::parse(&source);
    let instance = xml::find(document.root(), "DBInstance")?;
    let text = |name: &str| xml::text(instance, name).to_owned();
    Some((text("DbiResourceId"), text("MasterUsername")))
}

fn told(answer: Answer, secrets: &Secrets) -> Answer {
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let mut edits = Edits::default();
    for id in document.descendants() {
        if id.tag_name().name() == "DbiResourceId"
            && let Some(arn) = secrets.get(id.text().unwrap_or_default())
            && let Some(instance) = id.parent()
        {
            let secret = format!(
                "<MasterUserSecret><SecretArn>{arn}</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>"
            );
            edits.append(&source, instance, &secret);
        }
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}
