//! How the API refuses, for its description; and what a failed database is answered with.

use axum::http::StatusCode;
use utoipa::IntoResponses;

use crate::db::{ChangeError, DbError};
use crate::problem::Problem;

/// What every operation may answer besides what it is for.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers, which Problem makes")]
pub(super) enum Refused {
    /// The request cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Unreadable(#[to_schema] Problem),
    /// The key is missing or wrong.
    #[response(status = 401, content_type = "application/problem+json")]
    Key(#[to_schema] Problem),
    /// The body is larger than 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    Large(#[to_schema] Problem),
    /// The body is not said to be JSON.
    #[response(status = 415, content_type = "application/problem+json")]
    Kind(#[to_schema] Problem),
    /// Fields or parameters cannot be used; all are named.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(#[to_schema] Problem),
    /// Too many attempts with a wrong key from this address.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] Problem),
    /// Something failed; the service's log says what.
    #[response(status = 500, content_type = "application/problem+json")]
    Failed(#[to_schema] Problem),
    /// The database does not answer; `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Away(#[to_schema] Problem),
}

/// There is no such appointment.
#[derive(IntoResponses)]
#[response(status = 404, content_type = "application/problem+json")]
#[expect(dead_code, reason = "describes an answer, which Problem makes")]
pub(super) struct NoSuch(#[to_schema] Problem);

/// The time cannot be booked, or the appointment was cancelled.
#[derive(IntoResponses)]
#[response(status = 409, content_type = "application/problem+json")]
#[expect(dead_code, reason = "describes an answer, which Problem makes")]
pub(super) struct Conflict(#[to_schema] Problem);

impl From<DbError> for Problem {
    fn from(err: DbError) -> Self {
        tracing::warn!(error = %err, "a request of the API was not answered");
        if err.is_away() {
            Self::away()
        } else {
            Self::failed()
        }
    }
}

/// A change that was refused; `Taken` is the caller's to answer, for it knows what was asked for.
pub(super) fn change(err: ChangeError) -> Problem {
    match err {
        ChangeError::Database(err) => err.into(),
        ChangeError::Gone => conflict("the appointment is cancelled; make a new one"),
        ChangeError::Taken => {
            conflict("somebody else has that time now; move the appointment first")
        }
    }
}

pub(super) fn conflict(detail: &str) -> Problem {
    Problem::plain(StatusCode::CONFLICT, detail)
}
