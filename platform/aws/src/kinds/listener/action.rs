//! What a listener does with requests, as Elastic Load Balancing takes and gives it.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Listener as Wire, RedirectActionConfig, RedirectActionStatusCodeEnum,
};
use bella_engine::export::Body;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where callers are sent: to the same host, path and query by another protocol and port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// `HTTPS`, the default, or `HTTP`.
    #[serde(default = "https")]
    pub protocol: String,
    /// Default 443.
    #[serde(default = "port")]
    pub port: u16,
    /// `HTTP_301`, for good and the default, or `HTTP_302`.
    #[serde(default = "for_good")]
    pub status: String,
}

/// What stands for the caller's own (API reference of `RedirectActionConfig`).
const SAME: [&str; 3] = ["#{host}", "/#{path}", "#{query}"];

fn https() -> String {
    "HTTPS".to_owned()
}

fn port() -> u16 {
    443
}

fn for_good() -> String {
    "HTTP_301".to_owned()
}

impl Redirect {
    pub(super) fn action(&self) -> Action {
        let config = RedirectActionConfig::builder()
            .protocol(&self.protocol)
            .port(self.port.to_string())
            .status_code(RedirectActionStatusCodeEnum::from(self.status.as_str()));
        let action = Action::builder().r#type(ActionTypeEnum::Redirect);
        action.redirect_config(config.build()).build()
    }

    pub(super) fn terraform(&self) -> Body {
        Body::new()
            .set("protocol", self.protocol.as_str())
            .set("port", self.port.to_string())
            .set("status_code", self.status.as_str())
    }
}

pub(crate) fn forward(target_group: &str) -> Action {
    let action = Action::builder().r#type(ActionTypeEnum::Forward);
    action.target_group_arn(target_group).build()
}

/// The one target group that requests go to; none when they go elsewhere or to several, which then
/// shows as a difference.
pub(super) fn forwards_to(listener: &Wire) -> Option<String> {
    target_of(listener.default_actions())
}

/// The one target group that actions of a listener or a rule send requests to.
pub(crate) fn target_of(actions: &[Action]) -> Option<String> {
    let [action] = actions else {
        return None;
    };
    let groups = action
        .forward_config()
        .map(|config| config.target_groups())
        .unwrap_or_default();
    match (action.target_group_arn(), groups) {
        (_, [_, _, ..]) => None,
        (Some(arn), _) => Some(arn.to_owned()),
        (None, [group]) => group.target_group_arn.clone(),
        (None, []) => None,
    }
}

/// Where callers are sent; none when it is to another host, path or query.
pub(super) fn redirects_to(listener: &Wire) -> Option<Redirect> {
    let [action] = listener.default_actions() else {
        return None;
    };
    let config = action.redirect_config()?;
    let parts = [config.host(), config.path(), config.query()];
    let is_same = parts
        .iter()
        .zip(SAME)
        .all(|(part, same)| part.is_none_or(|part| part == same));
    is_same.then(|| {
        Some(Redirect {
            protocol: config.protocol()?.to_owned(),
            port: config.port()?.parse().ok()?,
            status: config.status_code()?.as_str().to_owned(),
        })
    })?
}
