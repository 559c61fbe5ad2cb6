use super::SERVICE;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "load-balancing-names",
    about: About::refuses(
        "Names of load balancers and target groups: at most 32 letters, digits and hyphens, no hyphen at either \
         end; a load balancer's does not begin with `internal-`.",
    ),
    service: SERVICE,
    operations: &["CreateLoadBalancer", "CreateTargetGroup"],
    check,
};

const LONGEST: usize = 32;

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let is_balancer = turn.call.operation == "CreateLoadBalancer";
        let fault = fault(is_balancer, turn.form().text("Name"));
        Ok(fault.map(|message| Refused::new("ValidationError", message)))
    })
}

fn fault(is_balancer: bool, name: &str) -> Option<String> {
    let what = if is_balancer {
        "The load balancer name"
    } else {
        "Target group name"
    };
    let problem = if name.chars().count() > LONGEST {
        format!("cannot be longer than '{LONGEST}' characters")
    } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        "can only contain characters that are alphanumeric characters or hyphens(-)".to_owned()
    } else if name.is_empty() || name.starts_with('-') || name.ends_with('-') {
        "cannot begin or end with '-'".to_owned()
    } else if is_balancer && name.starts_with("internal-") {
        "cannot begin with 'internal-'".to_owned()
    } else {
        return None;
    };
    Some(format!("{what} '{name}' {problem}"))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn names() {
        let long = "x".repeat(33);
        let cases = [
            (true, "one-2", true),
            (true, &long[..32], true),
            (true, &long, false),
            (false, &long, false),
            (true, "a_b", false),
            (false, "-a", false),
            (false, "a-", false),
            (true, "internal-a", false),
            (false, "internal-a", true),
        ];
        for (is_balancer, name, is_good) in cases {
            assert_eq!(fault(is_balancer, name).is_none(), is_good, "{name}");
        }
    }
}
