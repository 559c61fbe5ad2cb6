use hyper::Uri;

use crate::gateway::Call;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: UntagEveryKey = UntagEveryKey;

pub(crate) struct UntagEveryKey;

impl Rule for UntagEveryKey {
    fn name(&self) -> &'static str {
        "schedule-tags-all-removed"
    }

    fn about(&self) -> About {
        About::corrects(
            "`UntagResource` removes every key it names; the emulator removes the first.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("scheduler", &["UntagResource"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let query = turn.request.uri.query().unwrap_or_default();
            let keys: Vec<String> = form_urlencoded::parse(query.as_bytes())
                .filter(|(name, _)| name == "TagKeys")
                .map(|(_, key)| key.into_owned())
                .collect();
            let Some((last, others)) = keys.split_last() else {
                return turn.pass().await;
            };
            for key in others {
                let answer = turn.pass_with(with_key(&turn, key)).await?;
                if !answer.status.is_success() {
                    return Ok(answer);
                }
            }
            turn.pass_with(with_key(&turn, last)).await
        })
    }
}

fn with_key(turn: &Turn<'_>, key: &str) -> crate::gateway::Request {
    let mut request = turn.request.clone();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("TagKeys", key)
        .finish();
    let target = format!("{}?{query}", request.uri.path());
    if let Ok(uri) = target.parse::<Uri>() {
        request.uri = uri;
    }
    request
}
