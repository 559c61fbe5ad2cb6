//! The way to an instance, and the keys to it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{HOST, HeaderMap, HeaderValue};
use reqwest::{Client, Method, Response, Url};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::call;

/// A caller waits no longer for a step; everything that the service answers takes a tenth of it.
const DEADLINE: Duration = Duration::from_secs(10);

/// What lets one in.
pub struct Keys {
    /// `TWILIO_AUTH_TOKEN` of the service.
    pub twilio_auth_token: Zeroizing<String>,
    /// `BELLA_API_KEY` of the service.
    pub api_key: Zeroizing<String>,
}

/// An instance, or the load balancer before several.
pub struct Door {
    client: Client,
    /// What is connected to, without a final slash.
    url: String,
    /// What the service believes it is called as (`PUBLIC_BASE_URL`), without a final slash: Twilio's signature is of it.
    public: String,
    keys: Keys,
}

impl Door {
    /// The service at `url`, which takes itself to be at `public` and is asked for by that name. TLS is verified against Mozilla's roots.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub fn new(url: &str, public: &str, keys: Keys) -> Result<Self, String> {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let provider = rustls::crypto::ring::default_provider();
        let tls = ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .expect("ring has the versions that rustls calls safe")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .default_headers(named(url, public))
            .timeout(DEADLINE)
            .build()
            .map_err(|err| with_cause(&err))?;
        Ok(Self {
            client,
            url: url.trim_end_matches('/').to_owned(),
            public: public.trim_end_matches('/').to_owned(),
            keys,
        })
    }

    /// Asks a path that is open to everybody: status and body.
    ///
    /// # Errors
    /// No answer came.
    pub async fn look(&self, path: &str) -> Result<(u16, String), String> {
        let sent = self.client.get(format!("{}{path}", self.url)).send().await;
        text(sent.map_err(|err| with_cause(&err))?).await
    }

    /// The webhook with which a call begins; `id` is the call's. Status and body.
    ///
    /// # Errors
    /// No answer came.
    pub async fn ring(&self, id: &str) -> Result<(u16, String), String> {
        self.twilio("/twilio/voice", &call::fields(id)).await
    }

    /// What calls used on the days from `from` up to, and without, `until`, both UTC's and written `2026-11-01`: the service's
    /// `GET /api/v1/usage`.
    ///
    /// # Errors
    /// No answer came, or one that is no success.
    pub async fn usage(&self, from: &str, until: &str) -> Result<Value, String> {
        let path = format!("usage?from={from}&until={until}");
        self.api(Method::GET, &path, None).await
    }

    /// Posts a form to a path as Twilio does: status and body.
    pub(crate) async fn twilio(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<(u16, String), String> {
        let signature = sign(
            &self.keys.twilio_auth_token,
            &format!("{}{path}", self.public),
            fields,
        );
        let call = self.client.post(format!("{}{path}", self.url));
        let sent = call
            .header("X-Twilio-Signature", signature)
            .form(fields)
            .send()
            .await;
        text(sent.map_err(|err| with_cause(&err))?).await
    }

    /// Asks the API: the JSON of a successful answer, null where it has no body.
    pub(crate) async fn api(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, String> {
        let url = format!("{}/api/v1/{path}", self.url);
        let mut call = self.client.request(method.clone(), url);
        call = call.header("X-API-Key", self.keys.api_key.as_str());
        if let Some(body) = body {
            call = call.json(body);
        }
        let sent = call.send().await.map_err(|err| with_cause(&err))?;
        let (status, body) = text(sent).await?;
        match status {
            200..=299 if body.is_empty() => Ok(Value::Null),
            200..=299 => serde_json::from_str(&body)
                .map_err(|err| format!("{method} {path} answered no JSON: {err}")),
            _ => Err(format!(
                "{method} {path} answered {status}: {}",
                short(&body)
            )),
        }
    }
}

/// The name that is asked for, where it is not that of what is connected to: a load balancer goes by it.
fn named(url: &str, public: &str) -> HeaderMap {
    let authority = |url: &str| {
        let url = Url::parse(url).ok()?;
        Some(url.authority().to_owned())
    };
    let name = authority(public).filter(|name| authority(url).as_ref() != Some(name));
    let value = name.and_then(|name| HeaderValue::from_str(&name).ok());
    value.map(|value| (HOST, value)).into_iter().collect()
}

async fn text(answer: Response) -> Result<(u16, String), String> {
    let status = answer.status().as_u16();
    let body = answer.text().await.map_err(|err| with_cause(&err))?;
    Ok((status, body))
}

/// The beginning of an answer, for a line of text.
pub(crate) fn short(body: &str) -> String {
    let line: String = body.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// An error with what caused it, which `reqwest` leaves to the reader.
fn with_cause(err: &reqwest::Error) -> String {
    let mut text = err.to_string();
    let mut cause = std::error::Error::source(err);
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

/// Twilio's signature of a form: the URL and the parameters by name, HMAC-SHA1 under the auth token, base64
/// (Twilio's "Validating requests").
fn sign(token: &str, url: &str, fields: &[(&str, &str)]) -> String {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    let mut mac =
        Hmac::<Sha1>::new_from_slice(token.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(url.as_bytes());
    for (name, value) in fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::{named, short, sign};

    /// The example of Twilio's documentation of webhook security.
    #[test]
    fn a_form_is_signed_as_twilio_signs() {
        let fields = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675310"),
            ("Digits", "1234"),
            ("From", "+14158675310"),
            ("To", "+18005551212"),
        ];
        let url = "https://example.com/myapp.php?foo=1&bar=2";
        assert_eq!(sign("12345", url, &fields), "L/OH5YylLD5NRKLltdqwSvS0BnU=");
    }

    #[test]
    fn a_balancer_is_told_which_name_is_meant() {
        let asked = |url: &str, public: &str| {
            let headers = named(url, public);
            headers
                .get("host")
                .and_then(|name| name.to_str().ok().map(str::to_owned))
        };
        let (door, guest) = ("http://127.0.0.1:4000", "http://pr-42.lb.example.com");
        assert_eq!(asked(door, guest), Some("pr-42.lb.example.com".to_owned()));
        assert_eq!(asked(guest, guest), None);
        assert_eq!(asked(door, ""), None);
    }

    #[test]
    fn a_long_answer_is_cut() {
        assert_eq!(short(" a\n b "), "a b");
        assert_eq!(short(&"é".repeat(300)).chars().count(), 201);
    }
}
