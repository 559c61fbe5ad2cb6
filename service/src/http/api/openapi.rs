//! The description of the API.

use bytes::Bytes;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// `GET /api/openapi.json`, which needs no key: it says nothing of anybody. `v1` is what the routes say of themselves.
pub(super) fn document(v1: utoipa::openapi::OpenApi) -> Bytes {
    let whole = Api::openapi().nest("/api/v1", v1);
    serde_json::to_vec(&whole)
        .expect("a description is JSON")
        .into()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bella booking API",
        description = "Appointments of a business that books by telephone. Every refusal is a problem document (RFC 9457)."
    ),
    modifiers(&Key),
    security(("key" = [])),
    components(schemas(crate::problem::Problem)),
)]
struct Api;

struct Key;

impl Modify for Key {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let key = ApiKey::Header(ApiKeyValue::with_description(
            "X-API-Key",
            "The value of the service's BELLA_API_KEY.",
        ));
        let components = openapi.components.get_or_insert_default();
        components
            .security_schemes
            .insert("key".to_owned(), SecurityScheme::ApiKey(key).into());
    }
}
