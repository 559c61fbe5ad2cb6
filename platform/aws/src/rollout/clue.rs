//! The texts by which AWS and `bella-service` say why a task does not serve: one table.
//!
//! AWS's are from the ECS developer guide ("Stopped tasks error codes", "CannotPullContainer task errors",
//! "Resource initialization errors", "Service event messages") and aws-behaviours row 44; the service's
//! from its configuration's reader, its database's errors and the Rust runtime.

use super::cause::Cause;

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Why a task or a container stopped.
    Reason,
    /// An event of the service, or why its deployment ended.
    Event,
    /// A line that the task logged.
    Log,
}

/// When a text in `place` has all of `has` and none of `lacks`, compared without case, it speaks for
/// `cause`. The first fitting row counts.
struct Row {
    place: Place,
    has: &'static [&'static str],
    lacks: &'static [&'static str],
    cause: Cause,
}

const fn row(place: Place, has: &'static [&'static str], cause: Cause) -> Row {
    let lacks = &[];
    Row {
        place,
        has,
        lacks,
        cause,
    }
}

/// A way that is shut looks like a thing that is missing, and is none of the known causes.
const SHUT: &[&str] = &[
    "timeout",
    "timed out",
    "deadline exceeded",
    "send request failed",
    "accessdenied",
    "not authorized",
];

const fn missing(place: Place, has: &'static [&'static str], cause: Cause) -> Row {
    Row {
        place,
        has,
        lacks: SHUT,
        cause,
    }
}

#[rustfmt::skip]
static TABLE: &[Row] = &[
    // Before the image: a pull for another platform fails like one of nothing.
    row(Place::Reason, &["descriptor matching platform"], Cause::WrongArchitecture),
    row(Place::Reason, &["no matching manifest for"], Cause::WrongArchitecture),
    row(Place::Reason, &["no match for platform"], Cause::WrongArchitecture),
    // The sandbox's registry client.
    row(Place::Reason, &["holds no linux/"], Cause::WrongArchitecture),
    row(Place::Reason, &["exec format error"], Cause::WrongArchitecture),
    row(Place::Log, &["exec format error"], Cause::WrongArchitecture),
    row(Place::Event, &["descriptor matching platform"], Cause::WrongArchitecture),

    missing(Place::Reason, &["unable to retrieve secret"], Cause::SecretMissing),
    missing(Place::Reason, &["failed to fetch secret"], Cause::SecretMissing),
    missing(Place::Reason, &["fetching secret data"], Cause::SecretMissing),
    missing(Place::Reason, &["did not contain json key"], Cause::SecretMissing),
    missing(Place::Reason, &["unable to retrieve json key"], Cause::SecretMissing),
    missing(Place::Reason, &["invalid ssm parameters"], Cause::SecretMissing),

    missing(Place::Reason, &["cannotpull", "not found"], Cause::ImageMissing),
    missing(Place::Reason, &["cannotpull", "manifest unknown"], Cause::ImageMissing),
    missing(Place::Reason, &["cannotpull", "does not exist"], Cause::ImageMissing),
    missing(Place::Reason, &["unable to pull image", "manifest unknown"], Cause::ImageMissing),
    missing(Place::Event, &["cannotpull", "not found"], Cause::ImageMissing),
    missing(Place::Event, &["unable to pull", "not found"], Cause::ImageMissing),
    missing(Place::Event, &["image digest resolution"], Cause::ImageMissing),

    row(Place::Reason, &["outofmemory"], Cause::OutOfMemory),
    row(Place::Reason, &["out of memory"], Cause::OutOfMemory),
    row(Place::Log, &["memory allocation of", "bytes failed"], Cause::OutOfMemory),

    row(Place::Log, &["the database is away"], Cause::DatabaseUnreachable),
    row(Place::Log, &["error communicating with database"], Cause::DatabaseUnreachable),
    row(Place::Log, &["password authentication failed for user"], Cause::DatabaseUnreachable),
    row(Place::Log, &["no pg_hba.conf entry"], Cause::DatabaseUnreachable),
    row(Place::Log, &["pool timed out while waiting"], Cause::DatabaseUnreachable),
    row(Place::Log, &["could not connect to server"], Cause::DatabaseUnreachable),

    row(Place::Reason, &["cannotstartcontainererror"], Cause::CrashOnStart),

    row(Place::Reason, &["failed elb health checks"], Cause::HealthCheck),
    row(Place::Reason, &["failed container health checks"], Cause::HealthCheck),
    row(Place::Event, &["is unhealthy in", "target-group"], Cause::HealthCheck),
    row(Place::Event, &["failed elb health checks"], Cause::HealthCheck),
];

/// What a text speaks for.
pub(super) fn of(place: Place, text: &str) -> Option<Cause> {
    let text = text.to_lowercase();
    let fits = |row: &&Row| {
        row.place == place
            && row.has.iter().all(|part| text.contains(part))
            && !row.lacks.iter().any(|part| text.contains(part))
    };
    TABLE.iter().find(fits).map(|row| row.cause)
}

/// The variables that a line of the service names as missing or bad: `NAME: is not set`, or
/// ``NAME=`value`: … is needed``.
pub(super) fn variables(line: &str) -> Option<&str> {
    let line = line.strip_prefix("bella-service: ").unwrap_or(line);
    let end = line.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))?;
    let (name, rest) = line.split_at(end);
    let named = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_uppercase());
    let said = rest.starts_with(": ") || (rest.starts_with("=`") && rest.contains("`: "));
    (named && said).then_some(name)
}

/// The signal that ends a process which nobody but the kernel's memory limit kills.
pub(super) const KILLED: i32 = 137;

/// What `bella-service` exits with when its environment cannot be used.
pub(super) const BAD_ENVIRONMENT: i32 = 2;

/// Whether a task stopped because its program ended by itself.
pub(super) fn ended_itself(code: &str, reason: &str) -> bool {
    match code {
        "" => reason.to_lowercase().contains("essential container"),
        code => code == "EssentialContainerExited",
    }
}

/// Whether a task stopped because somebody wanted it to: scaled in, replaced, stopped by hand.
pub(super) fn was_wanted(code: &str) -> bool {
    ["ServiceSchedulerInitiated", "UserInitiated"].contains(&code)
}

/// Whether what the load balancer says of a target means a wrong answer, and not that it is not up
/// yet: then it counts within the grace period too.
pub(super) fn is_wrong_answer(reason: Option<&str>, description: Option<&str>) -> bool {
    let starting = ["502", "503", "504"];
    reason == Some("Target.ResponseCodeMismatch")
        && !description.is_some_and(|text| starting.iter().any(|code| text.contains(code)))
}

/// Whether a target counts as not answering.
pub(super) fn is_unhealthy(state: &str) -> bool {
    state == "unhealthy"
}

/// Whether nothing is sent to a target as its group is not that of any listener, or its zone none of the load balancer's
/// (DescribeTargetHealth, `Target.NotInUse`).
pub(super) fn is_unused(reason: Option<&str>) -> bool {
    reason == Some("Target.NotInUse")
}
