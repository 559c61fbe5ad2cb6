use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use super::form::Form;
use super::rule::{Outcome, Rule};
use super::store::Store;
use super::xml;
use crate::clock::Clock;
use crate::containers::Engine;
use crate::gateway::{Answer, Call, EmulatorClient, NoAnswer, Protocol, Request, cbor};
use crate::temper::Temper;

/// One call on its way through the rules.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pub(crate) call: &'a Call,
    pub(crate) request: Request,
    /// What rules remember between calls.
    pub(crate) store: &'a Store,
    /// What time it is in the sandbox.
    pub(crate) clock: &'a Clock,
    /// How long things take, and how late they are seen.
    pub(crate) temper: &'a Temper,
    emulator: &'a EmulatorClient,
    inner: &'a [&'static dyn Rule],
}

/// Carries out a call with the rules that apply to it, the first outermost.
pub(crate) async fn run(
    call: &Call,
    request: Request,
    rules: &[&'static dyn Rule],
    emulator: &EmulatorClient,
    store: &Store,
    clock: &Clock,
    temper: &Temper,
) -> Outcome {
    let turn = Turn {
        call,
        request,
        store,
        clock,
        temper,
        emulator,
        inner: rules,
    };
    turn.pass().await
}

impl Turn<'_> {
    /// Hands the call on, to the next rule in or else to the emulator.
    pub(crate) async fn pass(&self) -> Outcome {
        self.pass_with(self.request.clone()).await
    }

    /// Hands a changed request on.
    pub(crate) async fn pass_with(&self, request: Request) -> Outcome {
        match self.inner.split_first() {
            Some((rule, inner)) => {
                let turn = Turn {
                    call: self.call,
                    request,
                    store: self.store,
                    clock: self.clock,
                    temper: self.temper,
                    emulator: self.emulator,
                    inner,
                };
                rule.answer(turn).await
            }
            None => self.emulator.ask(&request, self.call.is_read()).await,
        }
    }

    /// Hands the same operation on in another wire format.
    pub(crate) async fn pass_as(&self, call: &Call, request: Request) -> Outcome {
        let turn = Turn {
            call,
            request,
            store: self.store,
            clock: self.clock,
            temper: self.temper,
            emulator: self.emulator,
            inner: self.inner,
        };
        turn.pass().await
    }

    /// The containers behind the emulator, where it has any.
    pub(crate) fn engine(&self) -> Option<&Engine> {
        self.emulator.engine()
    }

    /// The fields of a Query request.
    pub(crate) fn form(&self) -> Form {
        Form::of(&self.request)
    }

    /// The body of a JSON or CBOR request; null when it is none.
    pub(crate) fn json(&self) -> Value {
        match self.call.protocol {
            Protocol::Cbor => cbor::decode(&self.request.body).unwrap_or_default(),
            _ => serde_json::from_slice(&self.request.body).unwrap_or_default(),
        }
    }

    /// A successful answer of a service that speaks CBOR or, to older clients, JSON.
    pub(crate) fn told(&self, value: &Value) -> Answer {
        match self.call.protocol {
            Protocol::Json => Answer::json(StatusCode::OK, &cbor::without_tags(value)),
            _ => Answer::cbor(StatusCode::OK, value),
        }
    }

    /// A successful answer of a Query service.
    pub(crate) fn success(&self, body: String) -> Answer {
        let content_type = match self.call.service.as_str() {
            "ec2" => "text/xml;charset=UTF-8",
            _ => "text/xml",
        };
        Answer::new(StatusCode::OK, content_type, body)
    }

    /// Asks the bare emulator an EC2 action, as the same caller in the same region; the answer's XML.
    pub(crate) async fn ec2(
        &self,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, NoAnswer> {
        self.query("ec2", Form::action(action, "2016-11-15", fields))
            .await
    }

    /// Asks the bare emulator an action of Elastic Load Balancing.
    pub(crate) async fn elb(
        &self,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, NoAnswer> {
        let form = Form::action(action, "2015-12-01", fields);
        self.query("elasticloadbalancing", form).await
    }

    /// Asks the bare emulator an action of RDS.
    pub(crate) async fn rds(
        &self,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, NoAnswer> {
        self.query("rds", Form::action(action, "2014-10-31", fields))
            .await
    }

    /// Asks the bare emulator an action of ElastiCache.
    pub(crate) async fn elasticache(
        &self,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, NoAnswer> {
        self.query("elasticache", Form::action(action, "2015-02-02", fields))
            .await
    }

    /// Asks the bare emulator an operation of ECS; null when it answers an error.
    pub(crate) async fn ecs(&self, operation: &str, body: &Value) -> Result<Value, NoAnswer> {
        let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
        self.ask_json("ecs", &target, body).await
    }

    /// Asks the bare emulator an operation of Secrets Manager; null when it answers an error.
    pub(crate) async fn secrets(&self, operation: &str, body: &Value) -> Result<Value, NoAnswer> {
        let target = format!("secretsmanager.{operation}");
        self.ask_json("secretsmanager", &target, body).await
    }

    /// Asks the bare emulator an operation of a service that speaks JSON, by its `X-Amz-Target`; null when it answers
    /// an error.
    pub(crate) async fn ask_json(
        &self,
        service: &str,
        target: &str,
        body: &Value,
    ) -> Result<Value, NoAnswer> {
        let mut request = self.own_request(service, "application/x-amz-json-1.1");
        if let Ok(target) = HeaderValue::from_str(target) {
            request.headers.insert("x-amz-target", target);
        }
        let answer = self
            .emulator
            .ask(&request.with_body(body.to_string()), true)
            .await?;
        Ok(if answer.status.is_success() {
            serde_json::from_slice(&answer.body).unwrap_or_default()
        } else {
            Value::Null
        })
    }

    /// Asks the bare emulator an action of a service that speaks the Query protocol; the answer's XML.
    pub(crate) async fn ask_query(
        &self,
        service: &str,
        version: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, NoAnswer> {
        self.query(service, Form::action(action, version, fields))
            .await
    }

    /// Asks the bare emulator a read of Route 53 by its path below `/2013-04-01/`; the answer's XML.
    pub(crate) async fn route53(&self, path: &str) -> Result<String, NoAnswer> {
        let mut request = self.own_request("route53", "text/xml");
        request.method = Method::GET;
        request.uri = format!("/2013-04-01/{path}").parse().unwrap_or_default();
        let answer = self.emulator.ask(&request, true).await?;
        Ok(body_text(&answer))
    }

    /// The caller's region, as the call was signed for it.
    pub(crate) fn region(&self) -> &str {
        self.call.region.as_deref().unwrap_or("us-east-1")
    }

    /// The 12 digits of the caller's account.
    pub(crate) async fn account(&self) -> Result<String, NoAnswer> {
        let answer = self
            .ask_query("sts", "2011-06-15", "GetCallerIdentity", &[])
            .await?;
        let document = xml::parse(&answer);
        let account = xml::find(document.root(), "Account").and_then(|node| node.text());
        Ok(account.unwrap_or_default().to_owned())
    }

    /// The active services of all clusters that run or want tasks: on AWS each task holds a network interface.
    pub(crate) async fn services_with_tasks(&self) -> Result<Vec<Value>, NoAnswer> {
        let mut found = Vec::new();
        let clusters = self.ecs("ListClusters", &json!({})).await?;
        for cluster in array(&clusters["clusterArns"]) {
            let listed = self
                .ecs("ListServices", &json!({"cluster": cluster}))
                .await?;
            for service in array(&listed["serviceArns"]) {
                let body = json!({"cluster": cluster, "services": [service]});
                let described = self.ecs("DescribeServices", &body).await?;
                found.extend(array(&described["services"]).iter().cloned());
            }
        }
        found.retain(|service| {
            service["status"] == "ACTIVE"
                && (service["desiredCount"] != 0 || service["runningCount"] != 0)
        });
        Ok(found)
    }

    async fn query(&self, service: &str, form: Form) -> Result<String, NoAnswer> {
        let request = self
            .own_request(service, "application/x-www-form-urlencoded")
            .with_body(form.encode());
        let answer = self.emulator.ask(&request, true).await?;
        Ok(body_text(&answer))
    }

    fn own_request(&self, service: &str, content_type: &'static str) -> Request {
        let key = self.call.access_key.as_deref().unwrap_or("test");
        let region = self.region();
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
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

/// The members of a JSON array, none when it is not one.
pub(crate) fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// An answer's body as text.
pub(crate) fn body_text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}
