use super::Finding;

/// A role that a service acts by in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name in IAM.
    pub name: &'static str,
    /// The service it is for.
    pub service: &'static str,
}

/// The roles that a stack's services act by (AWS's "service-linked roles").
pub const ROLES: [Role; 5] = [
    of("AWSServiceRoleForECS", "ecs.amazonaws.com"),
    of(
        "AWSServiceRoleForElasticLoadBalancing",
        "elasticloadbalancing.amazonaws.com",
    ),
    of("AWSServiceRoleForRDS", "rds.amazonaws.com"),
    of("AWSServiceRoleForElastiCache", "elasticache.amazonaws.com"),
    of(
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
        "ecs.application-autoscaling.amazonaws.com",
    ),
];

const fn of(name: &'static str, service: &'static str) -> Role {
    Role { name, service }
}

/// Whether the role is there. AWS makes it at first use, where the caller may; then the first use fails now and then, as the role is
/// not seen everywhere at once.
#[must_use]
pub fn role(role: &Role, is_there: bool) -> Finding {
    let Role { name, service } = role;
    match is_there {
        true => Finding::well("roles", format!("{name} is there")),
        false => Finding::wrong(
            "roles",
            format!("{service} was never used in this account: {name} is not there"),
            format!("aws iam create-service-linked-role --aws-service-name {service}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{ROLES, role};
    use crate::doctor::Verdict;

    #[test]
    fn a_role_that_is_not_there_is_made_by_one_command() {
        let found = role(&ROLES[0], false);
        assert_eq!(found.verdict, Verdict::Wrong);
        assert_eq!(
            found.fix.as_deref(),
            Some("aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com")
        );
        assert_eq!(role(&ROLES[0], true).verdict, Verdict::Well);
    }
}
