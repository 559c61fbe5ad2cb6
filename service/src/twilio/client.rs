//! Twilio's REST API, as far as the service needs it.

use std::sync::Arc;
use std::time::Duration;

use bella_domain::phone::Mobile;
use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::TwilioError;
use super::sid::{RecordingSid, is_sid};
use crate::config::TwilioConfig;

/// The largest recording that is fetched: fifteen seconds of WAV at 8 kHz and 16 bits are 240 kB.
const LARGEST_RECORDING: usize = 1024 * 1024;

/// How long the fetch of a recording may take.
const FETCH: Duration = Duration::from_secs(4);

/// Where delivery reports go, below `PUBLIC_BASE_URL`.
pub const SMS_STATUS_PATH: &str = "/twilio/sms/status";

/// Twilio's account; a clone is the same client. Requests go to `TWILIO_API_BASE` and nowhere else: nothing that a caller or a
/// webhook says becomes part of an address, except for names that were checked.
#[derive(Clone)]
pub struct Client(Arc<Account>);

struct Account {
    http: reqwest::Client,
    /// `https://api.twilio.com/2010-04-01/Accounts/AC…`
    root: String,
    sid: String,
    token: SecretString,
    from: Mobile,
    status_callback: String,
}

/// A text that Twilio took.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Taken {
    /// Its name at Twilio: `SM…`.
    pub sid: String,
    /// Into how many segments it was cut, where Twilio says so already.
    #[serde(default, deserialize_with = "number")]
    pub num_segments: Option<u32>,
}

/// A text as Twilio lists it.
#[derive(Debug, Clone, Deserialize)]
struct Listed {
    #[serde(flatten)]
    taken: Taken,
    body: Option<String>,
    date_created: Option<String>,
    status: Option<String>,
}

/// How a call stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CallState {
    /// Its name at Twilio: `CA…`.
    pub sid: String,
    /// `queued`, `ringing`, `in-progress`, `completed`, `busy`, `failed`, `no-answer` or `canceled`.
    pub status: String,
    /// Seconds from answer to end, once it ended.
    #[serde(default, deserialize_with = "number")]
    pub duration: Option<u32>,
}

/// What a call that is under way is told to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead<'a> {
    /// Carry out this TwiML.
    Twiml(&'a str),
    /// End.
    HangUp,
}

impl Client {
    /// A client of the configured account, whose texts report to `public_base_url`.
    pub fn new(config: &TwilioConfig, public_base_url: &str, http: reqwest::Client) -> Self {
        let (base, sid) = (&config.api_base, &config.account_sid);
        Self(Arc::new(Account {
            http,
            root: format!("{base}/2010-04-01/Accounts/{sid}"),
            sid: sid.clone(),
            token: config.auth_tokens.newest().clone(),
            from: config.from.clone(),
            status_callback: format!("{public_base_url}{SMS_STATUS_PATH}"),
        }))
    }

    /// Sends a text. Twilio has no idempotency key for it: after [`super::Verdict::LookFirst`] ask [`Client::find_text`].
    ///
    /// # Errors
    /// Twilio cannot be reached, does not answer, or refuses.
    pub async fn send_text(&self, to: &Mobile, body: &str) -> Result<Taken, TwilioError> {
        let form = [
            ("To", to.e164()),
            ("From", self.0.from.e164()),
            ("Body", body),
            ("StatusCallback", &self.0.status_callback),
        ];
        let request = self.request(Method::POST, "Messages.json").form(&form);
        json("send a text", request).await
    }

    /// The text with this body that was sent to this number since a moment, where there is one among the latest fifty.
    ///
    /// Twilio's list can be narrowed by the day of sending only, which a text in the queue does not have yet; so this compares
    /// the moment of creation itself.
    ///
    /// # Errors
    /// Twilio cannot be reached, does not answer, or refuses.
    pub async fn find_text(
        &self,
        to: &Mobile,
        body: &str,
        since: Timestamp,
    ) -> Result<Option<Taken>, TwilioError> {
        #[derive(Deserialize)]
        struct Page {
            messages: Vec<Listed>,
        }
        let query = [
            ("To", to.e164()),
            ("From", self.0.from.e164()),
            ("PageSize", "50"),
        ];
        let request = self.request(Method::GET, "Messages.json").query(&query);
        let page: Page = json("look for a text", request).await?;
        let found = page.messages.into_iter().find(|listed| {
            // A trial account's texts begin with a sentence of Twilio's.
            let same = listed
                .body
                .as_deref()
                .is_some_and(|sent| sent.ends_with(body));
            let failed = listed.status.as_deref() == Some("failed");
            same && !failed && created(listed).is_some_and(|created| created >= since)
        });
        Ok(found.map(|listed| listed.taken))
    }

