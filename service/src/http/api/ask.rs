//! Parts of a request that are neither body nor answer: parameters, ids, numbers, cursors.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bella_domain::phone::{self, Mobile};
use jiff::Timestamp;
use uuid::Uuid;

use super::read::Fields;
use crate::problem::{FieldProblem, Problem};

/// The parameters of a query.
pub(super) struct Parameters(pub(super) Fields);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs: Result<Query<Vec<(String, String)>>, QueryRejection> =
            Query::try_from_uri(&parts.uri);
        match pairs {
            Ok(Query(pairs)) => Ok(Self(Fields::of_query(pairs))),
            Err(_) => Err(Problem::plain(
                StatusCode::BAD_REQUEST,
                "the query cannot be read",
            )),
        }
    }
}

/// The id in a path; what is no id names nothing.
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<Path<String>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        path.ok()
            .and_then(|Path(id)| Uuid::try_parse(&id).ok())
            .map(Self)
            .ok_or_else(no_such)
    }
}

pub(super) fn no_such() -> Problem {
    Problem::not_found("there is no appointment with this id")
}

/// The number in a path, in E.164 or as it is dialled in the business's country.
pub(super) struct Number(pub(super) Mobile);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<Path<String>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        let mobile = path.ok().and_then(|Path(text)| read_mobile(&text));
        mobile.map(Self).ok_or_else(|| {
            Problem::invalid(vec![FieldProblem {
                field: "mobile".to_owned(),
                message: format!("is not {NUMBER_NEEDED}"),
            }])
        })
    }
}

/// What is needed where a number is none.
pub(super) const NUMBER_NEEDED: &str = "a valid number in E.164 such as +14165550142";

pub(super) fn read_mobile(text: &str) -> Option<Mobile> {
    let written = text.bytes().all(|byte| b"0123456789+-(). ".contains(&byte));
    let understood = |_| phone::understand(text);
    Mobile::from_e164(text)
        .or_else(understood)
        .ok()
        .filter(|_| written)
}

/// A place in the list of appointments: beginning and id of the last one that was told.
pub(super) fn cursor((start, id): (Timestamp, Uuid)) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{id}", start.as_microsecond()))
}

/// Reads what [`cursor`] gives.
pub(super) fn read_cursor(text: &str) -> Option<(Timestamp, Uuid)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (start, id) = text.split_once('.')?;
    let start = Timestamp::from_microsecond(start.parse().ok()?).ok()?;
    Some((start, Uuid::try_parse(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is() {
        let place = (
            Timestamp::from_microsecond(1_773_000_000_123_456),
            Uuid::now_v7(),
        );
        let place = (place.0.expect("in range"), place.1);
        assert_eq!(read_cursor(&cursor(place)), Some(place));
        for bad in ["", "x", "MTIz", "!!!!", "OTk5OTk5OTk5OTk5OTk5OTk5OTku"] {
            assert_eq!(read_cursor(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_number_may_be_written_as_it_is_dialled_but_not_said() {
        for good in [
            "+14165550142",
            "4165550142",
            "416-555-0142",
            "(416) 555-0142",
        ] {
            let read = read_mobile(good).map(String::from);
            assert_eq!(read.as_deref(), Some("+14165550142"), "{good}");
        }
        for bad in ["", "12", "four one six", "+1", "null"] {
            assert!(read_mobile(bad).is_none(), "{bad}");
        }
    }
}
