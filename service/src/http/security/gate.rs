//! The doors of the admin pages and of the API.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Failures, Session, client};
use crate::app::App;
use crate::problem::Problem;

/// What the doors know: the configuration, and who failed too often.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(super) app: App,
    failures: Arc<Failures>,
}

impl Gate {
    /// Doors that share one count of failures.
    pub(crate) fn new(app: &App, failures: Arc<Failures>) -> Self {
        Self {
            app: app.clone(),
            failures,
        }
    }

    /// Whether people reach us by TLS.
    pub(super) fn https(&self) -> bool {
        self.app.config.public_base_url.starts_with("https://")
    }

    /// Lets the right key in, and counts a wrong one. A key is too long to guess: whoever shares an address with a guesser and has
    /// it is not kept out.
    fn admit_key(&self, address: IpAddr, proof: Option<bool>) -> Result<(), Refused> {
        match proof {
            Some(true) => Ok(()),
            proof => self.admit(address, proof),
        }
    }

    /// Lets an address in that is not shut out and has the right proof, and counts it when it has a wrong one.
    fn admit(&self, address: IpAddr, proof: Option<bool>) -> Result<(), Refused> {
        if let Some(wait) = self.failures.wait(address) {
            return Err(Refused::TooMany(seconds(wait)));
        }
        match proof {
            Some(true) => Ok(()),
            Some(false) => {
                self.failures.count(address);
                Err(Refused::Wrong)
            }
            None => Err(Refused::Nothing),
        }
    }
}

enum Refused {
    /// No proof was sent: a browser asks for it then.
    Nothing,
    Wrong,
    /// With the seconds to wait.
    TooMany(u64),
}

/// The door of the admin pages: `ADMIN_USER` and `ADMIN_PASSWORD` by Basic authentication, and a [`Session`] for its forms.
pub(crate) async fn admin(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let address = client::address(&request);
    let proof = basic(request.headers()).map(|(user, password)| {
        let expected = &gate.app.config.admin;
        let user = same(user.as_bytes(), expected.user.as_bytes());
        let password = same(
            password.as_bytes(),
            expected.password.expose_secret().as_bytes(),
        );
        // Both are always compared.
        user & password
    });
    if let Err(refused) = gate.admit(address, proof) {
        return refuse_person(&refused);
    }
    let (session, fresh) = Session::of(&gate, request.headers());
    request.extensions_mut().insert(session);
    let mut response = next.run(request).await;
    if let Some(cookie) = fresh {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The door of the API: one of the keys in `BELLA_API_KEY` in the header `X-API-Key`.
pub(crate) async fn api(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let address = client::address(&request);
    let proof = request.headers().get("x-api-key").map(|given| {
        let keys = &gate.app.config.api_keys;
        keys.any(|key| same(given.as_bytes(), key.as_bytes()))
    });
    match gate.admit_key(address, proof) {
        Ok(()) => next.run(request).await,
        Err(Refused::TooMany(seconds)) => Problem::too_many(seconds).into_response(),
        Err(Refused::Nothing | Refused::Wrong) => {
            let problem = Problem::plain(
                StatusCode::UNAUTHORIZED,
                "the header X-API-Key is missing, or holds another key than BELLA_API_KEY",
            );
            let challenge = (header::WWW_AUTHENTICATE, "ApiKey realm=\"Bella\"");
            ([challenge], problem).into_response()
        }
    }
}

/// Compares in a time that depends on neither: digests have one length.
fn same(given: &[u8], expected: &[u8]) -> bool {
    Sha256::digest(given)
        .ct_eq(&Sha256::digest(expected))
        .into()
}

/// User and password of the header `Authorization`; anything else in it counts as a wrong password.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?;
    let parts = value.to_str().ok().and_then(|value| {
        let (scheme, encoded) = value.split_once(' ')?;
        let decoded = STANDARD.decode(encoded.trim()).ok()?;
        let decoded = String::from_utf8(decoded).ok()?;
        let (user, password) = decoded.split_once(':')?;
        scheme
            .eq_ignore_ascii_case("basic")
            .then(|| (user.to_owned(), password.to_owned()))
    });
    Some(parts.unwrap_or_default())
}

fn refuse_person(refused: &Refused) -> Response {
    let page = |title: &str, text: &str| {
        Html(format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
             <body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
        ))
    };
    match refused {
        Refused::TooMany(seconds) => {
            let text = format!(
                "There were too many attempts with a wrong password from your address. Try again in {seconds} seconds."
            );
            let headers = [(header::RETRY_AFTER, HeaderValue::from(*seconds))];
            let status = StatusCode::TOO_MANY_REQUESTS;
            (status, headers, page("Too many attempts", &text)).into_response()
        }
        Refused::Nothing | Refused::Wrong => {
            let challenge = "Basic realm=\"Bella\", charset=\"UTF-8\"";
            let headers = [(header::WWW_AUTHENTICATE, challenge)];
            let text =
                "These pages are for the people of the business: a user and a password are needed.";
            (StatusCode::UNAUTHORIZED, headers, page("Sign in", text)).into_response()
        }
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &str) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(value).expect("a header's value");
        headers.insert(header::AUTHORIZATION, value);
        basic(&headers)
    }

    #[test]
    fn basic_credentials_are_read_as_rfc_7617_writes_them() {
        let open = Some(("Aladdin".to_owned(), "open sesame".to_owned()));
        assert_eq!(parsed("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), open);
        assert_eq!(parsed("bAsIc QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), open);
        let colon = Some(("a".to_owned(), "b:c".to_owned()));
        assert_eq!(parsed("Basic YTpiOmM="), colon);
        let nobody = Some((String::new(), String::new()));
        for bad in [
            "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            "Basic",
            "Basic ???",
            "Basic QWxh",
        ] {
            assert_eq!(parsed(bad), nobody, "{bad}");
        }
        assert_eq!(basic(&HeaderMap::new()), None);
    }
}
