//! What every request shares, and the router.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bella_domain::rules::Rules;

use crate::config::Config;
use crate::db::Database;
use crate::drain::Drain;
use crate::http;
use crate::https;
use crate::metrics::Metrics;
use crate::outbox::Doorbell;
use crate::plugins::Plugins;
use crate::sessions::Sessions;
use crate::speech::Speech;
use crate::twilio;
use crate::twiml::Voice;

/// What every request shares; a clone is the same application.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// The parts of an [`App`].
pub struct Shared {
    /// The environment it was started in.
    pub config: Config,
    /// Everything that is counted.
    pub metrics: Metrics,
    /// What is kept of calls between their webhooks.
    pub sessions: Sessions,
    /// Tells every part that the process is to end.
    pub drain: Drain,
    /// How callers are heard.
    pub speech: Speech,
    /// Appointments, people, calls.
    pub database: Database,
    /// What is added to calls.
    pub plugins: Plugins,
    /// When appointments may begin.
    pub rules: Rules,
    /// How answers are spoken.
    pub voice: Voice,
    /// Rung when a text was put into the outbox.
    pub doorbell: Doorbell,
    /// Twilio's REST API.
    pub twilio: twilio::Client,
}

impl App {
    /// Puts the parts together; connects to nothing.
    pub fn new(config: Config) -> Self {
        let metrics = Metrics::new(config.environment.as_str(), config.stack.as_deref());
        let life = Duration::from_secs(config.session_ttl_seconds.into());
        let sessions = Sessions::new(config.redis.as_ref(), life);
        let http = https::client();
        let twilio = twilio::Client::new(&config.twilio, &config.public_base_url, http.clone());
        let speech = Speech::new(&config, twilio.clone(), http);
        let database = Database::new(
            &config.database,
            config.vault.clone(),
            config.clock,
            config.business.zone.clone(),
        );
        let plugins = Plugins::new(&config.flags);
        let business = &config.business;
        let hours = business.hours.clone();
        let rules = Rules::new(business.zone.clone(), hours, business.slot_minutes);
        let voice = Voice::new(&config.public_base_url);
        Self(Arc::new(Shared {
            rules,
            voice,
            config,
            plugins,
            metrics,
            sessions,
            drain: Drain::new(),
            speech,
            database,
            doorbell: Doorbell::default(),
            twilio,
        }))
    }

    /// Every route. `main` and the tests serve the same ones.
    pub fn router(&self) -> Router {
        http::routes(self).with_state(self.clone())
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
