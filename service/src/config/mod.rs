//! Configuration from the environment: read once, every problem at once.
//!
//! - [`Config`]: all that `serve` needs
//! - [`ConfigError`]: the variables that are missing or bad
//! - [`DatabaseConfig`], [`RedisConfig`]: where the stores are, and whose certificates are trusted
//! - [`Keyring`]: keys of which the old ones still count
//! - `reader`: how variables are read

mod database;
mod keyring;
mod reader;
mod redis;

use std::net::SocketAddr;

use bella_domain::phone::Mobile;
use bella_domain::rules::Hours;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};

pub use database::DatabaseConfig;
pub use keyring::Keyring;
pub use reader::{ConfigError, Problem};
pub use redis::RedisConfig;

use crate::clock::Clock;
use crate::flags::Flags;
use crate::privacy::Vault;
use reader::Reader;

/// What the service needs to start.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BIND`: address and port to listen on; default `0.0.0.0:8000`, which a container needs.
    pub bind: SocketAddr,
    /// `ENVIRONMENT`; default development.
    pub environment: Environment,
    /// `BELLA_STACK`: the stack it runs in, the dimension of its metrics.
    pub stack: Option<String>,
    /// `PUBLIC_BASE_URL` without a final slash: what Twilio calls, and signs.
    pub public_base_url: String,
    /// Where appointments are kept.
    pub database: DatabaseConfig,
    /// `REDIS_URL`, `REDIS_CA`; without the URL sessions are in this process's memory only.
    pub redis: Option<RedisConfig>,
    /// Twilio's account.
    pub twilio: TwilioConfig,
    /// How callers are heard.
    pub speech: SpeechMode,
    /// The business that is booked.
    pub business: Business,
    /// `ENCRYPTION_KEYS`: `id:base64` pairs, newest first, comma separated.
    pub vault: Vault,
    /// `ADMIN_USER`, `ADMIN_PASSWORD`.
    pub admin: Credentials,
    /// `BELLA_API_KEY`: whoever has one of them may use the API.
    pub api_keys: Keyring,
    /// `RETENTION_DAYS` after the last activity; default 365.
    pub retention_days: u16,
    /// `SESSION_TTL_SECONDS`; default 300.
    pub session_ttl_seconds: u32,
    /// `FEATURE_FLAGS`; see [`Flags::parse`].
    pub flags: Flags,
    /// System time, or `TEST_NOW` outside production.
    pub clock: Clock,
}

/// Where the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// `production`
    Production,
    /// `staging`
    Staging,
    /// `development`
    Development,
}

impl Environment {
    /// As it is written in `ENVIRONMENT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
        }
    }
}

/// A user's name and password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// Twilio's account, and where it is reached.
#[derive(Debug, Clone)]
pub struct TwilioConfig {
    /// `TWILIO_ACCOUNT_SID`
    pub account_sid: String,
    /// `TWILIO_AUTH_TOKEN`: signs webhooks, authorises calls.
    pub auth_tokens: Keyring,
    /// `TWILIO_FROM`: the number texts come from.
    pub from: Mobile,
    /// `TWILIO_API_BASE`; default `https://api.twilio.com`.
    pub api_base: String,
}

/// `SPEECH_MODE`: how callers are heard.
#[derive(Debug, Clone)]
pub enum SpeechMode {
    /// Twilio's `<Gather>`; the default.
    Gather,
    /// `<Record>`, and OpenAI's transcription.
    Whisper {
        /// `OPENAI_API_KEY`
        api_keys: Keyring,
        /// `OPENAI_API_BASE`; default `https://api.openai.com/v1`.
        api_base: String,
    },
}

/// The business that is booked.
#[derive(Debug, Clone)]
pub struct Business {
    /// `BUSINESS_TIMEZONE`, an IANA name; default `America/Toronto`.
    pub zone: TimeZone,
    /// `BUSINESS_HOURS`; default `mon-fri 09:00-17:00`.
    pub hours: Hours,
    /// `SLOT_MINUTES`; default 30.
    pub slot_minutes: u16,
    /// `TRANSFER_NUMBER`: who answers when the caller wants a person.
    pub transfer: Option<Mobile>,
    /// `APPOINTMENT_PRICE` in cents of the business's currency; unset when revenue is not to be reported.
    pub price_cents: Option<u64>,
}

