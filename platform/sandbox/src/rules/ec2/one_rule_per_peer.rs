use crate::gateway::Call;
use crate::rules::form::Form;
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: OneRulePerPeer = OneRulePerPeer;

pub(crate) struct OneRulePerPeer;

const PEERS: [&str; 4] = ["IpRanges", "Ipv6Ranges", "PrefixListIds", "Groups"];

impl Rule for OneRulePerPeer {
    fn name(&self) -> &'static str {
        "one-security-group-rule-per-peer"
    }

    fn about(&self) -> About {
        About::corrects(
            "A permission that names several peers makes a rule for each, with an identifier of its own.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            "ec2",
            &[
                "AuthorizeSecurityGroupIngress",
                "AuthorizeSecurityGroupEgress",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let request = turn.request.clone().with_body(split(&turn.form()).encode());
            turn.pass_with(request).await
        })
    }
}

/// The same request with one permission a peer.
fn split(form: &Form) -> Form {
    let mut split = form.clone().without_list("IpPermissions");
    let mut number = 0;
    for permission in form.structures("IpPermissions") {
        let shared = PEERS
            .iter()
            .fold(permission.clone(), |form, list| form.without_list(list));
        for list in PEERS {
            for peer in permission.structures(list) {
                number += 1;
                let prefix = format!("IpPermissions.{number}");
                split = split.with_below(&prefix, &shared);
                split = split.with_below(&format!("{prefix}.{list}.1"), &peer);
            }
        }
    }
    // Without any peer the emulator's own refusal is the answer.
    if number == 0 { form.clone() } else { split }
}

#[cfg(test)]
mod tests {
    use super::split;
    use crate::rules::form::Form;

    #[test]
    fn splits() {
        let form = Form::default().with_all(&[
            ("GroupId", "sg-1"),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "a"),
            ("IpPermissions.1.IpRanges.2.CidrIp", "b"),
            ("IpPermissions.2.IpProtocol", "-1"),
            ("IpPermissions.2.Groups.1.GroupId", "sg-2"),
        ]);
        let expected = Form::default().with_all(&[
            ("GroupId", "sg-1"),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "a"),
            ("IpPermissions.2.IpProtocol", "tcp"),
            ("IpPermissions.2.IpRanges.1.CidrIp", "b"),
            ("IpPermissions.3.IpProtocol", "-1"),
            ("IpPermissions.3.Groups.1.GroupId", "sg-2"),
        ]);
        assert_eq!(split(&form), expected);
    }
}
