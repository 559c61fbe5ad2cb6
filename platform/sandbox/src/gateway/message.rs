use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use hyper::{Method, Response, StatusCode, Uri};

use super::cbor;
use super::classify::{Call, Protocol};

/// A body in either direction: whole or streaming.
pub(crate) type Body = BoxBody<Bytes, hyper::Error>;

/// The connection ends here without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Cut {
    #[error("connection cut")]
    Closed,
    #[error("connection reset")]
    Reset,
}

/// A request held whole, as rules see and change it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// The same request with another body.
    pub(crate) fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.headers.remove(TRANSFER_ENCODING);
        self.headers
            .insert(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        self
    }
}

/// An answer held whole.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn new(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    pub(crate) fn json(status: StatusCode, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    pub(crate) fn cbor(status: StatusCode, value: &serde_json::Value) -> Self {
        let mut answer = Self::new(status, "application/cbor", cbor::encode(value));
        let protocol = HeaderValue::from_static("rpc-v2-cbor");
        answer.headers.insert("smithy-protocol", protocol);
        answer
    }

    /// An error as the call's protocol writes it.
    pub(crate) fn error(call: &Call, status: StatusCode, code: &str, message: &str) -> Self {
        const REQUEST_ID: &str = "00000000-0000-0000-0000-000000000000";
        const WRAPPED: [&str; 3] = ["route53", "cloudfront", "s3-control"];
        let (code_xml, message_xml) = (escape(code), escape(message));
        let kind = if status.is_server_error() {
            "Receiver"
        } else {
            "Sender"
        };
        let mut answer = match call.protocol {
            Protocol::Ec2Query => Self::new(
                status,
                "text/xml;charset=UTF-8",
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code_xml}</Code><Message>{message_xml}</Message></Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
                ),
            ),
            // S3's error has no wrapper.
            Protocol::RestXml if !WRAPPED.contains(&call.service.as_str()) => Self::new(
                status,
                "application/xml",
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code_xml}</Code><Message>{message_xml}</Message><RequestId>{REQUEST_ID}</RequestId></Error>"
                ),
            ),
            Protocol::Query | Protocol::RestXml => Self::new(
                status,
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>{kind}</Type><Code>{code_xml}</Code><Message>{message_xml}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
                ),
            ),
            Protocol::Json => Self::new(
                status,
                "application/x-amz-json-1.1",
                serde_json::json!({"__type": code, "message": message}).to_string(),
            ),
            Protocol::RestJson => Self::json(status, &serde_json::json!({"message": message})),
            Protocol::Cbor => {
                let error = serde_json::json!({"__type": code, "message": message});
                let mut answer = Self::cbor(status, &error);
                // The services that spoke Query before say its code here.
                if let Ok(value) = HeaderValue::from_str(&format!("{code};{kind}")) {
                    answer.headers.insert("x-amzn-query-error", value);
                }
                answer
            }
        };
        if let Ok(value) = HeaderValue::from_str(code)
            && matches!(call.protocol, Protocol::Json | Protocol::RestJson)
        {
            answer.headers.insert("x-amzn-errortype", value);
        }
        // Clients read the id here, in every protocol.
        answer
            .headers
            .insert("x-amzn-requestid", HeaderValue::from_static(REQUEST_ID));
        answer
    }

    /// The same answer with another body.
    pub(crate) fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.headers.remove(TRANSFER_ENCODING);
        self.headers.remove(CONTENT_LENGTH);
        self
    }
}

impl From<Answer> for Response<Body> {
    fn from(answer: Answer) -> Self {
        let mut response = Self::new(whole(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        response
    }
}

/// A body of known bytes.
pub(crate) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// Text made safe between XML tags.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
