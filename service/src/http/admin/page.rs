//! What every page has, and how one is answered.

use askama::Template;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use bella_domain::rules::Rules;
use jiff::Zoned;
use serde::Deserialize;

use super::{assets, times};
use crate::app::App;
use crate::db::DbError;
use crate::http::security::Session;

/// Which entry of the bar a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Day,
    Week,
    Search,
    Calls,
    Texts,
    Metrics,
    Flags,
}

/// What every page has.
pub(crate) struct Page {
    pub(super) title: String,
    pub(super) at: Place,
    pub(super) token: String,
    pub(super) notice: Option<&'static str>,
    /// The business's time zone, by name.
    pub(super) zone: String,
    /// The moment it is made.
    pub(super) now: String,
}

impl Page {
    fn new(app: &App, at: Place, title: impl Into<String>, token: &str) -> Self {
        let zone = &app.config.business.zone;
        Self {
            title: title.into(),
            at,
            token: token.to_owned(),
            notice: None,
            zone: zone.iana_name().unwrap_or("UTC").replace('_', " "),
            now: times::moment(&app.config.clock.now_in(zone)),
        }
    }

    pub(super) fn places(&self) -> [(Place, &'static str, &'static str); 7] {
        [
            (Place::Day, "/admin", "Day"),
            (Place::Week, "/admin/week", "Week"),
            (Place::Search, "/admin/search", "Search"),
            (Place::Calls, "/admin/calls", "Calls"),
            (Place::Texts, "/admin/texts", "Texts"),
            (Place::Metrics, "/admin/metrics", "Figures"),
            (Place::Flags, "/admin/flags", "Features"),
        ]
    }

    pub(super) fn style(&self) -> &'static str {
        &assets::STYLE.path
    }

    pub(super) fn icon(&self) -> &'static str {
        &assets::ICON.path
    }
}

/// What was done before the browser was sent here; a word of the URL, which holds nothing of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Done {
    Booked,
    Moved,
    Cancelled,
    Saved,
    Erased,
}

impl Done {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::Saved => "saved",
            Self::Erased => "erased",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Booked => "The appointment is booked.",
            Self::Moved => "The appointment is moved.",
            Self::Cancelled => "The appointment is cancelled.",
            Self::Saved => "Saved.",
            Self::Erased => "The person's data is erased.",
        }
    }
}

/// A signed-in person's request.
pub(crate) struct Visit {
    pub(super) app: App,
    session: Session,
    done: Option<Done>,
}

impl Visit {
    /// Now, on the wall clock of the business.
    pub(super) fn now(&self) -> Zoned {
        self.app.config.clock.now_in(&self.app.config.business.zone)
    }

    /// What can be booked.
    pub(super) fn rules(&self) -> &Rules {
        &self.app.rules
    }

    /// A page that says why there is no other.
    pub(super) fn sorry(&self, status: StatusCode, title: &str, text: &str) -> Response {
        refusal(&self.app, status, title, text)
    }

    /// There is nothing with this id.
    pub(super) fn nothing(&self) -> Response {
        let text = "There is nothing at this address; what it was about may be gone.";
        self.sorry(StatusCode::NOT_FOUND, "Not found", text)
    }

    /// The database did not do it: what happened goes to the log, what to do to the person.
    pub(super) fn failed(&self, err: &DbError) -> Response {
        tracing::warn!(error = %err, "an admin page was not answered");
        if err.is_away() {
            let text = "The database does not answer. Reload the page in a few seconds; after sending a form, look first whether it was carried out.";
            return self.sorry(
                StatusCode::SERVICE_UNAVAILABLE,
                "Try again in a moment",
                text,
            );
        }
        let text = "Something failed; the service's log says what.";
        self.sorry(StatusCode::INTERNAL_SERVER_ERROR, "That did not work", text)
    }

    /// The frame of a page that answers this request.
    pub(super) fn page(&self, at: Place, title: impl Into<String>) -> Page {
        Page {
            notice: self.done.map(Done::sentence),
            ..Page::new(&self.app, at, title, self.session.token())
        }
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        #[derive(Deserialize)]
        struct Asked {
            done: Option<Done>,
        }
        let session = parts.extensions.get::<Session>().cloned();
        let session = session.ok_or_else(|| {
            refusal(
                app,
                StatusCode::UNAUTHORIZED,
                "Sign in",
                "These pages need a user and a password.",
            )
        })?;
        let asked = Query::<Asked>::try_from_uri(&parts.uri).ok();
        Ok(Self {
            app: app.clone(),
            session,
            done: asked.and_then(|Query(asked)| asked.done),
        })
    }
}

#[derive(Template)]
#[template(path = "admin/message.html")]
struct Message<'a> {
    page: Page,
    text: &'a str,
}

/// A page that says why there is no other.
pub(crate) fn refusal(app: &App, status: StatusCode, title: &str, text: &str) -> Response {
    let page = Page::new(app, Place::Day, title, "");
    let mut response = html(&Message { page, text });
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = HeaderValue::from_static("5");
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// Renders a page.
pub(super) fn html(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(err) => {
            tracing::error!(error = %err, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Renders a form again, with what is wrong with it.
pub(super) fn again(template: &impl Template, status: StatusCode) -> Response {
    let mut response = html(template);
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    response
}

/// Sends the browser to a page that a reload does not send the form of again.
pub(super) fn go(path: &str, done: Done) -> Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{mark}done={}", done.word())).into_response()
}
