use super::{Listed, Tagged};
use crate::gateway::NoAnswer;
use crate::rules::elb::routing::texts;
use crate::rules::turn::Turn;
use crate::rules::xml;

/// Load balancers, their listeners with rules, target groups.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let balancers = turn.elb("DescribeLoadBalancers", &[]).await?;
        let groups = turn.elb("DescribeTargetGroups", &[]).await?;
        let mut arns = texts(&groups, "TargetGroupArn");
        for balancer in texts(&balancers, "LoadBalancerArn") {
            let fields = [("LoadBalancerArn", balancer.as_str())];
            let listeners = turn.elb("DescribeListeners", &fields).await?;
            for listener in texts(&listeners, "ListenerArn") {
                let fields = [("ListenerArn", listener.as_str())];
                let rules = turn.elb("DescribeRules", &fields).await?;
                arns.extend(texts(&rules, "RuleArn"));
                arns.push(listener);
            }
            arns.push(balancer);
        }
        let mut found = Vec::new();
        for arn in arns {
            found.push(tagged(turn, arn).await?);
        }
        Ok(found)
    })
}

async fn tagged(turn: &Turn<'_>, arn: String) -> Result<Tagged, NoAnswer> {
    let fields = [("ResourceArns.member.1", arn.as_str())];
    let answer = turn.elb("DescribeTags", &fields).await?;
    let document = xml::parse(&answer);
    let tags = xml::items(document.root(), "Tags");
    let pair = |tag| {
        (
            xml::text(tag, "Key").to_owned(),
            xml::text(tag, "Value").to_owned(),
        )
    };
    let tags = tags.into_iter().map(pair).collect();
    Ok(Tagged { arn, tags })
}
