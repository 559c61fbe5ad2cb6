//! What AWS's refusals mean: the one table of error codes.
//!
//! Sources: `aws-behaviours.md` by row number, AWS's API references for the rest. Nothing outside
//! this module matches on an AWS code or text.

mod acm;
mod any;
mod application_autoscaling;
mod budgets;
mod cloudwatch;
mod ec2;
mod ecs;
mod elasticache;
mod elb;
mod iam;
mod rds;
mod route53;
mod s3;
mod scheduler;
mod secrets;
mod sns;
mod sqs;

use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use bella_engine::cloud::{CloudError, Fault};

/// One row: when all patterns fit, the refusal means `fault`. The first fitting row counts.
struct Row {
    /// Client name, or empty for any.
    service: &'static str,
    /// Beginning of the operation's name, or empty for any.
    operation: &'static str,
    /// The code; a leading `*` fits any beginning, a trailing one any end; empty fits any.
    code: &'static str,
    /// A part of the message, compared without case; empty fits any.
    text: &'static str,
    fault: Fault,
    /// Seconds of repeating that are worth it, where the fault's own do not fit.
    patience: Option<u64>,
}

const fn row(
    service: &'static str,
    operation: &'static str,
    code: &'static str,
    text: &'static str,
    fault: Fault,
) -> Row {
    Row {
        service,
        operation,
        code,
        text,
        fault,
        patience: None,
    }
}

const fn within(seconds: u64, row: Row) -> Row {
    Row {
        patience: Some(seconds),
        ..row
    }
}

/// The table, a file for each service. A service's own rows count before those for any.
static TABLE: &[&[Row]] = &[
    ecs::ROWS,
    iam::ROWS,
    ec2::ROWS,
    elb::ROWS,
    budgets::ROWS,
    s3::ROWS,
    route53::ROWS,
    acm::ROWS,
    application_autoscaling::ROWS,
    cloudwatch::ROWS,
    scheduler::ROWS,
    sns::ROWS,
    sqs::ROWS,
    rds::ROWS,
    elasticache::ROWS,
    secrets::ROWS,
    any::ROWS,
];

/// What a code and text mean, and how long repeating is worth it.
#[must_use]
pub fn classify(
    service: &str,
    operation: &str,
    code: &str,
    message: &str,
) -> Option<(Fault, Option<Duration>)> {
    let message = message.to_lowercase();
    TABLE
        .iter()
        .copied()
        .flatten()
        .find(|row| {
            (row.service.is_empty() || row.service == service)
                && operation.starts_with(row.operation)
                && fits(row.code, code)
                && message.contains(row.text)
        })
        .map(|row| (row.fault, row.patience.map(Duration::from_secs)))
}

fn fits(pattern: &str, code: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => code.ends_with(end),
        (None, Some(start)) => match start.split_once('*') {
            Some((head, middle)) => code.starts_with(head) && code.contains(middle),
            None => code.starts_with(start),
        },
        (None, None) => match pattern.split_once('*') {
            Some((head, tail)) => code.starts_with(head) && code.ends_with(tail),
            None => pattern.is_empty() || pattern == code,
        },
    }
}

/// Turns the SDK's error into the engine's; service and operation come from the error's type.
pub fn refused<E>(error: SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (service, operation) = names(std::any::type_name::<E>());
    let request_id = error.request_id().map(str::to_owned);
    let status = error.raw_response().map(|raw| raw.status().as_u16());
    let (fault, code, message, patience) = match &error {
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or_default().to_owned();
            let message = answer.err().message().unwrap_or_default().to_owned();
            let (fault, patience) = classify(&service, &operation, &code, &message)
                .unwrap_or_else(|| (unlisted(status), None));
            (fault, code, message, patience)
        }
        SdkError::ConstructionFailure(_) => (Fault::Denied, String::new(), chain(&error), None),
        SdkError::DispatchFailure(_) if without_credentials(&error) => {
            let why = chain(&error);
            let why = why
                .lines()
                .next()
                .unwrap_or_default()
                .trim_end_matches(" Attempted:");
            (Fault::Denied, String::new(), why.to_owned(), None)
        }
        SdkError::DispatchFailure(_) if never_sent(&error) => {
            (Fault::Unreachable, String::new(), chain(&error), None)
        }
        _ => (Fault::Ambiguous, String::new(), chain(&error), None),
    };
    CloudError {
        hint: hint(fault, &code, &message),
        fault,
        service,
        operation,
        code,
        message,
        request_id,
        patience,
    }
}

