use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Method, Uri};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gateway::{EmulatorClient, Request};
use crate::rules::Form;

/// Where something was made: the key of an account, and a region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) key: String,
    pub(crate) region: String,
}

impl Place {
    /// Where the object of an ARN is: the emulator takes an account's number for a key of it.
    pub(crate) fn of(arn: &str) -> Option<Self> {
        let mut parts = arn.split(':').skip(3);
        let region = parts.next()?.to_owned();
        let key = parts.next()?.to_owned();
        Some(Self { key, region })
    }

    /// Asks the bare emulator an action of Elastic Load Balancing; its XML, or nothing when it gives no answer.
    pub(crate) async fn elb(
        &self,
        emulator: &EmulatorClient,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Option<String> {
        let form = Form::action(action, "2015-12-01", fields).encode();
        let form_body = "application/x-www-form-urlencoded";
        let request = self.request("elasticloadbalancing", form_body);
        let answer = emulator.ask(&request.with_body(form), true).await.ok()?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        answer.status.is_success().then_some(text)
    }

    /// Asks the bare emulator an operation of ECS; null when it gives no answer or an error.
    pub(crate) async fn ecs(
        &self,
        emulator: &EmulatorClient,
        operation: &str,
        body: &Value,
    ) -> Value {
        let mut request = self.request("ecs", "application/x-amz-json-1.1");
        let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        if let Ok(target) = HeaderValue::from_str(&target) {
            request.headers.insert("x-amz-target", target);
        }
        let is_read = operation.starts_with("Describe");
        let request = request.with_body(body.to_string());
        match emulator.ask(&request, is_read).await {
            Ok(answer) if answer.status.is_success() => {
                serde_json::from_slice(&answer.body).unwrap_or_default()
            }
            _ => Value::Null,
        }
    }

    fn request(&self, service: &str, content_type: &'static str) -> Request {
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential={}/20260101/{}/{service}/aws4_request, SignedHeaders=host, Signature=0",
            self.key, self.region
        );
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Ok(scope) = HeaderValue::from_str(&scope) {
            headers.insert(AUTHORIZATION, scope);
        }
        Request {
            method: Method::POST,
            uri: Uri::from_static("/"),
            headers,
            body: bytes::Bytes::new(),
        }
    }
}
