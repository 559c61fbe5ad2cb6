//! The telephone line: Twilio's part of a call.

use std::time::{Duration, Instant};

use reqwest::header::{HOST, HeaderMap, HeaderValue};
use reqwest::{Client, Url};
use rustls::{ClientConfig, RootCertStore};

use super::answer::{Answer, Then};
use super::caller::{Caller, PATIENCE};
use super::report::{Ending, Fared};
use crate::twilio::signature;

/// Twilio gives a webhook 15 seconds.
const DEADLINE: Duration = Duration::from_secs(15);

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

/// Posts what Twilio would post, signed as Twilio signs.
#[derive(Debug)]
pub(super) struct Line {
    client: Client,
    url: String,
    public: String,
    token: String,
}

impl Line {
    pub(super) fn new(url: &str, public: &str, token: &str) -> Result<Self, reqwest::Error> {
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
            .build()?;
        Ok(Self {
            client,
            url: url.trim_end_matches('/').to_owned(),
            public: public.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        })
    }

    /// A whole call, from ringing to the end; `talk` prints it.
    pub(super) async fn call(&self, caller: Caller, talk: bool) -> Fared {
        let started = Instant::now();
        let mut answers = Vec::new();
        let mut transcript = Vec::new();
        if talk {
            transcript.push(("caller", format!("(calls from {})", caller.number)));
        }
        let ending = match self.converse(&caller, &mut answers, &mut transcript).await {
            Ok(ending) => ending,
            Err(why) => Ending::Failed(why),
        };
        let seconds = started.elapsed().as_secs().to_string();
        let over = [("CallStatus", "completed"), ("CallDuration", &seconds)];
        let ended = self.post(&caller, "/twilio/voice/status", &over).await;
        let ending = match (ending, ended) {
            (Ending::Failed(why), _) => Ending::Failed(why),
            (_, Err(why)) => Ending::Failed(format!("the status callback: {why}")),
            (ending, Ok(_)) => ending,
        };
        Fared {
            ending,
            answers,
            transcript: if talk { transcript } else { Vec::new() },
        }
    }

    async fn converse(
        &self,
        caller: &Caller,
        answers: &mut Vec<Duration>,
        transcript: &mut Vec<(&'static str, String)>,
    ) -> Result<Ending, String> {
        let mut next = "/twilio/voice".to_owned();
        let mut words: Option<String> = None;
        for _ in 0..PATIENCE {
            let asked = Instant::now();
            let fields: &[(&str, &str)] = match &words {
                Some(words) => &[("SpeechResult", words), ("Confidence", "0.92")],
                None => &[("CallStatus", "in-progress")],
            };
            let text = self.post(caller, &next, fields).await?;
            answers.push(asked.elapsed());
            let answer = Answer::read(&text)?;
            transcript.push(("bella", answer.heard.clone()));
            (next, words) = match answer.then {
                Then::Listen(action) => {
                    let says = caller.says(&answer.heard);
                    transcript.push(("caller", says.clone()));
                    (action, Some(says))
                }
                Then::Ask(action) => (action, None),
                Then::Record(_) => {
                    return Err("the instance records (SPEECH_MODE=whisper), which a pretend call cannot answer".to_owned());
                }
                Then::Dial(to) => {
                    transcript.push(("line", format!("(connects to {to})")));
                    return Ok(Ending::Transferred);
                }
                Then::HangUp => {
                    transcript.push(("line", "(hangs up)".to_owned()));
                    return Ok(Ending::of(&answer.heard));
                }
            };
        }
        Err(format!("no end after {PATIENCE} answers"))
    }

    async fn post(
        &self,
        caller: &Caller,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, String> {
        let path = path.strip_prefix(self.public.as_str()).unwrap_or(path);
        let mut form = vec![
            ("CallSid", caller.sid.as_str()),
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("From", &caller.number),
            ("Direction", "inbound"),
        ];
        form.extend_from_slice(fields);
        let signed = signature::sign(&self.token, &format!("{}{path}", self.public), &form);
        let response = self
            .client
            .post(format!("{}{path}", self.url))
            .header(signature::HEADER, signed)
            .form(&form)
            .send()
            .await
            .map_err(|err| format!("posting to {path}: {}", causes(&err)))?;
        let status = response.status();
        let text = response
            .text()
            .await
            .map_err(|err| format!("reading the answer of {path}: {}", causes(&err)))?;
        match status.as_u16() {
            200..=299 => Ok(text),
            403 => Err(format!(
                "{path} answered 403: the signature was refused; --signed-with and --public-url have to be the instance's \
                 TWILIO_AUTH_TOKEN and PUBLIC_BASE_URL"
            )),
            other => Err(format!("{path} answered {other}")),
        }
    }
}

/// An error with what caused it: reqwest's own words name the address only.
fn causes(err: &dyn std::error::Error) -> String {
    let mut text = err.to_string();
    let mut cause = err.source();
    while let Some(err) = cause {
        text = format!("{text}: {err}");
        cause = err.source();
    }
    text
}
