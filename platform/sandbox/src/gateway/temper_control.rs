use hyper::{Method, StatusCode};
use serde_json::json;

use super::message::{Answer, Request};
use crate::temper::{Settings, Temper};

/// Shows, sets or switches off the temper; whatever a request does not name is off.
pub(super) fn answer(temper: &Temper, request: &Request) -> Answer {
    let settings = match request.method {
        Method::GET => return shown(temper),
        Method::DELETE => Settings::default(),
        _ => match serde_json::from_slice::<Settings>(&request.body) {
            Ok(settings) => settings,
            Err(error) => return refused(StatusCode::BAD_REQUEST, &error.to_string()),
        },
    };
    if let Some(problem) = settings.problem() {
        return refused(StatusCode::BAD_REQUEST, problem);
    }
    match temper.set(settings) {
        Ok(()) => shown(temper),
        Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn shown(temper: &Temper) -> Answer {
    Answer::json(StatusCode::OK, &json!(temper.settings()))
}

fn refused(status: StatusCode, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message}))
}
