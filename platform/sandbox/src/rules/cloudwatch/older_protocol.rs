use hyper::Method;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use serde_json::Value;

use super::{SERVICE, older_form};
use crate::gateway::{Answer, Call, Protocol, Request, cbor};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: OlderProtocol = OlderProtocol;

pub(crate) struct OlderProtocol;

const OPERATIONS: [&str; 12] = [
    "DeleteAlarms",
    "DeleteDashboards",
    "DescribeAlarms",
    "GetDashboard",
    "ListDashboards",
    "ListTagsForResource",
    "PutCompositeAlarm",
    "PutDashboard",
    "PutMetricAlarm",
    "SetAlarmState",
    "TagResource",
    "UntagResource",
];

const NAMESPACE: &str = "http://monitoring.amazonaws.com/doc/2010-08-01/";

impl Rule for OlderProtocol {
    fn name(&self) -> &'static str {
        "older-protocol"
    }

    fn about(&self) -> About {
        About::corrects(
            "Alarms and dashboards in CloudWatch's older wire format, forms answered by XML. What the emulator takes \
             and answers there lacks most of an alarm, so such a call is carried out in the newer format.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &OPERATIONS)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match turn.call.protocol {
                Protocol::Query => translate(&turn).await,
                _ => turn.pass().await,
            }
        })
    }
}

async fn translate(turn: &Turn<'_>) -> Outcome {
    let call = Call {
        protocol: Protocol::Cbor,
        ..turn.call.clone()
    };
    let answer = turn.pass_as(&call, request(turn)).await?;
    let value = cbor::decode(&answer.body).unwrap_or_default();
    if !answer.status.is_success() {
        let text = |name: &str| value[name].as_str().unwrap_or_default();
        let code = text("__type").rsplit('#').next().unwrap_or_default();
        return Ok(Answer::error(
            turn.call,
            answer.status,
            code,
            text("message"),
        ));
    }
    let operation = &turn.call.operation;
    let body = format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>{}</{operation}Result><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></{operation}Response>",
        xml(&value)
    );
    Ok(Answer::new(StatusCode::OK, "text/xml", body))
}

/// The call in the newer format.
fn request(turn: &Turn<'_>) -> Request {
    let value = older_form::value(&turn.form());
    let mut request = turn.request.clone().with_body(cbor::encode(&value));
    request.method = Method::POST;
    let path = format!(
        "/service/GraniteServiceVersion20100801/operation/{}",
        turn.call.operation
    );
    request.uri = path.parse().unwrap_or_default();
    let headers = &mut request.headers;
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/cbor"));
    headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    request
}

/// Members of a list are `member` elements, points in time ISO 8601.
fn xml(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => escaped(text),
        Value::Array(all) => all
            .iter()
            .map(|one| format!("<member>{}</member>", xml(one)))
            .collect(),
        Value::Object(all) => match cbor::point_in_time(value) {
            Some(seconds) => Timestamp::from_second(seconds as i64)
                .map(|at| at.to_string())
                .unwrap_or_default(),
            None => all
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| format!("<{name}>{}</{name}>", xml(value)))
                .collect(),
        },
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_as_xml() {
        let value = json!({
            "MetricAlarms": [{"AlarmName": "a<b", "Threshold": 5.0, "ActionsEnabled": true, "Unit": null,
                "AlarmActions": [], "StateUpdatedTimestamp": cbor::timestamp(0.0)}],
        });
        assert_eq!(
            xml(&value),
            "<MetricAlarms><member><ActionsEnabled>true</ActionsEnabled><AlarmActions></AlarmActions>\
             <AlarmName>a&lt;b</AlarmName><StateUpdatedTimestamp>1970-01-01T00:00:00Z</StateUpdatedTimestamp>\
             <Threshold>5.0</Threshold></member></MetricAlarms>"
        );
    }
}
