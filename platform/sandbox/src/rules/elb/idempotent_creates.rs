use std::collections::BTreeMap;

use super::SERVICE;
use super::routing::texts;
use crate::gateway::Call;
use crate::home::short_hash;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};

pub(crate) static RULE: IdempotentCreates = IdempotentCreates;

pub(crate) struct IdempotentCreates;

/// What was made by a request, by the hash of caller, region and request.
type Made = BTreeMap<String, String>;

/// One kind of object: its create operation, how to describe one, and the element its ARN is in.
struct Kind {
    create: &'static str,
    describe: &'static str,
    arns: &'static str,
    arn: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        create: "CreateLoadBalancer",
        describe: "DescribeLoadBalancers",
        arns: "LoadBalancerArns.member.1",
        arn: "LoadBalancerArn",
    },
    Kind {
        create: "CreateTargetGroup",
        describe: "DescribeTargetGroups",
        arns: "TargetGroupArns.member.1",
        arn: "TargetGroupArn",
    },
    Kind {
        create: "CreateListener",
        describe: "DescribeListeners",
        arns: "ListenerArns.member.1",
        arn: "ListenerArn",
    },
];

impl Rule for IdempotentCreates {
    fn name(&self) -> &'static str {
        "load-balancing-creates-idempotent"
    }

    fn about(&self) -> About {
        About::corrects(
            "Creating a load balancer, target group or listener again with the very same settings answers with the \
             one that is there (\"this operation is idempotent\", the API reference says of each).",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.service == SERVICE && kind(call).is_some()
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match kind(turn.call) {
                Some(kind) => create(self.name(), &turn, kind).await,
                None => turn.pass().await,
            }
        })
    }
}

fn kind(call: &Call) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.create == call.operation)
}

async fn create(rule: &'static str, turn: &Turn<'_>, kind: &Kind) -> Outcome {
    let request = String::from_utf8_lossy(&turn.request.body);
    let (caller, region) = (&turn.call.access_key, &turn.call.region);
    let key = short_hash(&format!("{caller:?} {region:?} {request}"));
    let made: Made = turn.store.read(rule);
    if let Some(arn) = made.get(&key) {
        let described = turn.elb(kind.describe, &[(kind.arns, arn)]).await?;
        if texts(&described, kind.arn).contains(arn) {
            return Ok(turn.success(described.replace(kind.describe, kind.create)));
        }
    }
    let answer = turn.pass().await?;
    if answer.status.is_success()
        && let Some(arn) = texts(&body_text(&answer), kind.arn).first()
    {
        let remember = |made: &mut Made| made.insert(key, arn.clone());
        // Should it not be saved, a repetition is refused: stricter than AWS, never laxer.
        let _ = turn.store.change(rule, remember);
    }
    Ok(answer)
}
