use hyper::StatusCode;

use super::duplicate_rule::RuleKey;
use crate::gateway::{Answer, Call, NoAnswer};
use crate::rules::form::Form;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;
use crate::rules::xml;

/// Stands for a cleared description inside the emulator, whose form parser drops empty fields. AWS allows no tab in a
/// description, so no caller can mean it.
pub(super) const CLEARED: &str = "\t";

pub(crate) static RULE: RuleDescriptions = RuleDescriptions;

pub(crate) struct RuleDescriptions;

impl Rule for RuleDescriptions {
    fn name(&self) -> &'static str {
        "update-security-group-rule-descriptions"
    }

    fn about(&self) -> About {
        About::fills(
            "Descriptions of security group rules can be changed, by rule identifier or by permission.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            "ec2",
            &[
                "UpdateSecurityGroupRuleDescriptionsIngress",
                "UpdateSecurityGroupRuleDescriptionsEgress",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { update(&turn).await })
    }
}

async fn update(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    let group = form.text("GroupId");
    let wanted = by_id(&form)
        .into_iter()
        .chain(by_permission(turn, &form).await?);
    let mut fields = vec![("GroupId".to_owned(), group.to_owned())];
    for (number, (id, description)) in (1..).zip(wanted) {
        let Some(id) = id else {
            return Ok(Answer::error(
                turn.call,
                StatusCode::BAD_REQUEST,
                "InvalidPermission.NotFound",
                "The specified rule does not exist in this security group.",
            ));
        };
        let prefix = format!("SecurityGroupRule.{number}");
        let text = if description.is_empty() {
            CLEARED.to_owned()
        } else {
            description
        };
        fields.push((format!("{prefix}.SecurityGroupRuleId"), id));
        fields.push((format!("{prefix}.SecurityGroupRule.Description"), text));
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    // The emulator changes descriptions with the rest of a rule, and leaves alone what is not given.
    let changed = Form::action("ModifySecurityGroupRules", "2016-11-15", &fields);
    let answer = turn
        .pass_with(turn.request.clone().with_body(changed.encode()))
        .await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    let body = String::from_utf8_lossy(&answer.body).replace(
        "ModifySecurityGroupRulesResponse",
        &format!("{}Response", turn.call.operation),
    );
    Ok(answer.with_body(body))
}

/// Rule identifiers with the descriptions they get.
fn by_id(form: &Form) -> Vec<(Option<String>, String)> {
    form.structures("SecurityGroupRuleDescription")
        .iter()
        .map(|rule| {
            let id = rule.get("SecurityGroupRuleId").map(str::to_owned);
            (id, rule.text("Description").to_owned())
        })
        .collect()
}

/// The same for rules named by their permission; without identifier where there is no such rule.
async fn by_permission(
    turn: &Turn<'_>,
    form: &Form,
) -> Result<Vec<(Option<String>, String)>, NoAnswer> {
    let permissions = form.structures("IpPermissions");
    if permissions.is_empty() {
        return Ok(Vec::new());
    }
    let egress = turn.call.operation.ends_with("Egress").to_string();
    let filter = [
        ("Filter.1.Name", "group-id"),
        ("Filter.1.Value.1", form.text("GroupId")),
    ];
    let answer = turn.ec2("DescribeSecurityGroupRules", &filter).await?;
    let document = xml::parse(&answer);
    let rules = xml::items(document.root(), "securityGroupRuleSet");
    let mut found = Vec::new();
    for permission in &permissions {
        for key in RuleKey::of_permission(permission) {
            let rule = rules.iter().find(|rule| {
                xml::text(**rule, "isEgress") == egress && RuleKey::of_rule(**rule) == key
            });
            let id = rule.map(|rule| xml::text(*rule, "securityGroupRuleId").to_owned());
            found.push((id, description_of(permission, &key.peer)));
        }
    }
    Ok(found)
}

fn description_of(permission: &Form, peer: &str) -> String {
    const LISTS: [&str; 4] = ["IpRanges", "Ipv6Ranges", "PrefixListIds", "Groups"];
    const FIELDS: [&str; 4] = ["CidrIp", "CidrIpv6", "PrefixListId", "GroupId"];
    LISTS
        .iter()
        .flat_map(|list| permission.structures(list))
        .find(|entry| FIELDS.iter().any(|field| entry.get(field) == Some(peer)))
        .map(|entry| entry.text("Description").to_owned())
        .unwrap_or_default()
}
