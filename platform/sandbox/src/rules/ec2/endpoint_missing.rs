use crate::gateway::Answer;
use crate::rules::amendment::Amended;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: MissingEndpoints = MissingEndpoints;

pub(crate) struct MissingEndpoints;

impl Rule for MissingEndpoints {
    fn name(&self) -> &'static str {
        "missing-vpc-endpoint-unsuccessful"
    }

    fn about(&self) -> About {
        About::corrects(
            "Deleting endpoints that do not exist is told in the answer's `unsuccessful` list.",
        )
    }

    fn applies(&self, call: &crate::gateway::Call) -> bool {
        call.is("ec2", &["DeleteVpcEndpoints"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let before = turn.ec2("DescribeVpcEndpoints", &[]).await?;
            let answer = turn.pass().await?;
            told(&turn, &before, answer).await
        })
    }
}

fn told<'a>(turn: &'a Turn<'a>, before: &'a str, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let known = xml::parse(before);
        let known = xml::items(known.root(), "vpcEndpointSet");
        let form = turn.form();
        let missing: String = form
            .list("VpcEndpointId")
            .iter()
            .filter(|id| !known.iter().any(|e| xml::text(*e, "vpcEndpointId") == **id))
            .map(|id| {
                format!(
                    "<item><resourceId>{id}</resourceId><error><code>InvalidVpcEndpoint.NotFound</code><message>The Vpc Endpoint Id '{id}' does not exist</message></error></item>"
                )
            })
            .collect();
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        if let Some(list) = xml::find(document.root(), "unsuccessful") {
            edits.append(&source, list, &missing);
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
