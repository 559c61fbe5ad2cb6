use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, EXPECT, HeaderMap};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::containers::Engine;

use super::message::{Answer, Body, Request as WholeRequest, whole};

/// How long a call waits for an emulator that is starting.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Whether the emulator can be asked now, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Upstream {
    Starting,
    Ready { port: u16 },
    Stopping,
}

/// Why the emulator gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// It was not reached, so nothing was done.
    NotReached,
    /// It was reached and the connection broke: the work may or may not be done.
    Broken,
}

/// The gateway's connections to the emulator.
#[derive(Debug, Clone)]
pub(crate) struct EmulatorClient {
    client: Client<HttpConnector, Body>,
    upstream: watch::Receiver<Upstream>,
    engine: Option<Arc<Engine>>,
}

impl EmulatorClient {
    pub(crate) fn new(upstream: watch::Receiver<Upstream>, engine: Option<Arc<Engine>>) -> Self {
        Self {
            client: connections(),
            upstream,
            engine,
        }
    }

    /// The containers behind the emulator, where it has any.
    pub(crate) fn engine(&self) -> Option<&Engine> {
        self.engine.as_deref()
    }

    pub(crate) fn state(&self) -> Upstream {
        *self.upstream.borrow()
    }

    /// Passes a request whose body streams; it is sent once.
    pub(crate) async fn stream(
        &self,
        method: Method,
        uri: &Uri,
        headers: HeaderMap,
        body: Body,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let port = self.ready_port().await.ok_or(NoAnswer::NotReached)?;
        self.send(port, method, uri, headers, body).await
    }

    /// Passes a whole request, again and again while the emulator refuses connections because it restarts.
    ///
    /// A read is also sent again when the connection broke, as it changes nothing; anything else is not, as it may
    /// have been carried out.
    pub(crate) async fn pass(
        &self,
        request: &WholeRequest,
        is_read: bool,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let deadline = Instant::now() + START_LIMIT;
        let mut breaks = if is_read { 5 } else { 0 };
        loop {
            let port = self.ready_port().await.ok_or(NoAnswer::NotReached)?;
            let sent = self
                .send(
                    port,
                    request.method.clone(),
                    &request.uri,
                    request.headers.clone(),
                    whole(request.body.clone()),
                )
                .await;
            match sent {
                Err(NoAnswer::NotReached) if Instant::now() < deadline => {}
                Err(NoAnswer::Broken) if breaks > 0 => breaks -= 1,
                other => return other,
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Passes a whole request and holds the answer whole.
    pub(crate) async fn ask(
        &self,
        request: &WholeRequest,
        is_read: bool,
    ) -> Result<Answer, NoAnswer> {
        hold(self.pass(request, is_read).await?).await
    }

    /// The port once the emulator answers; `None` when it stops or takes too long.
    async fn ready_port(&self) -> Option<u16> {
        let mut upstream = self.upstream.clone();
        let known = timeout(
            START_LIMIT,
            upstream.wait_for(|state| *state != Upstream::Starting),
        )
        .await;
        match known {
            Ok(Ok(state)) => match *state {
                Upstream::Ready { port } => Some(port),
                Upstream::Starting | Upstream::Stopping => None,
            },
            _ => None,
        }
    }

    async fn send(
        &self,
        port: u16,
        method: Method,
        uri: &Uri,
        mut headers: HeaderMap,
        body: Body,
    ) -> Result<Response<Incoming>, NoAnswer> {
        // The body is on its way already: nothing is left to wait for.
        headers.remove(EXPECT);
        // About the client's connection, not about this one.
        headers.remove(CONNECTION);
        let target = uri.path_and_query().map_or("/", |p| p.as_str());
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = format!("http://127.0.0.1:{port}{target}")
            .parse()
            .map_err(|_| NoAnswer::NotReached)?;
        *request.headers_mut() = headers;
        let mut response = self.client.request(request).await.map_err(|error| {
            if error.is_connect() {
                NoAnswer::NotReached
            } else {
                NoAnswer::Broken
            }
        })?;
        // About the connection to the emulator, not about the client's.
        response.headers_mut().remove(CONNECTION);
        response.headers_mut().remove("keep-alive");
        Ok(response)
    }
}

/// Reads an answer to its end.
pub(crate) async fn hold(response: Response<Incoming>) -> Result<Answer, NoAnswer> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| NoAnswer::Broken)?;
    Ok(Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.to_bytes(),
    })
}

/// True when the emulator on this port serves.
pub(crate) async fn emulator_ready(port: u16) -> bool {
    let url = format!("http://127.0.0.1:{port}/_ministack/ready");
    get(&url, Duration::from_secs(2))
        .await
        .is_some_and(|answer| answer.status == StatusCode::OK)
}

/// One GET on a connection of its own.
pub(crate) async fn get(url: &str, limit: Duration) -> Option<Answer> {
    one(Method::GET, url, Bytes::new(), limit).await
}

/// One POST on a connection of its own.
pub(crate) async fn post(url: &str, body: String, limit: Duration) -> Option<Answer> {
    one(Method::POST, url, Bytes::from(body), limit).await
}

async fn one(method: Method, url: &str, body: Bytes, limit: Duration) -> Option<Answer> {
    let mut request = Request::new(whole(body));
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().ok()?;
    let answer = async {
        let response = connections().request(request).await.ok()?;
        hold(response).await.ok()
    };
    timeout(limit, answer).await.ok().flatten()
}

fn connections() -> Client<HttpConnector, Body> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        // Shorter than the 75 s after which the emulator closes an idle connection.
        .pool_idle_timeout(Duration::from_secs(30))
        .build(connector)
}
