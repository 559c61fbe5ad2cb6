use super::SERVICE;
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "load-balancer-attribute-defaults",
    about: About::corrects(
        "An application load balancer has every attribute, at its documented default until it is set.",
    ),
    service: SERVICE,
    operations: &["DescribeLoadBalancerAttributes"],
    amend,
};

/// `LoadBalancerAttribute` in the API reference of Elastic Load Balancing.
const DEFAULTS: [(&str, &str); 17] = [
    ("access_logs.s3.enabled", "false"),
    ("access_logs.s3.bucket", ""),
    ("access_logs.s3.prefix", ""),
    ("client_keep_alive.seconds", "3600"),
    ("connection_logs.s3.enabled", "false"),
    ("deletion_protection.enabled", "false"),
    ("idle_timeout.timeout_seconds", "60"),
    ("ipv6.deny_all_igw_traffic", "false"),
    ("load_balancing.cross_zone.enabled", "true"),
    ("routing.http.desync_mitigation_mode", "defensive"),
    ("routing.http.drop_invalid_header_fields.enabled", "false"),
    ("routing.http.preserve_host_header.enabled", "false"),
    (
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
        "false",
    ),
    ("routing.http.xff_client_port.enabled", "false"),
    ("routing.http.xff_header_processing.mode", "append"),
    ("routing.http2.enabled", "true"),
    ("waf.fail_open.enabled", "false"),
];

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        if !turn.form().text("LoadBalancerArn").contains("/app/") {
            return Ok(answer);
        }
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let present: Vec<&str> = xml::items(document.root(), "Attributes")
            .into_iter()
            .map(|attribute| xml::text(attribute, "Key"))
            .collect();
        let missing: String = DEFAULTS
            .iter()
            .filter(|(key, _)| !present.contains(key))
            .map(|(key, value)| format!("<member><Key>{key}</Key><Value>{value}</Value></member>"))
            .collect();
        let mut edits = Edits::default();
        if let Some(list) = xml::find(document.root(), "Attributes") {
            edits.append(&source, list, &missing);
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
