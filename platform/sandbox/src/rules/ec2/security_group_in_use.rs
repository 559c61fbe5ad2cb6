use crate::gateway::NoAnswer;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "security-group-in-use-refused",
    about: About::refuses(
        "A security group is not deleted while another group's rule, a load balancer or a service's tasks use it.",
    ),
    service: "ec2",
    operations: &["DeleteSecurityGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let group = form.text("GroupId");
        let used = is_referenced(turn, group).await?
            || is_balancing(turn, group).await?
            || has_tasks(turn, group).await?;
        Ok(used.then(|| {
            Refused::new(
                "DependencyViolation",
                format!("resource {group} has a dependent object"),
            )
        }))
    })
}

/// By a rule of another group; a group may refer to itself.
async fn is_referenced(turn: &Turn<'_>, group: &str) -> Result<bool, NoAnswer> {
    let answer = turn.ec2("DescribeSecurityGroupRules", &[]).await?;
    let document = xml::parse(&answer);
    let rules = xml::items(document.root(), "securityGroupRuleSet");
    Ok(rules.iter().any(|rule| {
        let referenced = xml::child(*rule, "referencedGroupInfo");
        referenced.is_some_and(|info| xml::text(info, "groupId") == group)
            && xml::text(*rule, "groupId") != group
    }))
}

async fn is_balancing(turn: &Turn<'_>, group: &str) -> Result<bool, NoAnswer> {
    let answer = turn.elb("DescribeLoadBalancers", &[]).await?;
    let document = xml::parse(&answer);
    let balancers = xml::items(document.root(), "LoadBalancers");
    Ok(balancers
        .iter()
        .flat_map(|balancer| xml::items(*balancer, "SecurityGroups"))
        .any(|member| member.text() == Some(group)))
}

async fn has_tasks(turn: &Turn<'_>, group: &str) -> Result<bool, NoAnswer> {
    let services = turn.services_with_tasks().await?;
    Ok(services.iter().any(|service| {
        let network = &service["networkConfiguration"]["awsvpcConfiguration"];
        array(&network["securityGroups"]).iter().any(|g| g == group)
    }))
}
