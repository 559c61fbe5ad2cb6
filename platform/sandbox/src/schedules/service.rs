//! How the services that schedules call are spoken to.

use self::Casing::{Camel, Pascal};
use self::Speaks::{Json, Query, Scheduler};

/// A service as a universal target's ARN names it, and how it is called.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) name: &'static str,
    /// Its name in signatures.
    pub(super) signing: &'static str,
    /// The prefix of its actions in policies.
    pub(super) actions: &'static str,
    pub(super) speaks: Speaks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    /// A form, with the version of the API.
    Query(&'static str),
    /// JSON, with the beginning of `X-Amz-Target`, the version of the protocol, and how its members are written.
    Json(&'static str, &'static str, Casing),
    /// EventBridge Scheduler's REST.
    Scheduler,
}

/// How members of a service's JSON begin. A schedule's input begins them all with a capital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Casing {
    Pascal,
    Camel,
}

const fn service(
    name: &'static str,
    signing: &'static str,
    actions: &'static str,
    speaks: Speaks,
) -> Service {
    Service {
        name,
        signing,
        actions,
        speaks,
    }
}

/// The services there are, from their API models.
const SERVICES: &[Service] = &[
    service(
        "acm",
        "acm",
        "acm",
        Json("CertificateManager", "1.1", Pascal),
    ),
    service(
        "applicationautoscaling",
        "application-autoscaling",
        "application-autoscaling",
        Json("AnyScaleFrontendService", "1.1", Pascal),
    ),
    service(
        "autoscaling",
        "autoscaling",
        "autoscaling",
        Query("2011-01-01"),
    ),
    service(
        "cloudwatch",
        "monitoring",
        "cloudwatch",
        Query("2010-08-01"),
    ),
    service(
        "cloudwatchlogs",
        "logs",
        "logs",
        Json("Logs_20140328", "1.1", Camel),
    ),
    service(
        "dynamodb",
        "dynamodb",
        "dynamodb",
        Json("DynamoDB_20120810", "1.0", Pascal),
    ),
    service("ec2", "ec2", "ec2", Query("2016-11-15")),
    service(
        "ecr",
        "ecr",
        "ecr",
        Json("AmazonEC2ContainerRegistry_V20150921", "1.1", Camel),
    ),
    service(
        "ecs",
        "ecs",
        "ecs",
        Json("AmazonEC2ContainerServiceV20141113", "1.1", Camel),
    ),
    service(
        "elasticache",
        "elasticache",
        "elasticache",
        Query("2015-02-02"),
    ),
    service(
        "elasticloadbalancingv2",
        "elasticloadbalancing",
        "elasticloadbalancing",
        Query("2015-12-01"),
    ),
    service(
        "eventbridge",
        "events",
        "events",
        Json("AWSEvents", "1.1", Pascal),
    ),
    service("iam", "iam", "iam", Query("2010-05-08")),
    service("kms", "kms", "kms", Json("TrentService", "1.1", Pascal)),
    service("rds", "rds", "rds", Query("2014-10-31")),
    service("scheduler", "scheduler", "scheduler", Scheduler),
    service(
        "secretsmanager",
        "secretsmanager",
        "secretsmanager",
        Json("secretsmanager", "1.1", Pascal),
    ),
    service(
        "sfn",
        "states",
        "states",
        Json("AWSStepFunctions", "1.0", Camel),
    ),
    service("sns", "sns", "sns", Query("2010-03-31")),
    service("sqs", "sqs", "sqs", Json("AmazonSQS", "1.0", Pascal)),
    service("ssm", "ssm", "ssm", Json("AmazonSSM", "1.1", Pascal)),
];

pub(super) fn find(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}
