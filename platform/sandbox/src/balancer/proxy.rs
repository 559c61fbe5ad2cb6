use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HOST, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::fronts::Fronts;
use super::monitor::Monitor;
use crate::gateway::{Call, EmulatorClient};
use crate::rules::Store;

/// An Application Load Balancer takes bodies of any size; what is sent to the service is a form.
const LARGEST: usize = 8 * 1024 * 1024;
/// How often other targets are looked for when none of those known takes a connection.
const LOOKS: usize = 5;
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// All load balancers of an instance, on one port.
#[derive(Debug)]
pub(crate) struct Balancer {
    fronts: Fronts,
    emulator: EmulatorClient,
    store: Arc<Store>,
    client: Client<HttpConnector, Full<Bytes>>,
    next: AtomicUsize,
    address: SocketAddr,
}

impl Balancer {
    pub(crate) fn new(emulator: EmulatorClient, store: Arc<Store>, address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        Self {
            fronts: Fronts::new(emulator.clone(), Arc::clone(&store)),
            emulator,
            store,
            client,
            next: AtomicUsize::new(0),
            address,
        }
    }

    /// Notes what a call says of balancers.
    pub(crate) fn note(&self, call: &Call) {
        self.fronts.note(call);
        if changes_targets(call)
            && let Some(targets) = self.fronts.checks()
        {
            targets.news.notify_one();
        }
    }

    /// Checks what is registered with target groups for as long as the process lives; returns where there is nothing to
    /// check, as servers are records.
    pub(crate) async fn watch(self: Arc<Self>) {
        if let Some(engine) = self.emulator.engine() {
            Monitor::new(&self.emulator, &self.store, &self.fronts, engine)
                .run()
                .await;
        }
    }

    /// Where the balancers answer, once there is one.
    pub(crate) fn url(&self) -> Option<String> {
        self.fronts
            .any()
            .then(|| format!("http://{}", self.address))
    }

    /// Serves connections until the process ends.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            let Ok((stream, peer)) = listener.accept().await else {
                // Most likely out of file descriptors: others free some.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let balancer = Arc::clone(&self);
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let balancer = Arc::clone(&balancer);
                    async move { Ok::<_, Infallible>(balancer.answer(request, peer).await) }
                });
                // An error here is a client that went away.
                let _ = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }

    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Full<Bytes>> {
        let (mut parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, LARGEST).collect().await else {
            return said(
                StatusCode::PAYLOAD_TOO_LARGE,
                "413 Request Entity Too Large",
            );
        };
        let body = body.to_bytes();
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.unwrap_or_default().to_owned();
        parts.headers.remove(CONNECTION);
        let from = HeaderValue::from_str(&peer.ip().to_string());
        if let Ok(from) = from {
            parts
                .headers
                .insert(HeaderName::from_static("x-forwarded-for"), from);
        }
        let scheme = HeaderValue::from_static("http");
        parts
            .headers
            .insert(HeaderName::from_static("x-forwarded-proto"), scheme);
        for look in 0..LOOKS {
            let Some(targets) = self.fronts.targets(&host, look > 0).await else {
                break;
            };
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            let count = targets.len();
            for at in 0..count {
                let target = targets[(turn + at) % count];
                let mut sent = Request::new(Full::new(body.clone()));
                *sent.method_mut() = parts.method.clone();
                *sent.headers_mut() = parts.headers.clone();
                *sent.uri_mut() = uri(target, &parts.uri);
                let checks = self.fronts.checks();
                let _under_way = checks.map(|checks| checks.request(target));
                match self.client.request(sent).await {
                    Ok(answer) => return whole(answer).await,
                    // Nothing was sent: the next one may take it.
                    Err(error) if error.is_connect() => {}
                    Err(_) => return said(StatusCode::BAD_GATEWAY, "502 Bad Gateway"),
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        said(
            StatusCode::SERVICE_UNAVAILABLE,
            "503 Service Temporarily Unavailable",
        )
    }
}

/// Whether a call may change what is registered, or how it is checked.
fn changes_targets(call: &Call) -> bool {
    let of = |service, operations: &[&str]| call.is(service, operations);
    of("ecs", &["UpdateService", "DeleteService", "StopTask"])
        || call.service == "elasticloadbalancing" && !call.is_read()
}

fn uri(target: SocketAddr, asked: &Uri) -> Uri {
    let path = asked.path_and_query().map_or("/", |path| path.as_str());
    format!("http://{target}{path}").parse().unwrap_or_default()
}

async fn whole(answer: Response<Incoming>) -> Response<Full<Bytes>> {
    let (mut parts, body) = answer.into_parts();
    parts.headers.remove(CONNECTION);
    match body.collect().await {
        Ok(body) => Response::from_parts(parts, Full::new(body.to_bytes())),
        Err(_) => said(StatusCode::BAD_GATEWAY, "502 Bad Gateway"),
    }
}

fn said(status: StatusCode, title: &'static str) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from_static(title.as_bytes())));
    *answer.status_mut() = status;
    answer
}