/// Whether a refusal says that `key` is no attribute here: another partition, an older endpoint
/// (row 24).
#[must_use]
pub fn unknown_attribute(error: &CloudError, key: &str) -> bool {
    let message = error.message.to_lowercase();
    let refusals = ["is not recognized", "is not supported"];
    error.service == "elasticloadbalancingv2"
        && message.contains("attribute key")
        && message.contains(key)
        && refusals.iter().any(|text| message.contains(text))
}

/// Whether S3 says that a bucket has no such setting, which is no failure.
#[must_use]
pub fn is_unset(error: &CloudError) -> bool {
    let codes = [
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchTagSet",
        "ServerSideEncryptionConfigurationNotFoundError",
    ];
    error.service == "s3" && codes.contains(&error.code.as_str())
}

/// Whether ECS lacks its service-linked role: the first use in an account (row 4).
#[must_use]
pub fn lacks_service_role(error: &CloudError) -> bool {
    let message = error.message.to_lowercase();
    error.service == "ecs" && message.contains("unable to assume the service linked role")
}

/// Whether S3 has no bucket of that name, which says more than that an object is not there.
#[must_use]
pub fn lacks_bucket(error: &CloudError) -> bool {
    error.service == "s3" && error.code == "NoSuchBucket"
}

/// A code that the table does not list: a server's own trouble may pass, a client's does not.
fn unlisted(status: Option<u16>) -> Fault {
    match status {
        Some(429) => Fault::Throttled,
        Some(status) if status >= 500 => Fault::Ambiguous,
        _ => Fault::Rejected,
    }
}

/// `aws_sdk_ec2::operation::create_vpc::CreateVpcError` names both.
fn names(type_name: &str) -> (String, String) {
    let service = type_name
        .strip_prefix("aws_sdk_")
        .and_then(|rest| rest.split("::").next())
        .unwrap_or("aws");
    let operation = type_name.rsplit("::").next().unwrap_or_default();
    let operation = operation.strip_suffix("Error").unwrap_or(operation);
    (service.to_owned(), operation.to_owned())
}

