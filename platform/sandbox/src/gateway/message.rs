use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use hyper::{Method, Response, StatusCode, Uri};

use super::classify::{Call, Protocol};

/// A body in either direction: whole or streaming.
pub(crate) type Body = BoxBody<Bytes, hyper::Error>;

/// The connection ends here without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("connection cut")]
pub(crate) struct Cut;

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
                let mut answer = Self::new(
                    status,
                    "application/cbor",
                    cbor_text_map(&[("__type", code), ("message", message)]),
                );
                answer
                    .headers
                    .insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
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

/// RFC 8949: a map of text to text.
fn cbor_text_map(entries: &[(&str, &str)]) -> Vec<u8> {
    fn head(out: &mut Vec<u8>, major: u8, length: usize) {
        match length {
            0..=23 => out.push(major | length as u8),
            24..=0xff => out.extend([major | 24, length as u8]),
            _ => {
                out.push(major | 25);
                out.extend((length.min(0xffff) as u16).to_be_bytes());
            }
        }
    }
    let mut out = Vec::new();
    head(&mut out, 0xa0, entries.len());
    for text in entries.iter().flat_map(|(key, value)| [key, value]) {
        let text = &text.as_bytes()[..text.len().min(0xffff)];
        head(&mut out, 0x60, text.len());
        out.extend(text);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cbor_text_map;

    #[test]
    fn cbor_of_a_short_and_a_long_text() {
        let long = "x".repeat(30);
        let bytes = cbor_text_map(&[("a", "b"), ("m", &long)]);
        let mut expected = vec![0xa2, 0x61, b'a', 0x61, b'b', 0x61, b'm', 0x78, 30];
        expected.extend(long.as_bytes());
        assert_eq!(bytes, expected);
    }
}
