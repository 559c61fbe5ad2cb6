use hyper::Method;

/// One REST operation: service, method, path with `*` for one segment and `**` for the rest, and the query key that
/// tells it from others on the same path, or empty.
type Route = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Operations of REST services by name, from AWS's API references. The first that fits counts; what none fits is
/// named `METHOD /path`.
const ROUTES: &[Route] = &[
    ("route53", "GET", "/2013-04-01/change/*", "", "GetChange"),
    (
        "route53",
        "GET",
        "/2013-04-01/hostedzonesbyname",
        "",
        "ListHostedZonesByName",
    ),
    (
        "route53",
        "GET",
        "/2013-04-01/hostedzone",
        "",
        "ListHostedZones",
    ),
    (
        "route53",
        "POST",
        "/2013-04-01/hostedzone",
        "",
        "CreateHostedZone",
    ),
    (
        "route53",
        "GET",
        "/2013-04-01/hostedzone/*",
        "",
        "GetHostedZone",
    ),
    (
        "route53",
        "DELETE",
        "/2013-04-01/hostedzone/*",
        "",
        "DeleteHostedZone",
    ),
    (
        "route53",
        "GET",
        "/2013-04-01/hostedzone/*/rrset",
        "",
        "ListResourceRecordSets",
    ),
    (
        "route53",
        "POST",
        "/2013-04-01/hostedzone/*/rrset",
        "",
        "ChangeResourceRecordSets",
    ),
    (
        "route53",
        "GET",
        "/2013-04-01/hostedzone/*/dnssec",
        "",
        "GetDNSSEC",
    ),
    ("scheduler", "GET", "/schedules", "", "ListSchedules"),
    ("scheduler", "GET", "/schedules/*", "", "GetSchedule"),
    ("scheduler", "POST", "/schedules/*", "", "CreateSchedule"),
    ("scheduler", "PUT", "/schedules/*", "", "UpdateSchedule"),
    ("scheduler", "DELETE", "/schedules/*", "", "DeleteSchedule"),
    (
        "scheduler",
        "GET",
        "/schedule-groups",
        "",
        "ListScheduleGroups",
    ),
    (
        "scheduler",
        "GET",
        "/schedule-groups/*",
        "",
        "GetScheduleGroup",
    ),
    (
        "scheduler",
        "POST",
        "/schedule-groups/*",
        "",
        "CreateScheduleGroup",
    ),
    (
        "scheduler",
        "DELETE",
        "/schedule-groups/*",
        "",
        "DeleteScheduleGroup",
    ),
    ("scheduler", "GET", "/tags/**", "", "ListTagsForResource"),
    ("scheduler", "POST", "/tags/**", "", "TagResource"),
    ("scheduler", "DELETE", "/tags/**", "", "UntagResource"),
    ("s3", "GET", "/*", "versioning", "GetBucketVersioning"),
    ("s3", "PUT", "/*", "versioning", "PutBucketVersioning"),
    ("s3", "GET", "/*", "encryption", "GetBucketEncryption"),
    ("s3", "PUT", "/*", "encryption", "PutBucketEncryption"),
    ("s3", "DELETE", "/*", "encryption", "DeleteBucketEncryption"),
    (
        "s3",
        "GET",
        "/*",
        "publicAccessBlock",
        "GetPublicAccessBlock",
    ),
    (
        "s3",
        "PUT",
        "/*",
        "publicAccessBlock",
        "PutPublicAccessBlock",
    ),
    (
        "s3",
        "DELETE",
        "/*",
        "publicAccessBlock",
        "DeletePublicAccessBlock",
    ),
    ("s3", "GET", "/*", "policy", "GetBucketPolicy"),
    ("s3", "PUT", "/*", "policy", "PutBucketPolicy"),
    ("s3", "DELETE", "/*", "policy", "DeleteBucketPolicy"),
    (
        "s3",
        "GET",
        "/*",
        "lifecycle",
        "GetBucketLifecycleConfiguration",
    ),
    (
        "s3",
        "PUT",
        "/*",
        "lifecycle",
        "PutBucketLifecycleConfiguration",
    ),
    ("s3", "DELETE", "/*", "lifecycle", "DeleteBucketLifecycle"),
    ("s3", "GET", "/*", "tagging", "GetBucketTagging"),
    ("s3", "PUT", "/*", "tagging", "PutBucketTagging"),
    ("s3", "DELETE", "/*", "tagging", "DeleteBucketTagging"),
    ("s3", "GET", "/*", "location", "GetBucketLocation"),
    ("s3", "GET", "/*", "versions", "ListObjectVersions"),
];

/// The operation that a REST request asks a service for.
pub(super) fn operation_of(
    service: &str,
    method: &Method,
    path: &str,
    query: &str,
) -> Option<&'static str> {
    let has_key = |key: &str| {
        key.is_empty() || form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == key)
    };
    let fits = |route: &&Route| {
        let (of, verb, pattern, key, _) = **route;
        of == service && verb == method.as_str() && has_key(key) && is_like(pattern, path)
    };
    ROUTES.iter().find(fits).map(|route| route.4)
}

fn is_like(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.trim_matches('/').split('/');
    let mut given = path.trim_matches('/').split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("**"), Some(_)) => return true,
            (Some("*"), Some(segment)) if !segment.is_empty() => {}
            (Some(one), Some(other)) if one == other => {}
            _ => return false,
        }
    }
}
