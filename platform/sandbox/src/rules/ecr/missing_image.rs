use serde_json::Value;

use crate::gateway::{Answer, NoAnswer};
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};
use hyper::StatusCode;

pub(crate) static RULE: Amendment = Amendment {
    name: "missing-image-refused",
    about: About::refuses(
        "Images that are asked for one by one have to be there; the emulator leaves out those that are not.",
    ),
    service: "ecr",
    operations: &["DescribeImages"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move { Ok::<_, NoAnswer>(checked(turn, answer)) })
}

fn checked(turn: &Turn<'_>, answer: Answer) -> Answer {
    let asked = turn.json();
    let found: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let images = array(&found["imageDetails"]);
    let Some(lost) = array(&asked["imageIds"])
        .iter()
        .find(|id| !images.iter().any(|image| is_of(image, id)))
    else {
        return answer;
    };
    let text = |value: &Value| value.as_str().unwrap_or("null").to_owned();
    let message = format!(
        "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist within the repository with name '{}'",
        text(&lost["imageDigest"]),
        text(&lost["imageTag"]),
        text(&asked["repositoryName"]),
    );
    let code = "ImageNotFoundException";
    Answer::error(turn.call, StatusCode::BAD_REQUEST, code, &message)
}

fn is_of(image: &Value, id: &Value) -> bool {
    let digest = id["imageDigest"].is_null() || image["imageDigest"] == id["imageDigest"];
    let tag = id["imageTag"].is_null() || array(&image["imageTags"]).contains(&id["imageTag"]);
    digest && tag
}
