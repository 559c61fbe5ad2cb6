//! Parents that examples of several kinds share: a small network with a way to the internet.

use serde_json::{Value, json};

/// Two subnets in two availability zones, reachable from the internet.
pub(super) const TWO_SUBNETS: [&str; 2] = [
    "${route_table_association.a.subnet}",
    "${route_table_association.b.subnet}",
];

/// Two others, one of them shared with [`TWO_SUBNETS`].
pub(super) const OTHER_TWO_SUBNETS: [&str; 2] = [
    "${route_table_association.a.subnet}",
    "${route_table_association.d.subnet}",
];

/// A VPC with three public subnets and two security groups.
pub(super) fn network() -> Vec<(&'static str, Value)> {
    let subnet = |number: u8, zone: &str| {
        json!({
            "vpc": "${vpc.parent.id}",
            "cidr": format!("10.90.{number}.0/24"),
            "availability_zone": format!("ca-central-1{zone}"),
        })
    };
    let association = |name: &str| {
        json!({
            "subnet": format!("${{subnet.{name}.id}}"),
            "route_table": "${route.internet.route_table}",
        })
    };
    let group = |description: &str| json!({"vpc": "${vpc.parent.id}", "description": description});
    vec![
        ("vpc.parent", json!({"cidr": "10.90.0.0/16"})),
        (
            "internet_gateway.parent",
            json!({"vpc": "${vpc.parent.id}"}),
        ),
        (
            "route_table.parent",
            json!({"vpc": "${internet_gateway.parent.vpc}"}),
        ),
        (
            "route.internet",
            json!({
                "route_table": "${route_table.parent.id}",
                "destination_cidr": "0.0.0.0/0",
                "gateway": "${internet_gateway.parent.id}",
            }),
        ),
        ("subnet.a", subnet(1, "a")),
        ("subnet.b", subnet(2, "b")),
        ("subnet.d", subnet(3, "d")),
        ("route_table_association.a", association("a")),
        ("route_table_association.b", association("b")),
        ("route_table_association.d", association("d")),
        ("security_group.parent", group("One group")),
        ("security_group.other", group("Another group")),
    ]
}

/// [`network`] with a database's subnet group and two parameter groups.
pub(super) fn database() -> Vec<(&'static str, Value)> {
    let subnets = json!({"vpc": "${vpc.parent.id}", "subnets": TWO_SUBNETS});
    let parameters = json!({"family": "postgres16"});
    let mut all = network();
    all.extend([
        ("db_subnet_group.parent", subnets),
        ("db_parameter_group.parent", parameters.clone()),
        ("db_parameter_group.other", parameters),
    ]);
    all
}

/// [`network`] with a cache's subnet group.
pub(super) fn cache() -> Vec<(&'static str, Value)> {
    let subnets = json!({"vpc": "${vpc.parent.id}", "subnets": TWO_SUBNETS});
    let mut all = network();
    all.push(("cache_subnet_group.parent", subnets));
    all
}

/// A load balancer in [`network`] and two target groups, each with a listener.
pub(super) fn balancer() -> Vec<(&'static str, Value)> {
    let target_group = |path: &str| {
        json!({
            "vpc": "${vpc.parent.id}",
            "port": 80,
            "health_check": {
                "path": path,
                "interval_seconds": 10,
                "timeout_seconds": 5,
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
        })
    };
    let listener = |port: u16, group: &str| {
        json!({
            "load_balancer": "${load_balancer.parent.arn}",
            "port": port,
            "target_group": format!("${{target_group.{group}.arn}}"),
        })
    };
    let balancer = json!({
        "vpc": "${vpc.parent.id}",
        "subnets": TWO_SUBNETS,
        "security_groups": ["${security_group.parent.id}"],
    });
    let mut all = network();
    all.extend([
        ("load_balancer.parent", balancer),
        ("target_group.parent", target_group("/")),
        ("target_group.other", target_group("/other")),
        ("listener.parent", listener(80, "parent")),
        ("listener.other", listener(8080, "other")),
    ]);
    all
}

/// Two certificates with the records that validate them, in the zone `bella.example`.
pub(super) fn certificates() -> Vec<(&'static str, Value)> {
    let certificate = |name: &str| json!({"domain_name": format!("{name}.bella.example")});
    let record = |of: &str| {
        json!({
            "zone": "bella.example",
            "name": format!("${{certificate.{of}.validation_name}}"),
            "type": format!("${{certificate.{of}.validation_type}}"),
            "values": [format!("${{certificate.{of}.validation_value}}")],
        })
    };
    vec![
        ("certificate.parent", certificate("one")),
        ("certificate.other", certificate("two")),
        ("dns_record.parent", record("parent")),
        ("dns_record.other", record("other")),
    ]
}

/// Roles that a task definition takes, and a log group.
pub(super) fn task_parents() -> Vec<(&'static str, Value)> {
    let role = json!({
        "assume_role_policy": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]},
        "policies": {"logs": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "*"}]}},
    });
    vec![
        ("iam_role.parent", role.clone()),
        ("iam_role.other", role),
        ("log_group.parent", json!({"retention_in_days": 1})),
        ("log_group.other", json!({"retention_in_days": 1})),
    ]
}

/// A task that serves HTTP on port 80, over [`task_parents`].
pub(super) fn task(variant: &str) -> Value {
    json!({
        "cpu": 256,
        "memory": 1024,
        "architecture": "X86_64",
        "execution_role": "${iam_role.parent.arn}",
        "task_role": "${iam_role.parent.arn}",
        "container": {
            "name": "app",
            "image": "public.ecr.aws/nginx/nginx:1.28",
            "port": 80,
            "environment": {"VARIANT": variant},
            "log_group": "${log_group.parent.name}",
            "log_region": "ca-central-1",
            "log_stream_prefix": "app",
            "read_only_root_filesystem": false,
            "command": ["nginx", "-g", "daemon off;"],
        },
    })
}

/// A container beside that of [`task`].
pub(super) fn sidecar() -> Value {
    json!({
        "image": "public.ecr.aws/docker/library/busybox:1.36",
        "command": ["sleep", "300"],
        "memory": 64,
        "log_group": "${log_group.parent.name}",
        "log_region": "ca-central-1",
        "log_stream_prefix": "beside",
    })
}

/// What [`service`] takes: [`balancer`], [`task_parents`], a cluster and two revisions.
pub(super) fn service_parents() -> Vec<(&'static str, Value)> {
    let cluster = json!({"capacity_providers": ["FARGATE", "FARGATE_SPOT"]});
    let mut parents = balancer();
    parents.extend(task_parents());
    parents.extend([
        ("ecs_cluster.parent", cluster),
        ("task_definition.parent", task("one")),
        ("task_definition.other", task("two")),
    ]);
    parents
}

/// A service that runs no task yet, over [`service_parents`].
pub(super) fn service() -> Value {
    json!({
        "cluster": "${ecs_cluster.parent.arn}",
        "task_definition": "${task_definition.parent.arn}",
        "desired_count": 0,
        "subnets": TWO_SUBNETS,
        "security_groups": ["${security_group.parent.id}"],
        "assign_public_ip": false,
        "target_group": "${listener.parent.target_group}",
        "container_name": "app",
        "container_port": 80,
    })
}
