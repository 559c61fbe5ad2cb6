//! What others need to know of a stack that exists.

/// Name and text of each output.
///
/// The text's references are resolved against the resources that exist, and an output with one that is not there is left out. Of two
/// texts for one name the first that can be resolved counts.
pub const OUTPUTS: &[(&str, &str)] = &[
    ("url", "https://${dns_record.public.name}"),
    ("url", "http://${load_balancer.public.dns_name}"),
    ("url", "http://${listener_rule.service.host}"),
    ("cluster", "${ecs_cluster.main.name}"),
    ("service", "${ecs_service.service.name}"),
    ("repository", "${ecr_repository.service.uri}"),
    ("log_group", "${log_group.service.name}"),
    ("database", "${db_instance.main.endpoint}"),
    ("vpc", "${vpc.main.id}"),
];
