use serde_json::Value;

use super::newborns::unseen;
use crate::gateway::Call;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;
use crate::temper::What;

pub(super) static RULE: LateTags = LateTags;

pub(super) struct LateTags;

impl Rule for LateTags {
    fn name(&self) -> &'static str {
        "tags-listed-late"
    }

    fn about(&self) -> About {
        About::corrects("The tagging API lists new objects some seconds late.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("tagging", &["GetResources"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let answer = turn.pass().await?;
            let unseen = unseen(&turn);
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let Some(list) = body["ResourceTagMappingList"].as_array_mut() else {
                return Ok(answer);
            };
            let all = list.len();
            list.retain(|object| {
                let arn = object["ResourceARN"].as_str().unwrap_or_default();
                let id = arn.rsplit('/').next().unwrap_or(arn);
                !unseen.contains_key(arn) && !unseen.contains_key(id)
            });
            let hidden = all - list.len();
            if hidden == 0 {
                return Ok(answer);
            }
            let detail = format!("{hidden} of {all} objects");
            turn.temper.note(turn.call, What::Late, &detail);
            Ok(answer.with_body(body.to_string()))
        })
    }
}
