use bytes::Bytes;
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use hyper::{Method, Uri};
use serde_json::{Value, json};

use super::input;
use super::place::Place;
use super::service::{Casing, Service, Speaks};
use super::target::Failure;
use crate::gateway::Request;

/// A call as its service reads it, signed for the account and region.
pub(super) fn request(
    service: &Service,
    operation: &str,
    given: &Value,
    place: &Place,
) -> Result<Request, Failure> {
    match service.speaks {
        Speaks::Query(version) => Ok(form(service, version, operation, given, place)),
        Speaks::Json(target, protocol, casing) => {
            let body = match casing {
                Casing::Pascal => given.clone(),
                Casing::Camel => input::camel(given),
            };
            let mut request = signed(service.signing, place);
            let kind = format!("application/x-amz-json-{protocol}");
            set(&mut request, "content-type", &kind);
            set(
                &mut request,
                "x-amz-target",
                &format!("{target}.{operation}"),
            );
            Ok(request.with_body(body.to_string()))
        }
        Speaks::Scheduler => scheduler(service, operation, given, place),
    }
}

fn form(
    service: &Service,
    version: &str,
    operation: &str,
    given: &Value,
    place: &Place,
) -> Request {
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("Action", operation)
        .append_pair("Version", version)
        .extend_pairs(input::fields(service.name, given))
        .finish();
    let mut request = signed(service.signing, place);
    set(
        &mut request,
        "content-type",
        "application/x-www-form-urlencoded",
    );
    request.with_body(body)
}

/// EventBridge Scheduler's operations by path.
fn scheduler(
    service: &Service,
    operation: &str,
    given: &Value,
    place: &Place,
) -> Result<Request, Failure> {
    let (method, folder) = match operation {
        "CreateSchedule" => (Method::POST, "schedules"),
        "UpdateSchedule" => (Method::PUT, "schedules"),
        "DeleteSchedule" => (Method::DELETE, "schedules"),
        "CreateScheduleGroup" => (Method::POST, "schedule-groups"),
        "DeleteScheduleGroup" => (Method::DELETE, "schedule-groups"),
        other => {
            let message = format!("the sandbox does not call scheduler's {other}");
            return Err(Failure::new("UnsupportedTarget", message));
        }
    };
    let name = given["Name"].as_str().unwrap_or_default();
    let mut path = format!("/{folder}/{name}");
    let mut body = given.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("Name");
    }
    if method == Method::DELETE {
        if let Some(group) = given["GroupName"].as_str() {
            path = format!("{path}?groupName={group}");
        }
        body = json!({});
    }
    // The inputs of universal targets hold objects where the API wants a text.
    if let Some(text) = body
        .pointer_mut("/Target/Input")
        .filter(|input| input.is_object())
    {
        *text = json!(text.to_string());
    }
    let mut request = signed(service.signing, place);
    request.method = method;
    request.uri = path
        .parse()
        .map_err(|_| Failure::new("ValidationException", format!("{name} is no name.")))?;
    set(&mut request, "content-type", "application/json");
    Ok(request.with_body(body.to_string()))
}

/// A look at a schedule.
pub(super) fn get_schedule(group: &str, name: &str, place: &Place) -> Option<Request> {
    let mut request = signed("scheduler", place);
    request.method = Method::GET;
    request.uri = format!("/schedules/{name}?groupName={group}")
        .parse()
        .ok()?;
    Some(request)
}

fn signed(service: &str, Place { account, region }: &Place) -> Request {
    let mut request = Request {
        method: Method::POST,
        uri: Uri::from_static("/"),
        headers: HeaderMap::new(),
        body: Bytes::new(),
    };
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    );
    set(&mut request, AUTHORIZATION.as_str(), &scope);
    set(&mut request, "user-agent", "scheduler.amazonaws.com");
    request
}

fn set(request: &mut Request, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        request.headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Place, request};
    use crate::schedules::service::find;

    #[test]
    fn calls_are_written_as_their_service_reads_them() {
        let place = Place {
            account: "123456789012".to_owned(),
            region: "ca-central-1".to_owned(),
        };
        let cases = [
            (
                "rds",
                "StopDBInstance",
                json!({"DbInstanceIdentifier": "a"}),
                "POST / ",
                "Action=StopDBInstance&Version=2014-10-31&DBInstanceIdentifier=a",
            ),
            (
                "ecs",
                "UpdateService",
                json!({"DesiredCount": 0}),
                "POST / AmazonEC2ContainerServiceV20141113.UpdateService",
                "{\"desiredCount\":0}",
            ),
            (
                "scheduler",
                "UpdateSchedule",
                json!({"Name": "on", "GroupName": "g", "State": "ENABLED"}),
                "PUT /schedules/on ",
                "{\"GroupName\":\"g\",\"State\":\"ENABLED\"}",
            ),
            (
                "scheduler",
                "DeleteSchedule",
                json!({"Name": "on", "GroupName": "g"}),
                "DELETE /schedules/on?groupName=g ",
                "{}",
            ),
        ];
        for (name, operation, input, line, body) in cases {
            let service = find(name).expect("a service");
            let request = request(service, operation, &input, &place).expect("a request");
            let target = request
                .headers
                .get("x-amz-target")
                .map(|t| t.to_str().expect("text"));
            let seen = format!(
                "{} {} {}",
                request.method,
                request.uri,
                target.unwrap_or_default()
            );
            assert_eq!(seen, line);
            assert_eq!(String::from_utf8_lossy(&request.body), body, "{operation}");
        }
    }
}
