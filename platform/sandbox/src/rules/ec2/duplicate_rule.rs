use roxmltree::Node;

use crate::rules::form::Form;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "duplicate-security-group-rule-refused",
    about: About::refuses(
        "A security group rule that is there already is refused, whatever its description.",
    ),
    service: "ec2",
    operations: &[
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
    ],
    check,
};

/// What makes two rules the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RuleKey {
    protocol: String,
    from: String,
    to: String,
    pub(super) peer: String,
}

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let group = form.text("GroupId");
        let egress = turn.call.operation.ends_with("Egress");
        let filter = [("Filter.1.Name", "group-id"), ("Filter.1.Value.1", group)];
        let answer = turn.ec2("DescribeSecurityGroupRules", &filter).await?;
        let document = xml::parse(&answer);
        let existing: Vec<RuleKey> = xml::items(document.root(), "securityGroupRuleSet")
            .into_iter()
            .filter(|rule| xml::text(*rule, "isEgress") == egress.to_string())
            .map(RuleKey::of_rule)
            .collect();
        let twin = form
            .structures("IpPermissions")
            .iter()
            .flat_map(RuleKey::of_permission)
            .find(|wanted| existing.contains(wanted));
        Ok(twin.map(|twin| {
            Refused::new(
                "InvalidPermission.Duplicate",
                format!(
                    "the specified rule \"peer: {}, {}, from port: {}, to port: {}, ALLOW\" already exists",
                    twin.peer, twin.protocol, twin.from, twin.to
                ),
            )
        }))
    })
}

impl RuleKey {
    /// Of one item of `DescribeSecurityGroupRules`.
    pub(super) fn of_rule(rule: Node<'_, '_>) -> Self {
        let peer = ["cidrIpv4", "cidrIpv6", "prefixListId"]
            .iter()
            .map(|name| xml::text(rule, name))
            .find(|text| !text.is_empty())
            .or_else(|| {
                Some(xml::text(
                    xml::child(rule, "referencedGroupInfo")?,
                    "groupId",
                ))
            });
        Self::new(
            xml::text(rule, "ipProtocol"),
            xml::text(rule, "fromPort"),
            xml::text(rule, "toPort"),
            peer.unwrap_or_default(),
        )
    }

    /// Of one `IpPermissions` structure, which names any number of peers.
    pub(super) fn of_permission(permission: &Form) -> Vec<Self> {
        const PEERS: [(&str, &str); 4] = [
            ("IpRanges", "CidrIp"),
            ("Ipv6Ranges", "CidrIpv6"),
            ("PrefixListIds", "PrefixListId"),
            ("Groups", "GroupId"),
        ];
        PEERS
            .iter()
            .flat_map(|(list, field)| {
                permission
                    .structures(list)
                    .into_iter()
                    .map(|peer| peer.text(field).to_owned())
            })
            .map(|peer| {
                Self::new(
                    permission.text("IpProtocol"),
                    permission.text("FromPort"),
                    permission.text("ToPort"),
                    &peer,
                )
            })
            .collect()
    }

    /// Protocol numbers and names are one; ports mean nothing where all protocols are allowed.
    fn new(protocol: &str, from: &str, to: &str, peer: &str) -> Self {
        let protocol = match protocol {
            "6" => "tcp",
            "17" => "udp",
            "1" => "icmp",
            "58" => "icmpv6",
            "all" => "-1",
            other => other,
        };
        let port = |text: &str| match (protocol, text) {
            ("-1", _) | (_, "") => "-1".to_owned(),
            (_, text) => text.to_owned(),
        };
        Self {
            protocol: protocol.to_owned(),
            from: port(from),
            to: port(to),
            peer: peer.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RuleKey;
    use crate::rules::form::Form;
    use crate::rules::xml;

    #[test]
    fn a_permission_and_the_rule_it_made_have_one_key() {
        let permission = Form::default().with_all(&[
            ("IpProtocol", "6"),
            ("FromPort", "80"),
            ("ToPort", "80"),
            ("Groups.1.GroupId", "sg-2"),
            ("Groups.1.Description", "any"),
        ]);
        let source = "<item><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>80</toPort><referencedGroupInfo><groupId>sg-2</groupId></referencedGroupInfo></item>";
        let rule = RuleKey::of_rule(xml::parse(source).root_element());
        assert_eq!(RuleKey::of_permission(&permission), [rule]);
    }
}
