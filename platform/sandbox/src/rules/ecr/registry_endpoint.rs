use hyper::header::HOST;
use serde_json::Value;

use crate::gateway::{Answer, NoAnswer};
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use hyper::StatusCode;

pub(crate) static RULE: Amendment = Amendment {
    name: "registry-at-the-endpoint",
    about: About::corrects(
        "A token says where the registry answers, which here is the endpoint that was asked; the emulator names Amazon's.",
    ),
    service: "ecr",
    operations: &["GetAuthorizationToken"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move { Ok::<_, NoAnswer>(corrected(turn, answer)) })
}

fn corrected(turn: &Turn<'_>, answer: Answer) -> Answer {
    let host = turn.request.headers.get(HOST);
    let Some(host) = host.and_then(|host| host.to_str().ok()) else {
        return answer;
    };
    let mut told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let Some(tokens) = told["authorizationData"].as_array_mut() else {
        return answer;
    };
    for token in tokens {
        token["proxyEndpoint"] = Value::from(format!("http://{host}"));
    }
    Answer::json(StatusCode::OK, &told)
}
