//! The style sheet and the icon: under a name with their digest, so that a browser keeps them until they change.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A file that pages load.
pub(super) struct Asset {
    /// Where it is served.
    pub(super) path: String,
    body: Bytes,
    content_type: &'static str,
}

pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let mut style = include_str!("../../../templates/admin/admin.css").to_owned();
    style.push_str(&grid());
    Asset::new("admin", "css", "text/css; charset=utf-8", style)
});

pub(super) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let icon = include_str!("../../../templates/admin/icon.svg").to_owned();
    Asset::new("icon", "svg", "image/svg+xml", icon)
});

impl Asset {
    fn new(name: &str, extension: &str, content_type: &'static str, body: String) -> Self {
        let digest = Sha256::digest(body.as_bytes());
        let mut path = format!("/admin/assets/{name}-");
        for byte in &digest[..6] {
            write!(path, "{byte:02x}").expect("a string takes every write");
        }
        path.push('.');
        path.push_str(extension);
        Self {
            path,
            body: body.into(),
            content_type,
        }
    }
}

/// Rows of the week's grid, a quarter of an hour each: pages may not carry styles of their own, so that there is a class for each.
fn grid() -> String {
    let mut rules = String::new();
    for days in 1..=7 {
        write!(rules, ".of-{days}{{--days:{days}}}").expect("a string takes every write");
    }
    rules.push_str("@media(min-width:64rem){");
    for quarter in 1..=96 {
        write!(
            rules,
            ".at-{quarter}{{grid-row-start:{quarter}}}.for-{quarter}{{grid-row-end:span {quarter}}}"
        )
        .expect("a string takes every write");
    }
    rules.push('}');
    rules
}

/// `GET /admin/assets/{name}`.
pub(super) async fn get(Path(name): Path<String>) -> Response {
    let wanted = [&STYLE, &ICON]
        .into_iter()
        .find(|asset| asset.path.strip_prefix("/admin/assets/") == Some(name.as_str()));
    let Some(asset) = wanted else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable",
        ),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (headers, asset.body.clone()).into_response()
}
