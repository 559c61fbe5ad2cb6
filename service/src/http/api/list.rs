//! Appointments, page by page.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ask::{NUMBER_NEEDED, Parameters, cursor, read_cursor, read_mobile};
use super::read::Fields;
use super::refused::Refused;
use super::view::{Appointment, StatusName};
use crate::app::App;
use crate::db::{Filter, Status};
use crate::problem::Problem;

/// The most appointments of one page.
const MOST: u16 = 100;

/// Appointments of a page where nothing is said.
const USUAL: u16 = 50;

/// Some appointments, by beginning.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AppointmentPage {
    items: Vec<Appointment>,
    /// What to send as `cursor` for the next page; null on the last.
    next: Option<String>,
}

/// What to look for; every part narrows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes a body, which Fields reads")]
pub(super) struct Search {
    /// Of whoever has this number.
    #[schema(
        required = true,
        nullable = false,
        pattern = r"^\+[1-9][0-9]{7,14}$",
        example = "+14165550142"
    )]
    mobile: String,
    /// That end after this moment.
    #[schema(required = false, nullable = false, format = DateTime)]
    from: Option<String>,
    /// That begin before this moment.
    #[schema(required = false, nullable = false, format = DateTime)]
    to: Option<String>,
    #[schema(required = false, nullable = false)]
    status: Option<StatusName>,
    /// `next` of the page before.
    #[schema(required = false, nullable = false)]
    cursor: Option<String>,
    /// How many at most.
    #[schema(required = false, nullable = false, minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// List appointments by their beginning; to find those of a number, search: numbers do not belong into URLs.
#[utoipa::path(
    get,
    path = "/appointments",
    tag = "appointments",
    params(
        ("from" = Option<String>, Query, description = "That end after this moment (RFC 3339).", format = DateTime, nullable = false),
        ("to" = Option<String>, Query, description = "That begin before this moment (RFC 3339).", format = DateTime, nullable = false),
        ("status" = Option<StatusName>, Query, description = "With this status.", nullable = false),
        ("cursor" = Option<String>, Query, description = "`next` of the page before.", nullable = false),
        ("limit" = Option<u16>, Query, description = "How many at most; 50 if absent.", minimum = 1, maximum = 100, nullable = false),
    ),
    responses((status = 200, description = "A page; the header `Link` names the next one too.", body = AppointmentPage), Refused)
)]
pub(super) async fn list(
    State(app): State<App>,
    Parameters(mut fields): Parameters,
) -> Result<Response, Problem> {
    if fields.has("mobile") {
        let hint = "does not belong into a URL; POST /api/v1/appointments/search with it";
        let _ = fields.text("mobile", 100);
        fields.wrong("mobile", hint);
    }
    let (filter, limit) = read(fields, Filter::default())?;
    page(&app, &filter, limit).await
}

/// Find the appointments of a number, by their beginning.
#[utoipa::path(
    post,
    path = "/appointments/search",
    tag = "appointments",
    request_body = Search,
    responses((status = 200, description = "A page.", body = AppointmentPage), Refused)
)]
pub(super) async fn search(
    State(app): State<App>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let mobile = fields.needed("mobile", 40);
    let mobile = fields.read("mobile", mobile, NUMBER_NEEDED, read_mobile);
    let filter = Filter {
        mobile,
        ..Filter::default()
    };
    let (filter, limit) = read(fields, filter)?;
    page(&app, &filter, limit).await
}

fn read(mut fields: Fields, filter: Filter) -> Result<(Filter, u16), Problem> {
    let from = fields.moment("from");
    let to = fields.moment("to");
    let status = fields.text("status", 20);
    let names: Vec<_> = Status::ALL.into_iter().map(Status::as_str).collect();
    let needed = format!("one of {}", names.join(", "));
    let status = fields.read("status", status, &needed, Status::parse);
    let after = fields.text("cursor", 200);
    let after = fields.read("cursor", after, "`next` of a page", read_cursor);
    let limit = fields.whole("limit", 1, MOST).unwrap_or(USUAL);
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        fields.wrong("to", "is not after `from`");
    }
    fields.finish()?;
    let filter = Filter {
        from,
        to,
        status,
        after,
        ..filter
    };
    Ok((filter, limit))
}

async fn page(app: &App, filter: &Filter, limit: u16) -> Result<Response, Problem> {
    let mut rows = app.database.appointments(filter, limit + 1).await?;
    let more = rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    let next = rows
        .last()
        .filter(|_| more)
        .map(|last| cursor((last.start, last.id)));
    // A search has no URL of its own.
    let link = next.as_ref().filter(|_| filter.mobile.is_none());
    let link = link.map(|next| (header::LINK, link_to(filter, limit, next)));
    let zone = &app.config.business.zone;
    let items = rows
        .into_iter()
        .map(|row| Appointment::of(row, zone))
        .collect();
    let body = Json(AppointmentPage { items, next });
    Ok(match link {
        Some(link) => ([link], body).into_response(),
        None => body.into_response(),
    })
}

fn link_to(filter: &Filter, limit: u16, next: &str) -> String {
    let mut url = format!("/api/v1/appointments?cursor={next}&limit={limit}");
    for (name, moment) in [("from", filter.from), ("to", filter.to)] {
        if let Some(moment) = moment {
            url.push_str(&format!("&{name}={moment}"));
        }
    }
    if let Some(status) = filter.status {
        url.push_str(&format!("&status={}", status.as_str()));
    }
    format!("<{url}>; rel=\"next\"")
}
