use serde_json::{Value, json};

use crate::gateway::{Call, NoAnswer};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: LatestActiveRevision = LatestActiveRevision;

pub(crate) struct LatestActiveRevision;

impl Rule for LatestActiveRevision {
    fn name(&self) -> &'static str {
        "family-means-latest-active-revision"
    }

    fn about(&self) -> About {
        About::corrects(
            "A family without a revision means its latest active revision (API reference of \
             `DescribeTaskDefinition`); the emulator takes the latest of all, those that were deregistered too.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("ecs", &["DescribeTaskDefinition"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { describe(&turn).await })
    }
}

async fn describe(turn: &Turn<'_>) -> Outcome {
    let mut body = turn.json();
    let family = body["taskDefinition"].as_str().unwrap_or_default();
    if family.is_empty() || family.contains([':', '/']) {
        return turn.pass().await;
    }
    // A family that has no active revision is the emulator's to answer for.
    let Some(latest) = latest(turn, family).await? else {
        return turn.pass().await;
    };
    body["taskDefinition"] = latest.into();
    let request = turn.request.clone().with_body(body.to_string());
    turn.pass_with(request).await
}

async fn latest(turn: &Turn<'_>, family: &str) -> Result<Option<String>, NoAnswer> {
    let mut best: Option<(u64, String)> = None;
    let mut asked = json!({"familyPrefix": family, "status": "ACTIVE"});
    loop {
        let page = turn.ecs("ListTaskDefinitions", &asked).await?;
        let arns = array(&page["taskDefinitionArns"]).iter();
        // The prefix fits other families too.
        let own = arns
            .filter_map(Value::as_str)
            .filter_map(|arn| Some((revision(arn, family)?, arn.to_owned())));
        best = best.into_iter().chain(own).max();
        match &page["nextToken"] {
            Value::Null => return Ok(best.map(|(_, arn)| arn)),
            token => asked["nextToken"] = token.clone(),
        }
    }
}

fn revision(arn: &str, family: &str) -> Option<u64> {
    let (_, name) = arn.rsplit_once('/')?;
    let (of, revision) = name.rsplit_once(':')?;
    (of == family).then(|| revision.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::revision;

    #[test]
    fn revisions_of_the_family_alone() {
        let arn = "arn:aws:ecs:ca-central-1:000000000000:task-definition/app:12";
        assert_eq!(revision(arn, "app"), Some(12));
        assert_eq!(revision(arn, "ap"), None);
    }
}
