//! Texts that wait, and those that did not arrive.

use askama::Template;
use axum::response::Response;

use super::page::{Page, Place, Visit, html};
use super::{row, times};
use crate::db::TextLeft;

struct Shown {
    to: String,
    body: String,
    state: &'static str,
    label: &'static str,
    due: String,
    attempts: u32,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/texts.html")]
struct TextsPage {
    page: Page,
    texts: Vec<Shown>,
}

/// `GET /admin/texts`.
pub(super) async fn list(visit: Visit) -> Result<Response, Response> {
    let texts = visit.app.database.list_texts_left().await;
    let texts = texts.map_err(|err| visit.failed(&err))?;
    let page = TextsPage {
        page: visit.page(Place::Texts, "Texts"),
        texts: texts.into_iter().map(|text| shown(&visit, text)).collect(),
    };
    Ok(html(&page))
}

fn shown(visit: &Visit, text: TextLeft) -> Shown {
    let due = text
        .not_before
        .to_zoned(visit.app.config.business.zone.clone());
    let later = due > visit.now();
    let (state, label) = match (text.failed, later) {
        (true, _) => ("failed", "Failed"),
        (false, true) => ("planned", "Planned"),
        (false, false) => ("waiting", "Waiting"),
    };
    Shown {
        to: text
            .to
            .as_ref()
            .map_or("Erased person".to_owned(), row::mobile),
        body: text.body.unwrap_or_else(|| "Deleted".to_owned()),
        state,
        label,
        due: times::moment(&due),
        attempts: text.attempts,
        error: text.error.unwrap_or_default(),
    }
}
