use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap};

use super::routes::operation_of;

/// What a request asks of AWS, as far as its envelope tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Signing name (`ec2`, `elasticloadbalancing`, `logs`, ...), `unknown` when nothing tells.
    pub(crate) service: String,
    /// API operation (`CreateVpc`), or `METHOD /path` for REST calls that are not known by name.
    pub(crate) operation: String,
    pub(crate) region: Option<String>,
    pub(crate) access_key: Option<String>,
    pub(crate) protocol: Protocol,
    /// EC2's `DryRun=true`: check, but change nothing.
    pub(crate) dry_run: bool,
}

/// The wire format, which decides what an error looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Ec2Query,
    Query,
    Json,
    Cbor,
    RestXml,
    RestJson,
}

/// The parts of a request that classification reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envelope<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// Body of a form request; empty for others.
    pub(crate) form: &'a [u8],
}

impl Call {
    pub(crate) fn of(envelope: &Envelope<'_>) -> Self {
        let scope = Scope::of(envelope);
        let service = scope
            .as_ref()
            .map(|s| s.service.clone())
            .or_else(|| service_of_host(envelope.headers));
        let (protocol, operation, implied) = operation(envelope, service.as_deref());
        Self {
            service: service.or(implied).unwrap_or_else(|| "unknown".to_owned()),
            operation,
            region: scope.as_ref().map(|s| s.region.clone()),
            access_key: scope.map(|s| s.access_key),
            protocol,
            dry_run: form_urlencoded::parse(envelope.form)
                .any(|(name, value)| name == "DryRun" && value == "true"),
        }
    }

    /// True for operations that change nothing, by AWS's way to name them.
    pub(crate) fn is_read(&self) -> bool {
        // The last two are of REST operations that have no name here.
        const STARTS: [&str; 7] = [
            "Describe", "List", "Get", "Head", "BatchGet", "GET ", "HEAD ",
        ];
        STARTS.iter().any(|start| self.operation.starts_with(start))
    }

    pub(crate) fn is(&self, service: &str, operations: &[&str]) -> bool {
        self.service == service && operations.contains(&self.operation.as_str())
    }
}

/// True when the body is a form, which the operation's name is in.
pub(crate) fn has_form_body(headers: &HeaderMap) -> bool {
    content_type(headers).starts_with("application/x-www-form-urlencoded")
}

