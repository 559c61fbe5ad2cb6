use super::{Finding, Verdict};

/// Whether the hosted zone of a stack's name is there; `servers` are the name servers of each public zone of that name.
///
/// Whether the registrar names these servers is for somebody who asks the DNS to say: a zone that is there and not delegated looks the
/// same from within AWS. So it is unknown, with the command that finds it out.
#[must_use]
pub fn zone(name: &str, servers: &[Vec<String>]) -> Finding {
    match servers {
        [] => Finding::wrong(
            "zone",
            format!("the account has no public hosted zone {name}"),
            format!("aws route53 create-hosted-zone --name {name} --caller-reference {name}"),
        ),
        [only] => Finding {
            check: "zone",
            verdict: Verdict::Unknown,
            said: format!(
                "{name} is there; whether it is asked could not be checked from here: the DNS has to answer {}",
                only.join(", ")
            ),
            fix: Some(format!("dig +short NS {name}")),
        },
        more => Finding::wrong(
            "zone",
            format!(
                "the account has {} public hosted zones {name}: only one is asked",
                more.len()
            ),
            format!("aws route53 list-hosted-zones-by-name --dns-name {name}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::zone;
    use crate::doctor::Verdict;

    #[test]
    fn one_zone_is_there() {
        let servers = vec!["ns-1.example".to_owned(), "ns-2.example".to_owned()];
        assert_eq!(zone("bella.example", &[]).verdict, Verdict::Wrong);
        let one = zone("bella.example", std::slice::from_ref(&servers));
        assert_eq!(one.verdict, Verdict::Unknown);
        assert!(one.said.ends_with("ns-1.example, ns-2.example"), "{one:?}");
        let two = zone("bella.example", &[servers.clone(), servers]);
        assert_eq!(two.verdict, Verdict::Wrong);
    }
}