impl Config {
    /// Reads variables through `get`.
    ///
    /// # Errors
    /// Every variable that is missing or cannot be used.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut read = Reader::new(&get);
        let environment = read.environment();
        let config = Self {
            bind: read.or(
                "BIND",
                "0.0.0.0:8000",
                "an address and port such as 0.0.0.0:8000",
            ),
            environment,
            stack: read.optional("BELLA_STACK"),
            public_base_url: read.url("PUBLIC_BASE_URL", None),
            database: database::read(&mut read),
            redis: redis::read(&mut read),
            twilio: twilio(&mut read),
            speech: speech(&mut read),
            business: business(&mut read),
            vault: vault(&mut read),
            admin: Credentials {
                user: read.required("ADMIN_USER"),
                password: read.secret("ADMIN_PASSWORD"),
            },
            api_keys: read.keyring("BELLA_API_KEY"),
            retention_days: read.or("RETENTION_DAYS", "365", "a number of days, 1 to 65535"),
            session_ttl_seconds: read.or("SESSION_TTL_SECONDS", "300", "a number of seconds"),
            flags: flags(&mut read),
            clock: clock(&mut read, environment),
        };
        read.finish(config)
    }
}

/// Reads `ENCRYPTION_KEYS` alone.
///
/// # Errors
/// What is wrong with it.
pub fn read_vault(get: impl Fn(&str) -> Option<String>) -> Result<Vault, ConfigError> {
    let mut read = Reader::new(&get);
    let keys = vault(&mut read);
    read.finish(keys)
}

impl TwilioConfig {
    /// Reads Twilio's variables and `PUBLIC_BASE_URL` alone.
    ///
    /// # Errors
    /// Every one that is missing or cannot be used.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<(Self, String), ConfigError> {
        let mut read = Reader::new(&get);
        let config = (twilio(&mut read), read.url("PUBLIC_BASE_URL", None));
        read.finish(config)
    }
}

fn twilio(read: &mut Reader<'_>) -> TwilioConfig {
    TwilioConfig {
        account_sid: read.required("TWILIO_ACCOUNT_SID"),
        auth_tokens: read.keyring("TWILIO_AUTH_TOKEN"),
        from: read.mobile("TWILIO_FROM"),
        api_base: read.url("TWILIO_API_BASE", Some("https://api.twilio.com")),
    }
}

fn speech(read: &mut Reader<'_>) -> SpeechMode {
    match read.optional("SPEECH_MODE").as_deref() {
        None | Some("gather") => SpeechMode::Gather,
        Some("whisper") => SpeechMode::Whisper {
            api_keys: read.keyring("OPENAI_API_KEY"),
            api_base: read.url("OPENAI_API_BASE", Some("https://api.openai.com/v1")),
        },
        Some(_) => {
            read.bad("SPEECH_MODE", "gather or whisper");
            SpeechMode::Gather
        }
    }
}

/// A stand-in when there is none; what is wrong keeps it from being used.
const NO_KEY: &str = "none:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn vault(read: &mut Reader<'_>) -> Vault {
    let keys = read.secret("ENCRYPTION_KEYS");
    let keys = Vault::parse(match keys.expose_secret() {
        "" => NO_KEY,
        keys => keys,
    });
    keys.unwrap_or_else(|problems| {
        for problem in problems {
            read.wrong_secret("ENCRYPTION_KEYS", problem);
        }
        Vault::parse(NO_KEY).expect("a well-formed key")
    })
}

fn flags(read: &mut Reader<'_>) -> Flags {
    let text = read.optional("FEATURE_FLAGS").unwrap_or_default();
    Flags::parse(&text).unwrap_or_else(|needed| {
        read.bad("FEATURE_FLAGS", &needed);
        Flags::default()
    })
}

fn business(read: &mut Reader<'_>) -> Business {
    let zone = read
        .optional("BUSINESS_TIMEZONE")
        .unwrap_or_else(|| "America/Toronto".to_owned());
    let zone = TimeZone::get(&zone).unwrap_or_else(|_| {
        read.bad("BUSINESS_TIMEZONE", "an IANA name such as America/Toronto");
        TimeZone::UTC
    });
    Business {
        zone,
        hours: read.or(
            "BUSINESS_HOURS",
            "mon-fri 09:00-17:00",
            "opening hours such as mon-thu 09:00-12:00,13:00-18:00; sat 10:00-14:00",
        ),
        slot_minutes: read.slot_minutes(),
        transfer: read.optional_mobile("TRANSFER_NUMBER"),
        price_cents: read.cents("APPOINTMENT_PRICE"),
    }
}

fn clock(read: &mut Reader<'_>, environment: Environment) -> Clock {
    let Some(text) = read.optional("TEST_NOW") else {
        return Clock::System;
    };
    if environment == Environment::Production {
        read.bad("TEST_NOW", "no value when ENVIRONMENT is production");
        return Clock::System;
    }
    match text.parse::<Timestamp>() {
        Ok(moment) => Clock::Frozen(moment),
        Err(_) => {
            read.bad("TEST_NOW", "a moment such as 2026-03-10T09:00:00-04:00");
            Clock::System
        }
    }
}

#[cfg(test)]
mod tests;
