//! What a person may ask for: all that is kept of them, and that it is forgotten.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::appointment::Confirm;
use super::page::{Done, Place, Visit, go, html};
use super::people::{Shown, find};
use crate::db::Actor;
use crate::http::security::Entered;

/// `GET /admin/people/{id}/export`: everything that is kept of a person, as a file.
pub(super) async fn export(visit: Visit, Path(id): Path<String>) -> Result<Response, Response> {
    let person = find(&visit, &id).await?;
    let mobile = person.mobile.ok_or_else(|| visit.nothing())?;
    let data = visit.app.database.export(Actor::Admin, &mobile).await;
    let data = data.map_err(|err| visit.failed(&err))?;
    let text = serde_json::to_string_pretty(&data).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"personal-data.json\"",
        ),
    ];
    Ok((headers, text).into_response())
}

/// `GET /admin/people/{id}/erase`: asks before it is done.
pub(super) async fn ask(visit: Visit, Path(id): Path<String>) -> Result<Response, Response> {
    let person = find(&visit, &id).await?;
    let shown = Shown::of(&person, &visit.app.config.business.zone);
    let page = Confirm {
        page: visit.page(Place::Search, "Erase this person's data?"),
        action: format!("/admin/people/{}/erase", person.id),
        lines: vec![
            format!("{}, {}.", shown.name, shown.mobile),
            "The name, the number, notes, transcripts and recordings are deleted, and appointments to come are cancelled. What remains is when there were appointments. This cannot be undone.".to_owned(),
        ],
        offer_text: false,
        verb: "Erase",
        back: format!("/admin/people/{}", person.id),
    };
    Ok(html(&page))
}

/// `POST /admin/people/{id}/erase`.
pub(super) async fn erase(
    visit: Visit,
    Path(id): Path<String>,
    _entered: Entered,
) -> Result<Response, Response> {
    let person = find(&visit, &id).await?;
    if let Some(mobile) = &person.mobile {
        let done = visit.app.database.erase(Actor::Admin, mobile).await;
        done.map_err(|err| visit.failed(&err))?;
    }
    Ok(go(&format!("/admin/people/{}", person.id), Done::Erased))
}
