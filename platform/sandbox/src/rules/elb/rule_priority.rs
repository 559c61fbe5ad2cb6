use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "rule-priority-in-use-refused",
    about: About::refuses("No two rules of a listener have one priority."),
    service: SERVICE,
    operations: &["CreateRule", "SetRulePriorities"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let moved = form.structures("RulePriorities");
        let listener = match moved.first() {
            Some(rule) => listener_of(rule.text("RuleArn")),
            None => form.text("ListenerArn").to_owned(),
        };
        let fields = [("ListenerArn", listener.as_str())];
        let answer = turn.elb("DescribeRules", &fields).await?;
        let document = xml::parse(&answer);
        // A rule that the call moves leaves its old priority.
        let stays = |arn: &str| !moved.iter().any(|rule| rule.text("RuleArn") == arn);
        let taken: Vec<&str> = xml::items(document.root(), "Rules")
            .into_iter()
            .filter(|rule| stays(xml::text(*rule, "RuleArn")))
            .map(|rule| xml::text(rule, "Priority"))
            .collect();
        let mut wanted: Vec<&str> = moved.iter().map(|rule| rule.text("Priority")).collect();
        wanted.extend(form.get("Priority"));
        let in_use = wanted.into_iter().find(|one| taken.contains(one));
        Ok(in_use.map(|priority| {
            let message = format!("Priority '{priority}' is currently in use");
            Refused::new("PriorityInUse", message)
        }))
    })
}

/// `…:listener-rule/app/name/id/listener-id/rule-id` belongs to `…:listener/app/name/id/listener-id`.
fn listener_of(rule: &str) -> String {
    let (listener, _) = rule.rsplit_once('/').unwrap_or((rule, ""));
    listener.replacen(":listener-rule/", ":listener/", 1)
}

#[cfg(test)]
mod tests {
    use super::listener_of;

    #[test]
    fn a_rule_names_its_listener() {
        assert_eq!(
            listener_of("arn:aws:elasticloadbalancing:r:1:listener-rule/app/n/50dc/0467/9683"),
            "arn:aws:elasticloadbalancing:r:1:listener/app/n/50dc/0467"
        );
    }
}
