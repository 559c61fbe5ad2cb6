use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A caller of AWS that signs with a dummy signature, as the sandbox checks none.
pub(crate) struct Aws {
    endpoint: String,
    key: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// An answer, whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

impl Aws {
    pub(crate) fn new(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            key: "test".to_owned(),
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build_http(),
        }
    }

    /// The same caller with another access key.
    pub(crate) fn with_key(&self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..Self::new(&self.endpoint)
        }
    }

    /// One EC2 action; `None` when the connection ends without an answer.
    pub(crate) async fn try_ec2(&self, action: &str, fields: &str) -> Option<Answer> {
        self.query(
            "ec2",
            &format!("Action={action}&Version=2016-11-15&{fields}"),
        )
        .await
    }

    pub(crate) async fn ec2(&self, action: &str, fields: &str) -> Answer {
        self.try_ec2(action, fields).await.expect("an answer")
    }

    /// The text of the first element of this name in the answer to an EC2 action.
    pub(crate) async fn ec2_text(&self, action: &str, fields: &str, element: &str) -> String {
        let answer = self.ec2(action, fields).await;
        answer
            .text(element)
            .unwrap_or_else(|| panic!("{action}: {answer:?}"))
    }

    pub(crate) async fn elb(&self, action: &str, fields: &str) -> Answer {
        let form = format!("Action={action}&Version=2015-12-01&{fields}");
        self.query("elasticloadbalancing", &form)
            .await
            .expect("an answer")
    }

    pub(crate) async fn rds(&self, action: &str, fields: &str) -> Answer {
        let form = format!("Action={action}&Version=2014-10-31&{fields}");
        self.query("rds", &form).await.expect("an answer")
    }

    pub(crate) async fn elasticache(&self, action: &str, fields: &str) -> Answer {
        let form = format!("Action={action}&Version=2015-02-02&{fields}");
        self.query("elasticache", &form).await.expect("an answer")
    }

    pub(crate) async fn iam(&self, action: &str, fields: &str) -> Answer {
        let form = format!("Action={action}&Version=2010-05-08&{fields}");
        self.query("iam", &form).await.expect("an answer")
    }

    pub(crate) async fn sns(&self, action: &str, fields: &str) -> Answer {
        let form = format!("Action={action}&Version=2010-03-31&{fields}");
        self.query("sns", &form).await.expect("an answer")
    }

    /// CloudWatch in its older wire format.
    pub(crate) async fn monitoring(&self, action: &str, fields: &str) -> Answer {
        let form = format!("Action={action}&Version=2010-08-01&{fields}");
        self.query("monitoring", &form).await.expect("an answer")
    }

    pub(crate) async fn sts(&self, action: &str, fields: &str) -> Answer {
        let form = format!("Action={action}&Version=2011-06-15&{fields}");
        self.query("sts", &form).await.expect("an answer")
    }

    pub(crate) async fn ecs(&self, operation: &str, body: &Value) -> (StatusCode, Value) {
        let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        self.json("ecs", &target, body).await
    }

    pub(crate) async fn ecr(&self, operation: &str, body: &Value) -> (StatusCode, Value) {
        let target = format!("AmazonEC2ContainerRegistry_V20150921.{operation}");
        self.json("ecr", &target, body).await
    }

    pub(crate) async fn json(
        &self,
        service: &str,
        target: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let request = self
            .request(Method::POST, "/", service, "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(Full::from(body.to_string()))
            .expect("a request");
        let answer = self.send(request).await.expect("an answer");
        let body = serde_json::from_str(&answer.body).expect("JSON");
        (answer.status, body)
    }

    /// A call of Route 53 by its path below `/2013-04-01/`.
    pub(crate) async fn route53(&self, method: Method, path: &str, body: &str) -> Answer {
        let path = format!("/2013-04-01/{path}");
        let request = self
            .request(method, &path, "route53", "text/xml")
            .body(Full::from(body.to_owned()))
            .expect("a request");
        self.send(request).await.expect("an answer")
    }

    /// A call of S3 by its path.
    pub(crate) async fn s3(&self, method: Method, path: &str, body: &str) -> Answer {
        let request = self
            .request(method, path, "s3", "text/plain")
            .body(Full::from(body.to_owned()))
            .expect("a request");
        self.send(request).await.expect("an answer")
    }

    /// A call of EventBridge Scheduler by its path.
    pub(crate) async fn scheduler(&self, method: Method, path: &str, body: &str) -> Answer {
        let request = self
            .request(method, &format!("/{path}"), "scheduler", "application/json")
            .body(Full::from(body.to_owned()))
            .expect("a request");
        self.send(request).await.expect("an answer")
    }

    /// A request that is no call of AWS.
    pub(crate) async fn plain(&self, method: Method, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body.to_owned()))
            .expect("a request");
        self.send(request).await.expect("an answer")
    }

    /// The gateway's own endpoints.
    pub(crate) async fn control(&self, method: Method, path: &str, body: &str) -> Value {
        let (status, told) = self.told(method, path, body).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        told
    }

    /// What the sandbox itself answers, and whether it does what it is asked.
    pub(crate) async fn told(&self, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/_bella/{path}", self.endpoint))
            .body(Full::from(body.to_owned()))
            .expect("a request");
        let answer = self.send(request).await.expect("an answer");
        let told = serde_json::from_str(&answer.body).expect("JSON");
        (answer.status, told)
    }

    async fn query(&self, service: &str, form: &str) -> Option<Answer> {
        let form_type = "application/x-www-form-urlencoded";
        let request = self
            .request(Method::POST, "/", service, form_type)
            .body(Full::from(form.to_owned()))
            .expect("a request");
        self.send(request).await
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        service: &str,
        content_type: &str,
    ) -> hyper::http::request::Builder {
        let key = &self.key;
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20261122/ca-central-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .header(AUTHORIZATION, scope)
            .header(CONTENT_TYPE, content_type)
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Option<Answer> {
        let sent = tokio::time::timeout(Duration::from_secs(60), self.client.request(request));
        let response = sent.await.expect("in time").ok()?;
        let status = response.status();
        let body = response.into_body().collect().await.ok()?.to_bytes();
        Some(Answer {
            status,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

impl Answer {
    /// The text of the first element of this name.
    pub(crate) fn text(&self, element: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("<{element}>"))?;
        rest.split_once(&format!("</{element}>"))
            .map(|(text, _)| text.to_owned())
    }

    /// The texts of all elements of this name.
    pub(crate) fn texts(&self, element: &str) -> Vec<String> {
        self.body
            .split(&format!("<{element}>"))
            .skip(1)
            .filter_map(|rest| rest.split_once(&format!("</{element}>")))
            .map(|(text, _)| text.to_owned())
            .collect()
    }

    /// Status and AWS error code.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.text("Code").unwrap_or_default())
    }
}
