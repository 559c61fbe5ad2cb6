//! What the API answers when it refuses: `application/problem+json` as RFC 9457 has it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was refused. No member repeats a name or a number that was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Which problem it is: `about:blank` where the status says it all.
    #[serde(rename = "type")]
    #[schema(example = "urn:bella:problem:slot-unavailable")]
    pub(crate) kind: &'static str,
    /// The kind of problem in a few words, the same for every occurrence.
    pub(crate) title: &'static str,
    /// The status code of the answer.
    #[schema(minimum = 400, maximum = 599)]
    pub(crate) status: u16,
    /// What is wrong with this request, and what to do.
    pub(crate) detail: String,
    /// The fields or parameters that cannot be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) errors: Vec<FieldProblem>,
    /// The free times nearest to the one asked for, nearest first; only where a time cannot be booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(crate) nearest: Option<Vec<String>>,
    /// Seconds after which to try again, also in the header `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u64>,
}

/// What is wrong with one field or parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// The name of the field or parameter.
    #[schema(example = "start")]
    pub(crate) field: String,
    /// What is needed instead.
    pub(crate) message: String,
}

impl Problem {
    /// A problem that its status names.
    pub(crate) fn plain(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Refused"),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            nearest: None,
            retry_after: None,
        }
    }

    /// 404: there is nothing with this id or at this path.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::plain(StatusCode::NOT_FOUND, detail)
    }

    /// 422: fields or parameters that cannot be used, all of them.
    pub(crate) fn invalid(errors: Vec<FieldProblem>) -> Self {
        let named: Vec<_> = errors
            .iter()
            .map(|error| format!("`{}`: {}", error.field, error.message))
            .collect();
        Self {
            kind: "urn:bella:problem:invalid",
            title: "Fields cannot be used",
            errors,
            ..Self::plain(StatusCode::UNPROCESSABLE_ENTITY, named.join("; "))
        }
    }

    /// 409: the time cannot be booked, with the nearest that can.
    pub(crate) fn unavailable(detail: impl Into<String>, nearest: Vec<String>) -> Self {
        Self {
            kind: "urn:bella:problem:slot-unavailable",
            title: "The time cannot be booked",
            nearest: Some(nearest),
            ..Self::plain(StatusCode::CONFLICT, detail)
        }
    }

    /// 429: too many refused attempts from one address.
    pub(crate) fn too_many(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::plain(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "too many attempts with a wrong key from this address; try again in {retry_after} s"
                ),
            )
        }
    }

    /// 503: the database does not answer; nothing was changed that was not confirmed.
    pub(crate) fn away() -> Self {
        Self {
            kind: "urn:bella:problem:database-away",
            title: "The database does not answer",
            retry_after: Some(5),
            ..Self::plain(
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer; send the request again, a POST with the same Idempotency-Key",
            )
        }
    }

    /// 500: something failed that is in the log under the request's trace id.
    pub(crate) fn failed() -> Self {
        Self::plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the request failed for a reason that is in the service's log",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