fn sources<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for source in sources(error) {
        let text = source.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

/// Whether the request was not even signed, since no source of credentials gave any.
fn without_credentials(error: &(dyn Error + 'static)) -> bool {
    sources(error).any(|source| {
        let text = source.to_string();
        [
            "no credentials found in chain",
            "loading credentials",
            "the credential provider",
        ]
        .iter()
        .any(|part| text.contains(part))
    })
}

/// Whether the request certainly never left: no name, no connection, no credentials.
fn never_sent(error: &(dyn Error + 'static)) -> bool {
    sources(error).any(|source| {
        let refused = source
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused);
        let text = source.to_string();
        refused
            || [
                "dns error",
                "tcp connect",
                "error trying to connect",
                "connect timeout",
            ]
            .iter()
            .any(|part| text.contains(part))
    })
}

fn hint(fault: Fault, code: &str, message: &str) -> Option<String> {
    let text = match fault {
        _ if code == "BucketNotEmpty" => {
            "empty the bucket first, all versions of its objects too: the S3 console's \"Empty\", or for one without versions `aws s3 rm s3://BUCKET --recursive`; then repeat the command"
        }
        Fault::NotYet if message.contains("EventBridge Scheduler to assume the role") => {
            "the role's trust policy has to allow sts:AssumeRole to scheduler.amazonaws.com"
        }
        Fault::Denied if code.is_empty() && message.contains("credentials") => {
            "no credentials were found: run `aws configure sso` or `aws configure`, set AWS_PROFILE, or add --sandbox to try without an account"
        }
        Fault::Denied if code.contains("Expired") => {
            "the credentials have expired: run `aws sso login` (or renew them) and repeat the command; it goes on where it stopped"
        }
        Fault::Denied
            if code.contains("Token") || code.contains("Signature") || code.contains("Client") =>
        {
            "AWS does not know these credentials: check AWS_PROFILE, --profile and the access key; `aws sts get-caller-identity` asks the same"
        }
        Fault::Denied => {
            "the caller lacks a permission: an administrator has to allow the operation named above"
        }
        Fault::Unreachable => {
            "the endpoint was not reached: check --region, --endpoint-url and the network (`bella sandbox status` for the sandbox)"
        }
        _ if code.ends_with("LimitExceeded") => {
            "a quota of the account is used up: ask for more in the Service Quotas console, or remove what is not needed"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_documented_rows_mean_what_the_table_says() {
        let cases: &[(&str, &str, &str, &str, Fault)] = &[
            (
                "ec2",
                "CreateSubnet",
                "InvalidVpcID.NotFound",
                "",
                Fault::NotYet,
            ),
            (
                "ec2",
                "DeleteSubnet",
                "InvalidSubnetID.NotFound",
                "",
                Fault::NotFound,
            ),
            (
                "ec2",
                "DeleteSecurityGroup",
                "DependencyViolation",
                "resource sg-1 has a dependent object",
                Fault::InUse,
            ),
            (
                "ec2",
                "CreateVpc",
                "RequestLimitExceeded",
                "",
                Fault::Throttled,
            ),
            ("ec2", "DescribeVpcs", "ExpiredToken", "", Fault::Denied),
            (
                "ecs",
                "CreateService",
                "InvalidParameterException",
                "The target group with targetGroupArn x does not have an associated load balancer.",
                Fault::NotYet,
            ),
            (
                "ecs",
                "CreateService",
                "InvalidParameterException",
                "Creation of service was not idempotent.",
                Fault::Exists,
            ),
            (
                "ecs",
                "DeleteCluster",
                "ClusterContainsTasksException",
                "",
                Fault::InUse,
            ),
            ("iam", "DeleteRole", "DeleteConflict", "", Fault::InUse),
            (
                "elasticloadbalancingv2",
                "DeleteTargetGroup",
                "ResourceInUse",
                "",
                Fault::InUse,
            ),
            (
                "ec2",
                "ReleaseAddress",
                "AuthFailure",
                "You do not have permission to access the specified resource.",
                Fault::InUse,
            ),
            (
                "ec2",
                "DeleteNatGateway",
                "NatGatewayNotFound",
                "",
                Fault::NotFound,
            ),
            (
                "elasticloadbalancingv2",
                "CreateListener",
                "UnsupportedCertificate",
                "",
                Fault::NotYet,
            ),
            (
                "acm",
                "DeleteCertificate",
                "ResourceInUseException",
                "",
                Fault::InUse,
            ),
            (
                "route53",
                "ChangeResourceRecordSets",
                "InvalidChangeBatch",
                "[Tried to create resource record set [name='a.example.', type='A'] but it already exists]",
                Fault::Exists,
            ),
            (
                "route53",
                "ChangeResourceRecordSets",
                "InvalidChangeBatch",
                "[Tried to delete resource record set [name='a.example.', type='A'] but the values provided do not match the current values]",
                Fault::NotYet,
            ),
            (
                "route53",
                "ChangeResourceRecordSets",
                "PriorRequestNotComplete",
                "",
                Fault::NotYet,
            ),
            (
                "cloudwatchlogs",
                "CreateLogGroup",
                "ResourceAlreadyExistsException",
                "",
                Fault::Exists,
            ),
        ];
        for (service, operation, code, message, fault) in cases {
            let found = classify(service, operation, code, message).map(|(fault, _)| fault);
            assert_eq!(found, Some(*fault), "{service}:{operation} {code}");
        }
        assert_eq!(
            classify("ec2", "CreateVpc", "InvalidParameterValue", ""),
            None
        );
    }

    #[test]
    fn names_come_from_the_errors_type() {
        assert_eq!(
            names("aws_sdk_ec2::operation::create_vpc::CreateVpcError"),
            ("ec2".to_owned(), "CreateVpc".to_owned())
        );
    }
}
