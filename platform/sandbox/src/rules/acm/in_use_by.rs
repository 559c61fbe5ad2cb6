use serde_json::{Value, json};

use super::SERVICE;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::elb::routing::texts;
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Amendment = Amendment {
    name: "certificate-in-use-by",
    about: About::corrects("A certificate names the load balancers whose listeners have it."),
    service: SERVICE,
    operations: &["DescribeCertificate"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let arn = body["Certificate"]["CertificateArn"].as_str();
        let arn = arn.unwrap_or_default().to_owned();
        let mut users = Vec::new();
        let balancers = turn.elb("DescribeLoadBalancers", &[]).await?;
        for balancer in texts(&balancers, "LoadBalancerArn") {
            let fields = [("LoadBalancerArn", balancer.as_str())];
            let listeners = turn.elb("DescribeListeners", &fields).await?;
            if texts(&listeners, "CertificateArn").contains(&arn) {
                users.push(balancer);
            }
        }
        body["Certificate"]["InUseBy"] = json!(users);
        Ok(answer.with_body(body.to_string()))
    })
}
