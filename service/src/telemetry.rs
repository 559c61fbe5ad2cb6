//! Logs and trace ids.
//!
//! A line is JSON where nobody reads it from a terminal. It carries the call's id and the trace id of the request, and nothing of
//! a caller: no name, no number, no words.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, field, info_span, warn};
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

/// A request that takes longer is warned of: the caller hears the silence.
const SLOW: Duration = Duration::from_secs(2);

/// The load balancer's trace header, as AWS names it.
const AMAZON_TRACE: &str = "x-amzn-trace-id";

/// Starts logging to standard output at `RUST_LOG`, by default `info`.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter);
    // A second start in one process changes nothing.
    let _ = if std::io::stdout().is_terminal() {
        subscriber.compact().try_init()
    } else {
        subscriber.json().flatten_event(true).try_init()
    };
}

/// Puts a request into a span with its trace id, and warns when it was slow.
///
/// The span has a field `call`, which the handlers of Twilio's webhooks fill with `CallSid`. The route is logged as its pattern:
/// paths can hold personal data.
pub(crate) async fn trace(request: Request, next: Next) -> Response {
    let trace_id = trace_id(&request);
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let span =
        info_span!("request", trace_id, route, method = %request.method(), call = field::Empty);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();
    if took > SLOW {
        let _entered = span.enter();
        warn!(milliseconds = took.as_millis(), "a slow answer");
    }
    if let Ok(id) = HeaderValue::from_str(&trace_id) {
        response.headers_mut().insert("x-trace-id", id);
    }
    response
}

/// The load balancer's id where it is well formed, else a new one.
fn trace_id(request: &Request) -> String {
    request
        .headers()
        .get(AMAZON_TRACE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').find_map(|part| part.strip_prefix("Root=")))
        .filter(|root| {
            root.len() <= 64
                && root
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
        .map_or_else(|| Uuid::now_v7().simple().to_string(), str::to_owned)
}
