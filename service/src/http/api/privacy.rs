//! What a person may ask for: all that is kept of them, and that it is forgotten.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::Number;
use super::refused::Refused;
use crate::app::App;
use crate::db::Actor;
use crate::privacy::Export;
use crate::problem::Problem;

/// Everything that is kept of a person; an empty object when there is nobody with the number.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer, which Export makes")]
pub(super) struct PersonalData {
    #[schema(required = false, nullable = false)]
    personal_data: Option<Personal>,
    #[schema(required = false, nullable = false)]
    appointments: Option<Vec<Past>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer, which Export makes")]
struct Personal {
    name: String,
    mobile: String,
    /// When they were first heard of.
    #[schema(format = DateTime)]
    created: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer, which Export makes")]
struct Past {
    /// When it begins.
    #[schema(format = DateTime)]
    date: String,
    /// Its length in minutes.
    duration: u16,
    status: super::view::StatusName,
}

/// What became of a person's data.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Erasure {
    /// Whether there was anybody with the number: name, number, notes, transcripts and texts are deleted now.
    anonymised: bool,
    /// How many appointments to come were cancelled.
    appointments_cancelled: u64,
}

/// Export everything that is kept of whoever has a number.
#[utoipa::path(
    get,
    path = "/privacy/{mobile}/export",
    tag = "privacy",
    params(("mobile" = String, Path, description = "The number in E.164.", pattern = r"^\+[1-9][0-9]{7,14}$", example = "+14165550142")),
    responses((status = 200, description = "The data.", body = PersonalData), Refused)
)]
pub(super) async fn export(
    State(app): State<App>,
    Number(mobile): Number,
) -> Result<Json<Export>, Problem> {
    Ok(Json(app.database.export(Actor::Api, &mobile).await?))
}

/// Forget whoever has a number: appointments to come are cancelled, and nothing that tells who it was is kept.
#[utoipa::path(
    delete,
    path = "/privacy/{mobile}",
    tag = "privacy",
    params(("mobile" = String, Path, description = "The number in E.164.", pattern = r"^\+[1-9][0-9]{7,14}$", example = "+14165550142")),
    responses((status = 200, description = "There is nobody with the number now.", body = Erasure), Refused)
)]
pub(super) async fn erase(
    State(app): State<App>,
    Number(mobile): Number,
) -> Result<Json<Erasure>, Problem> {
    let erased = app.database.erase(Actor::Api, &mobile).await?;
    Ok(Json(Erasure {
        anonymised: erased.people > 0,
        appointments_cancelled: erased.cancelled,
    }))
}