fn content_type(headers: &HeaderMap) -> &str {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The credential scope of Signature Version 4: `<access key>/<date>/<region>/<service>/aws4_request`.
struct Scope {
    access_key: String,
    region: String,
    service: String,
}

impl Scope {
    fn of(envelope: &Envelope<'_>) -> Option<Self> {
        let header = envelope
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let text = match header {
            Some(value) => value
                .split_once("Credential=")?
                .1
                .split([',', ' '])
                .next()?
                .to_owned(),
            None => form_urlencoded::parse(envelope.query.as_bytes())
                .find(|(name, _)| name == "X-Amz-Credential")?
                .1
                .into_owned(),
        };
        // From the end, since an access key of a test may hold a slash.
        let mut parts = text.rsplitn(5, '/');
        let _terminator = parts.next()?;
        let service = parts.next()?.to_owned();
        let region = parts.next()?.to_owned();
        let _date = parts.next()?;
        Some(Self {
            access_key: parts.next()?.to_owned(),
            region,
            service,
        })
    }
}

/// The service an unsigned request names in its host, as in `sts.ca-central-1.amazonaws.com`.
fn service_of_host(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let host = host.strip_suffix(".amazonaws.com")?;
    host.split('.').next().map(str::to_owned)
}

/// Wire format, operation, and the service when the operation alone implies it.
fn operation(envelope: &Envelope<'_>, service: Option<&str>) -> (Protocol, String, Option<String>) {
    if let Some((service, operation)) = cbor_path(envelope.path) {
        return (
            Protocol::Cbor,
            operation.to_owned(),
            Some(service.to_owned()),
        );
    }
    if let Some(target) = envelope
        .headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
    {
        let (prefix, operation) = target.rsplit_once('.').unwrap_or(("", target));
        let service = service_of_target(prefix).map(str::to_owned);
        return (Protocol::Json, operation.to_owned(), service);
    }
    let action = form_urlencoded::parse(envelope.form)
        .chain(form_urlencoded::parse(envelope.query.as_bytes()))
        .find(|(name, _)| name == "Action")
        .map(|(_, value)| value.into_owned());
    if let Some(action) = action {
        let implied = action.starts_with("AssumeRole").then(|| "sts".to_owned());
        let protocol = if service == Some("ec2") {
            Protocol::Ec2Query
        } else {
            Protocol::Query
        };
        return (protocol, action, implied);
    }
    let known = operation_of(
        service.unwrap_or("s3"),
        envelope.method,
        envelope.path,
        envelope.query,
    );
    let known = known.map(str::to_owned);
    if matches!(service, Some("s3" | "s3express") | None) {
        let operation = known.unwrap_or_else(|| s3_operation(envelope));
        return (Protocol::RestXml, operation, None);
    }
    let protocol = match service {
        Some("route53" | "cloudfront" | "s3-control") => Protocol::RestXml,
        _ => Protocol::RestJson,
    };
    let operation = known.unwrap_or_else(|| format!("{} {}", envelope.method, envelope.path));
    (protocol, operation, None)
}

/// `/service/<service>/operation/<operation>` of Smithy's RPC v2 CBOR.
fn cbor_path(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/service/")?.split_once("/operation/")
}

/// The signing name behind a JSON target's prefix, for requests without a signature.
fn service_of_target(prefix: &str) -> Option<&'static str> {
    const TARGETS: [(&str, &str); 7] = [
        ("AmazonEC2ContainerServiceV", "ecs"),
        ("AmazonEC2ContainerRegistry_V", "ecr"),
        ("Logs_", "logs"),
        ("secretsmanager", "secretsmanager"),
        ("AmazonSSM", "ssm"),
        ("TrentService", "kms"),
        ("AnyScaleFrontendService", "application-autoscaling"),
    ];
    TARGETS
        .iter()
        .find(|(start, _)| prefix.starts_with(start))
        .map(|(_, service)| *service)
}

/// Operations of S3 by method, depth of the path and subresource; path-style addressing.
fn s3_operation(envelope: &Envelope<'_>) -> String {
    let depth = envelope
        .path
        .trim_start_matches('/')
        .splitn(2, '/')
        .filter(|part| !part.is_empty())
        .count();
    let has =
        |name: &str| form_urlencoded::parse(envelope.query.as_bytes()).any(|(key, _)| key == name);
    let subresource = form_urlencoded::parse(envelope.query.as_bytes())
        .find(|(key, value)| {
            value.is_empty() && !matches!(key.as_ref(), "uploads" | "delete" | "prefix")
        })
        .map(|(key, _)| key.into_owned());
    let name = match (envelope.method.as_str(), depth) {
        ("GET", 0) => "ListBuckets",
        (method, 1) if subresource.is_some() => {
            let subresource = subresource.unwrap_or_default();
            return format!("{method} bucket?{subresource}");
        }
        ("GET", 1) => "ListObjectsV2",
        ("PUT", 1) => "CreateBucket",
        ("HEAD", 1) => "HeadBucket",
        ("DELETE", 1) => "DeleteBucket",
        ("POST", 1) if has("delete") => "DeleteObjects",
        ("GET", 2) => "GetObject",
        ("HEAD", 2) => "HeadObject",
        ("DELETE", 2) if has("uploadId") => "AbortMultipartUpload",
        ("DELETE", 2) => "DeleteObject",
        ("PUT", 2) if has("partNumber") => "UploadPart",
        ("PUT", 2) if envelope.headers.contains_key("x-amz-copy-source") => "CopyObject",
        ("PUT", 2) => "PutObject",
        ("POST", 2) if has("uploads") => "CreateMultipartUpload",
        ("POST", 2) if has("uploadId") => "CompleteMultipartUpload",
        _ => return format!("{} {}", envelope.method, envelope.path),
    };
    name.to_owned()
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
