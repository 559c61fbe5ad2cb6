use super::Finding;

/// A limit of the account in the region, and what counts against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// What is counted: `VPCs`.
    pub what: &'static str,
    /// AWS's code of the service: `vpc`.
    pub service: &'static str,
    /// AWS's code of the quota: `L-F678F1CE`.
    pub code: &'static str,
    /// The limit.
    pub limit: f64,
    /// What others than the stack have.
    pub others: f64,
    /// What the whole stack has or will have.
    pub stack: f64,
}

/// Whether there is room for the stack.
#[must_use]
pub fn quota(quota: &Quota) -> Finding {
    let Quota {
        what,
        service,
        code,
        limit,
        others,
        stack,
    } = quota;
    let wanted = others + stack;
    match wanted > *limit {
        true => Finding::wrong(
            "quotas",
            format!("{what}: {others} of {limit} are used by others, and the stack needs {stack}"),
            format!(
                "aws service-quotas request-service-quota-increase --service-code {service} --quota-code {code} --desired-value {}",
                wanted.ceil()
            ),
        ),
        false => Finding::well("quotas", format!("{what}: {wanted} of {limit}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Quota, quota};
    use crate::doctor::Verdict;

    #[test]
    fn the_stack_has_to_fit_in() {
        let of = |others: f64, stack: f64| {
            quota(&Quota {
                what: "VPCs",
                service: "vpc",
                code: "L-F678F1CE",
                limit: 5.0,
                others,
                stack,
            })
        };
        assert_eq!(of(4.0, 1.0).verdict, Verdict::Well);
        let found = of(5.0, 1.0);
        assert_eq!(found.verdict, Verdict::Wrong);
        assert_eq!(
            found.said,
            "VPCs: 5 of 5 are used by others, and the stack needs 1"
        );
        let fix = found.fix.expect("it can be raised");
        assert!(
            fix.ends_with("--quota-code L-F678F1CE --desired-value 6"),
            "{fix}"
        );
    }
}
