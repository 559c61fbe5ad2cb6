use super::duplicate_rule::RuleKey;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "missing-security-group-rule-refused",
    about: About::refuses("Revoking a rule that is not there is refused."),
    service: "ec2",
    operations: &["RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let egress = turn.call.operation.ends_with("Egress").to_string();
        let filter = [
            ("Filter.1.Name", "group-id"),
            ("Filter.1.Value.1", form.text("GroupId")),
        ];
        let answer = turn.ec2("DescribeSecurityGroupRules", &filter).await?;
        let document = xml::parse(&answer);
        let existing: Vec<RuleKey> = xml::items(document.root(), "securityGroupRuleSet")
            .into_iter()
            .filter(|rule| xml::text(*rule, "isEgress") == egress)
            .map(RuleKey::of_rule)
            .collect();
        let missing = form
            .structures("IpPermissions")
            .iter()
            .flat_map(RuleKey::of_permission)
            .any(|wanted| !existing.contains(&wanted));
        Ok(missing.then(|| {
            Refused::new(
                "InvalidPermission.NotFound",
                "The specified rule does not exist in this security group.",
            )
        }))
    })
}
