//! The service, without a socket.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bella_service::app::App;
use bella_service::config::Config;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const KEY: &str = "a key of the api";

/// The environment that a service is started in; the database is where `database` says.
pub(crate) fn environment(database: &str) -> BTreeMap<&'static str, String> {
    [
        ("PUBLIC_BASE_URL", "https://book.bella.example"),
        ("DATABASE_URL", database),
        ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"),
        ("TWILIO_AUTH_TOKEN", "token"),
        ("TWILIO_FROM", "+14165550100"),
        ("TWILIO_API_BASE", "http://127.0.0.1:9"),
        (
            "ENCRYPTION_KEYS",
            "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        ),
        ("ADMIN_USER", "admin"),
        ("ADMIN_PASSWORD", PASSWORD),
        ("BELLA_API_KEY", KEY),
        ("BUSINESS_TIMEZONE", "America/Toronto"),
        ("TEST_NOW", "2026-03-09T10:02:00-04:00"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

/// A service that nothing listens for.
pub(crate) struct Service(Router);

/// What it answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str());
        value.map_or("", |value| value.expect("a readable header"))
    }
}

impl Service {
    pub(crate) fn of(environment: &BTreeMap<&'static str, String>) -> Self {
        let config = Config::read(|name| environment.get(name).cloned());
        Self(App::new(config.expect("a whole environment")).router())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.0.clone().oneshot(request).await;
        let response = response.expect("a router does not fail");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a whole body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).expect("text"),
        }
    }
}

/// A request of nobody.
pub(crate) fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

/// `Authorization` of a user.
pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// A page as the admin asks for it.
pub(crate) fn page(path: &str) -> Request<Body> {
    request(Method::GET, path)
        .header(header::AUTHORIZATION, basic("admin", PASSWORD))
        .body(Body::empty())
        .expect("a request")
}
