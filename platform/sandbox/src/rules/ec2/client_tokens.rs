use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::gateway::{Answer, Call};
use crate::home::short_hash;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};

pub(crate) static RULE: ClientTokens = ClientTokens;

pub(crate) struct ClientTokens;

/// The latest answers, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Answers {
    answers: Vec<Given>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Given {
    /// Hash of caller, region, operation and token.
    token: String,
    /// Hash of the whole request.
    request: String,
    body: String,
}

/// AWS forgets a token after a day or so; here the latest ones count.
const KEPT: usize = 200;

impl Rule for ClientTokens {
    fn name(&self) -> &'static str {
        "ec2-client-tokens"
    }

    fn about(&self) -> About {
        About::corrects(
            "A create call repeated with its client token answers as the first time, and makes nothing.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            "ec2",
            &["CreateRouteTable", "CreateVpcEndpoint", "CreateNatGateway"],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { create(self.name(), &turn).await })
    }
}

async fn create(rule: &'static str, turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let Some(token) = form.get("ClientToken").filter(|token| !token.is_empty()) else {
        return turn.pass().await;
    };
    let (call, region) = (turn.call, &turn.call.region);
    let token = short_hash(&format!(
        "{:?} {region:?} {} {token}",
        call.access_key, call.operation
    ));
    let request = short_hash(&form.encode());
    let known: Answers = turn.store.read(rule);
    if let Some(given) = known.answers.iter().find(|given| given.token == token) {
        return Ok(if given.request == request {
            turn.success(given.body.clone())
        } else {
            Answer::error(
                call,
                StatusCode::BAD_REQUEST,
                "IdempotentParameterMismatch",
                "The client token was used before with other parameters.",
            )
        });
    }
    let answer = turn.pass().await?;
    if answer.status.is_success() {
        let given = Given {
            token,
            request,
            body: body_text(&answer),
        };
        // Should it not be saved, a repetition makes a second object, as without this rule.
        let _ = turn.store.change(rule, |known: &mut Answers| {
            known.answers.push(given);
            let surplus = known.answers.len().saturating_sub(KEPT);
            known.answers.drain(..surplus);
        });
    }
    Ok(answer)
}
