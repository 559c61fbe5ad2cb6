use super::duplicate_rule::RuleKey;
use crate::gateway::Call;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: RevokedRules = RevokedRules;

pub(crate) struct RevokedRules;

impl Rule for RevokedRules {
    fn name(&self) -> &'static str {
        "security-group-rules-revoked-by-permission"
    }

    fn about(&self) -> About {
        About::corrects(
            "A security group rule is revoked by any spelling of its permission: a protocol by name or number, and \
             where all protocols are meant, with whatever ports.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            "ec2",
            &["RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { revoke(&turn).await })
    }
}

/// Names the rules by their identifiers, which the emulator compares well.
async fn revoke(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let permissions = form.structures("IpPermissions");
    let wanted: Vec<RuleKey> = permissions
        .iter()
        .flat_map(RuleKey::of_permission)
        .collect();
    if wanted.is_empty() {
        return turn.pass().await;
    }
    let egress = turn.call.operation.ends_with("Egress").to_string();
    let group = form.text("GroupId");
    let filter = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", group)];
    let answer = turn.ec2("DescribeSecurityGroupRules", &filter).await?;
    let document = xml::parse(&answer);
    let ids = xml::items(document.root(), "securityGroupRuleSet")
        .into_iter()
        .filter(|rule| xml::text(*rule, "isEgress") == egress)
        .filter(|rule| wanted.contains(&RuleKey::of_rule(*rule)))
        .map(|rule| xml::text(rule, "securityGroupRuleId"));
    let mut by_id = form.clone().without_list("IpPermissions");
    let first = form.list("SecurityGroupRuleId").len() + 1;
    for (number, id) in (first..).zip(ids) {
        by_id = by_id.with(&format!("SecurityGroupRuleId.{number}"), id);
    }
    let request = turn.request.clone().with_body(by_id.encode());
    turn.pass_with(request).await
}
