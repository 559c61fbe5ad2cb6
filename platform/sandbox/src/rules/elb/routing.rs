use crate::gateway::NoAnswer;
use crate::rules::turn::Turn;
use crate::rules::xml;

/// One way from a load balancer to a target group, by a listener or by one of its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) balancer: String,
    pub(crate) target_group: String,
}

/// All ways from load balancers to target groups.
pub(crate) async fn routes(turn: &Turn<'_>) -> Result<Vec<Route>, NoAnswer> {
    let answer = turn.elb("DescribeLoadBalancers", &[]).await?;
    let balancers: Vec<String> = texts(&answer, "LoadBalancerArn");
    let mut routes = Vec::new();
    for balancer in balancers {
        let fields = [("LoadBalancerArn", balancer.as_str())];
        let listeners = turn.elb("DescribeListeners", &fields).await?;
        let mut answers = vec![listeners.clone()];
        for listener in texts(&listeners, "ListenerArn") {
            let fields = [("ListenerArn", listener.as_str())];
            answers.push(turn.elb("DescribeRules", &fields).await?);
        }
        for target_group in answers.iter().flat_map(|a| texts(a, "TargetGroupArn")) {
            let route = Route {
                balancer: balancer.clone(),
                target_group,
            };
            if !routes.contains(&route) {
                routes.push(route);
            }
        }
    }
    Ok(routes)
}

/// The text of every element of this name.
pub(crate) fn texts(source: &str, name: &str) -> Vec<String> {
    xml::parse(source)
        .descendants()
        .filter(|node| node.tag_name().name() == name)
        .filter_map(|node| node.text().map(str::to_owned))
        .collect()
}
