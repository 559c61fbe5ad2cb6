use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// An answer to the emulator.
pub(super) type Reply = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// A whole answer.
pub(super) fn bytes(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Reply {
    let mut response = Response::new(Full::new(body.into()).boxed_unsync());
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

pub(super) fn json(status: StatusCode, value: &Value) -> Reply {
    bytes(status, "application/json", value.to_string())
}

pub(super) fn ok(value: &Value) -> Reply {
    json(StatusCode::OK, value)
}

/// Done, with nothing to say.
pub(super) fn done() -> Reply {
    let mut response = Response::new(Full::new(Bytes::new()).boxed_unsync());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Docker's form of an error.
pub(super) fn error(status: StatusCode, message: impl std::fmt::Display) -> Reply {
    json(status, &json!({"message": message.to_string()}))
}

pub(super) fn not_found(message: impl std::fmt::Display) -> Reply {
    error(StatusCode::NOT_FOUND, message)
}

/// What the machine refused.
pub(super) fn failed(problem: &std::io::Error) -> Reply {
    error(StatusCode::INTERNAL_SERVER_ERROR, problem)
}

/// An answer that goes on until the sender is dropped.
pub(super) fn stream(content_type: &'static str) -> (mpsc::Sender<Bytes>, Reply) {
    let (sender, receiver) = mpsc::channel(16);
    let mut response = Response::new(Flow(receiver).boxed_unsync());
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    (sender, response)
}

struct Flow(mpsc::Receiver<Bytes>);

impl Body for Flow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.0.poll_recv(context);
        next.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