    /// A recording as WAV; none while Twilio has not stored it yet.
    ///
    /// # Errors
    /// Twilio cannot be reached, does not answer, refuses, or sends more than a megabyte.
    pub async fn recording(&self, sid: &RecordingSid) -> Result<Option<Bytes>, TwilioError> {
        let tried = "fetch a recording";
        let path = format!("Recordings/{}.wav", sid.as_str());
        let request = self.request(Method::GET, &path).timeout(FETCH);
        let mut response = sent(tried, request).await?;
        if response.status().as_u16() == 404 {
            return Ok(None);
        }
        if !response.status().is_success() {
            return Err(refusal(tried, response).await);
        }
        let mut audio = BytesMut::new();
        let network = |err| TwilioError::network(tried, err);
        while let Some(chunk) = response.chunk().await.map_err(network)? {
            if audio.len() + chunk.len() > LARGEST_RECORDING {
                let why = "a recording of more than a megabyte".to_owned();
                return Err(TwilioError::Unanswered { tried, why });
            }
            audio.extend_from_slice(&chunk);
        }
        Ok(Some(audio.freeze()))
    }

    /// Deletes a recording; one that is gone already counts as deleted.
    ///
    /// # Errors
    /// Twilio cannot be reached, does not answer, or refuses.
    pub async fn delete_recording(&self, sid: &RecordingSid) -> Result<(), TwilioError> {
        let tried = "delete a recording";
        let path = format!("Recordings/{}.json", sid.as_str());
        let response = sent(tried, self.request(Method::DELETE, &path)).await?;
        if response.status().is_success() || response.status().as_u16() == 404 {
            return Ok(());
        }
        Err(refusal(tried, response).await)
    }

    /// Calls a number and carries out the TwiML that `url` answers with.
    ///
    /// # Errors
    /// Twilio cannot be reached, does not answer, or refuses.
    pub async fn call(&self, to: &Mobile, url: &str) -> Result<CallState, TwilioError> {
        let form = [
            ("To", to.e164()),
            ("From", self.0.from.e164()),
            ("Url", url),
        ];
        json(
            "place a call",
            self.request(Method::POST, "Calls.json").form(&form),
        )
        .await
    }

    /// How a call stands.
    ///
    /// # Errors
    /// Twilio cannot be reached, does not answer, or refuses.
    pub async fn call_state(&self, sid: &str) -> Result<CallState, TwilioError> {
        json(
            "ask for a call",
            self.request(Method::GET, &call_path(sid)?),
        )
        .await
    }

    /// Tells a call that is under way to do something else.
    ///
    /// # Errors
    /// Twilio cannot be reached, does not answer, or refuses.
    pub async fn change_call(&self, sid: &str, to: Instead<'_>) -> Result<CallState, TwilioError> {
        let form = match to {
            Instead::Twiml(twiml) => [("Twiml", twiml)],
            Instead::HangUp => [("Status", "completed")],
        };
        let request = self.request(Method::POST, &call_path(sid)?).form(&form);
        json("change a call", request).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let account = &self.0;
        account
            .http
            .request(method, format!("{}/{path}", account.root))
            .basic_auth(&account.sid, Some(account.token.expose_secret()))
    }
}

fn call_path(sid: &str) -> Result<String, TwilioError> {
    if is_sid("CA", sid) {
        return Ok(format!("Calls/{sid}.json"));
    }
    let tried = "name a call";
    let why = "CA and 32 hexadecimal digits are needed".to_owned();
    Err(TwilioError::Unreachable { tried, why })
}

async fn sent(tried: &'static str, request: RequestBuilder) -> Result<Response, TwilioError> {
    let sent = request.send().await;
    sent.map_err(|err| TwilioError::network(tried, err))
}

async fn json<T: DeserializeOwned>(
    tried: &'static str,
    request: RequestBuilder,
) -> Result<T, TwilioError> {
    let response = sent(tried, request).await?;
    if !response.status().is_success() {
        return Err(refusal(tried, response).await);
    }
    let read = response.json().await;
    read.map_err(|err| TwilioError::network(tried, err))
}

async fn refusal(tried: &'static str, response: Response) -> TwilioError {
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap_or_default();
    TwilioError::refused(tried, status, &body)
}

fn created(listed: &Listed) -> Option<Timestamp> {
    let created = jiff::fmt::rfc2822::parse(listed.date_created.as_deref()?).ok()?;
    Some(created.timestamp())
}

/// Twilio writes numbers as text, as numbers, or as null.
fn number<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u32),
        Text(String),
        Nothing,
    }
    Ok(match Written::deserialize(from)? {
        Written::Number(number) => Some(number),
        Written::Text(text) => text.parse().ok(),
        Written::Nothing => None,
    })
}
