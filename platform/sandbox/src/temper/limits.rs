use crate::gateway::Call;

/// A bucket's size and how many tokens a second it gets back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limit {
    /// Calls of one bucket share its tokens.
    pub(super) bucket: &'static str,
    pub(super) size: f64,
    pub(super) refill: f64,
    /// Whether each operation has a bucket of its own.
    pub(super) each: bool,
}

/// EC2: "Request throttling for the Amazon EC2 API". Route 53: five requests a second an account ("Quotas"). Elastic
/// Load Balancing, ECS and EventBridge Scheduler: the smallest of the rates that their quota pages name. The others
/// publish none, and get one that is met by who makes calls at a person's pace and not by who loops.
pub(super) fn limit(call: &Call) -> Option<Limit> {
    let read = call.is_read();
    let each = |bucket, size, refill| Limit {
        bucket,
        size,
        refill,
        each: true,
    };
    let shared = |bucket, size, refill| Limit {
        bucket,
        size,
        refill,
        each: false,
    };
    Some(match call.service.as_str() {
        "ec2" => match call.operation.as_str() {
            "CreateVpcEndpoint" | "DeleteVpcEndpoints" | "ModifyVpcEndpoint" => {
                each("endpoint", 4.0, 0.3)
            }
            "CreateTags" | "DeleteTags" => each("tags", 100.0, 10.0),
            _ if read => each("read", 100.0, 20.0),
            _ => each("change", 50.0, 5.0),
        },
        "route53" => shared("all", 5.0, 5.0),
        // No client comes near what these allow: thousands a second.
        "s3" | "unknown" => return None,
        "ecs" if read => each("read", 50.0, 20.0),
        "ecs" => each("change", 20.0, 1.0),
        "elasticloadbalancing" if read => shared("read", 40.0, 10.0),
        "elasticloadbalancing" => shared("change", 20.0, 3.0),
        "ce" => shared("all", 5.0, 1.0),
        "scheduler" => each("all", 50.0, 50.0),
        _ if read => shared("read", 40.0, 10.0),
        _ => shared("change", 20.0, 5.0),
    })
}
