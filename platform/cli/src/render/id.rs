//! Ids as a person reads them.

/// An ARN without partition, service, region and account, which the reader knows; a security group
/// rule's own id without its group's; other ids as they are.
pub(crate) fn short(id: &str) -> &str {
    match id.strip_prefix("arn:") {
        Some(rest) => rest.splitn(5, ':').last().unwrap_or(id),
        None => id
            .rsplit('/')
            .next()
            .filter(|last| last.starts_with("sgr-"))
            .unwrap_or(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_lose_what_is_the_same_everywhere() {
        let cases = [
            ("vpc-1", "vpc-1"),
            ("sg-1/egress/sgr-2", "sgr-2"),
            ("rtb-1/0.0.0.0/0", "rtb-1/0.0.0.0/0"),
            ("/bella/bella-dev/service", "/bella/bella-dev/service"),
            (
                "arn:aws:ecs:ca-central-1:000000000000:cluster/main",
                "cluster/main",
            ),
            (
                "arn:aws:ecs:ca-central-1:000000000000:task-definition/a:1",
                "task-definition/a:1",
            ),
        ];
        for (id, text) in cases {
            assert_eq!(short(id), text);
        }
    }
}
