use hyper::StatusCode;

use crate::gateway::{Call, Protocol};

/// An error as the called service words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

impl Refusal {
    /// Too many requests (row 9 of AWS's behaviours).
    pub(crate) fn throttled(call: &Call) -> Self {
        let (status, code, message) = match (call.service.as_str(), call.protocol) {
            ("ec2", _) => (503, "RequestLimitExceeded", "Request limit exceeded."),
            ("s3", _) => (503, "SlowDown", "Please reduce your request rate."),
            ("ce", _) => (400, "LimitExceededException", "Rate limit exceeded"),
            (_, Protocol::RestJson) => (429, "ThrottlingException", "Rate exceeded"),
            (_, Protocol::Json | Protocol::Cbor) => (400, "ThrottlingException", "Rate exceeded"),
            _ => (400, "Throttling", "Rate exceeded"),
        };
        Self::new(status, code, message)
    }

    /// Credentials that have expired (row 8 of AWS's behaviours).
    pub(crate) fn expired(call: &Call) -> Self {
        const MESSAGE: &str = "The security token included in the request is expired";
        let (status, code, message) = match (call.service.as_str(), call.protocol) {
            ("ec2", _) => (400, "RequestExpired", "Request has expired."),
            ("s3", _) => (400, "ExpiredToken", "The provided token has expired."),
            (_, Protocol::RestJson) => (403, "ExpiredTokenException", MESSAGE),
            (_, Protocol::Json | Protocol::Cbor) => (400, "ExpiredTokenException", MESSAGE),
            _ => (403, "ExpiredToken", MESSAGE),
        };
        Self::new(status, code, message)
    }

    fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            code,
            message,
        }
    }
}
