use super::rule_descriptions::CLEARED;
use crate::gateway::Call;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: ReplacedRule = ReplacedRule;

pub(crate) struct ReplacedRule;

impl Rule for ReplacedRule {
    fn name(&self) -> &'static str {
        "security-group-rule-replaced-whole"
    }

    fn about(&self) -> About {
        About::corrects(
            "A modification replaces the whole rule of a security group: one that gives no description leaves none.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("ec2", &["ModifySecurityGroupRules"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let mut form = turn.form();
            for number in 1.. {
                let update = format!("SecurityGroupRule.{number}");
                if form.get(&format!("{update}.SecurityGroupRuleId")).is_none() {
                    break;
                }
                let description = format!("{update}.SecurityGroupRule.Description");
                if form.text(&description).is_empty() {
                    form = form.with(&description, CLEARED);
                }
            }
            let request = turn.request.clone().with_body(form.encode());
            turn.pass_with(request).await
        })
    }
}
