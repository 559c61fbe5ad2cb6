use std::time::Duration;

use super::check::Matcher;
use crate::rules::xml;

/// A target group, as far as its checks are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) arn: String,
    pub(super) checked: bool,
    /// The targets' own port where absent.
    pub(super) port: Option<u16>,
    /// Absent where a connection is all that is asked for.
    pub(super) path: Option<String>,
    pub(super) matcher: Matcher,
    pub(super) interval: Duration,
    pub(super) timeout: Duration,
    /// Checks in a row that make an unhealthy target healthy.
    pub(super) healthy: u32,
    /// Checks in a row that make a target unhealthy.
    pub(super) unhealthy: u32,
}

impl Group {
    /// Reads a member of `DescribeTargetGroups`.
    pub(super) fn read(member: xml::Node<'_, '_>) -> Self {
        let text = |name| xml::text(member, name);
        let number = |name, usual| text(name).parse().unwrap_or(usual);
        let seconds = |name, usual| Duration::from_secs(number(name, usual));
        let codes = xml::find(member, "HttpCode").and_then(|node| node.text());
        let http = text("HealthCheckProtocol") == "HTTP";
        Self {
            arn: text("TargetGroupArn").to_owned(),
            checked: text("HealthCheckEnabled") != "false",
            port: text("HealthCheckPort").parse().ok(),
            path: http.then(|| match text("HealthCheckPath") {
                "" => "/".to_owned(),
                path => path.to_owned(),
            }),
            matcher: Matcher::read(codes.unwrap_or("200")),
            interval: seconds("HealthCheckIntervalSeconds", 30),
            timeout: seconds("HealthCheckTimeoutSeconds", 5),
            healthy: u32::try_from(number("HealthyThresholdCount", 5)).unwrap_or(5),
            unhealthy: u32::try_from(number("UnhealthyThresholdCount", 2)).unwrap_or(2),
        }
    }
}

/// The deregistration delay among the attributes of a target group.
pub(super) fn delay(attributes: &str) -> Duration {
    let document = xml::parse(attributes);
    let attributes = xml::items(document.root(), "Attributes");
    let found = attributes
        .into_iter()
        .find(|it| xml::text(*it, "Key") == "deregistration_delay.timeout_seconds");
    let seconds = found.and_then(|it| xml::text(it, "Value").parse().ok());
    Duration::from_secs(seconds.unwrap_or(300))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Group, delay};
    use crate::rules::xml;

    #[test]
    fn a_group_is_read_with_its_defaults() {
        let source = "<R><TargetGroups><member><TargetGroupArn>arn</TargetGroupArn><HealthCheckProtocol>HTTP</HealthCheckProtocol><HealthCheckPort>traffic-port</HealthCheckPort><HealthCheckPath>/healthz</HealthCheckPath><HealthCheckIntervalSeconds>5</HealthCheckIntervalSeconds><Matcher><HttpCode>200-299</HttpCode></Matcher></member></TargetGroups></R>";
        let document = xml::parse(source);
        let group = Group::read(xml::items(document.root(), "TargetGroups")[0]);
        assert_eq!(group.path.as_deref(), Some("/healthz"));
        assert_eq!((group.port, group.checked), (None, true));
        assert_eq!(group.interval, Duration::from_secs(5));
        assert_eq!((group.healthy, group.unhealthy), (5, 2));
        assert!(group.matcher.fits(204) && !group.matcher.fits(404));
        let attributes = "<R><Attributes><member><Key>deregistration_delay.timeout_seconds</Key><Value>30</Value></member></Attributes></R>";
        assert_eq!(delay(attributes), Duration::from_secs(30));
        assert_eq!(delay("<none/>"), Duration::from_secs(300));
    }
}
