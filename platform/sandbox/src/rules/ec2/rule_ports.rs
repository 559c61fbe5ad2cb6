use crate::rules::form::Form;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "ports-of-rule-in-range",
    about: About::refuses(
        "A security group rule for TCP or UDP has both its ports, from 0 to 65535.",
    ),
    service: "ec2",
    operations: &[
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
    ],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let permissions = turn.form().structures("IpPermissions");
        let fault = permissions.iter().find_map(fault);
        Ok(fault.map(|message| Refused::new("InvalidParameterValue", message)))
    })
}

/// What AWS says of a permission's ports.
fn fault(permission: &Form) -> Option<String> {
    if !["tcp", "6", "udp", "17"].contains(&permission.text("IpProtocol")) {
        return None;
    }
    let port = |name: &str| permission.get(name).map(str::parse::<i64>);
    let (Some(Ok(from)), Some(Ok(to))) = (port("FromPort"), port("ToPort")) else {
        let text =
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.";
        return Some(text.to_owned());
    };
    let is_port = |port: &i64| (0..=65535).contains(port);
    if let Some(port) = [from, to].into_iter().find(|port| !is_port(port)) {
        return Some(format!("TCP/UDP port ({port}) out of range"));
    }
    (from > to).then(|| format!("Invalid TCP/UDP port range ({from}:{to})"))
}

#[cfg(test)]
mod tests {
    use super::fault;
    use crate::rules::form::Form;

    #[test]
    fn ports() {
        let cases = [
            ("tcp", Some("0"), Some("65535"), true),
            ("tcp", Some("80"), None, false),
            ("17", Some("80"), Some("65536"), false),
            ("udp", Some("-1"), Some("-1"), false),
            ("tcp", Some("81"), Some("80"), false),
            ("-1", None, None, true),
            ("icmp", Some("8"), Some("-1"), true),
        ];
        for (protocol, from, to, is_good) in cases {
            let mut permission = Form::default().with("IpProtocol", protocol);
            for (name, port) in [("FromPort", from), ("ToPort", to)] {
                if let Some(port) = port {
                    permission = permission.with(name, port);
                }
            }
            let found = fault(&permission);
            assert_eq!(found.is_none(), is_good, "{permission:?}: {found:?}");
        }
    }
}
