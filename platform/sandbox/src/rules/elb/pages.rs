use hyper::StatusCode;

use super::SERVICE;
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Pages = Pages;

pub(crate) struct Pages;

/// Operations that page, each with its list.
const PAGED: [(&str, &str); 4] = [
    ("DescribeListeners", "Listeners"),
    ("DescribeLoadBalancers", "LoadBalancers"),
    ("DescribeRules", "Rules"),
    ("DescribeTargetGroups", "TargetGroups"),
];

/// Most objects on a page (API reference of each of the operations).
const LARGEST: usize = 400;

fn list_of(call: &Call) -> Option<&'static str> {
    let is_it = |(operation, _): &&(&str, &'static str)| call.is(SERVICE, &[operation]);
    PAGED.iter().find(is_it).map(|(_, list)| *list)
}

impl Rule for Pages {
    fn name(&self) -> &'static str {
        "load-balancing-lists-in-pages"
    }

    fn about(&self) -> About {
        About::corrects("A list is cut into pages of `PageSize`, each with the marker of the next.")
    }

    fn applies(&self, call: &Call) -> bool {
        list_of(call).is_some()
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match list_of(turn.call) {
                Some(list) => page(&turn, list).await,
                None => turn.pass().await,
            }
        })
    }
}

async fn page(turn: &Turn<'_>, list: &str) -> Outcome {
    let form = turn.form();
    let (size, marker) = (form.get("PageSize"), form.text("Marker"));
    if size.is_none() && marker.is_empty() {
        return turn.pass().await;
    }
    let Some(size) = size.map_or(Some(LARGEST), |text| {
        text.parse().ok().filter(|n| (1..=LARGEST).contains(n))
    }) else {
        let message = format!("Page size must be between 1 and {LARGEST}");
        return Ok(refusal(turn, &message));
    };
    // The marker is opaque to callers: here it is how many objects the pages before held.
    let Ok(from) = (if marker.is_empty() { "0" } else { marker }).parse::<usize>() else {
        return Ok(refusal(turn, "The marker is not valid"));
    };
    let whole = form.clone().without("PageSize").without("Marker");
    let whole = turn.request.clone().with_body(whole.encode());
    let answer = turn.pass_with(whole).await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    Ok(cut(answer, list, from, from.saturating_add(size)))
}

fn cut(answer: Answer, list: &str, from: usize, to: usize) -> Answer {
    let source = body_text(&answer);
    let document = xml::parse(&source);
    let items = xml::items(document.root(), list);
    let mut edits = Edits::default();
    for (index, item) in items.iter().enumerate() {
        if !(from..to).contains(&index) {
            edits.remove(*item);
        }
    }
    let result = xml::find(document.root(), list).and_then(|list| list.parent());
    if let Some(result) = result.filter(|_| to < items.len()) {
        let next = format!("<NextMarker>{to}</NextMarker>");
        edits.append(&source, result, &next);
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}

fn refusal(turn: &Turn<'_>, message: &str) -> Answer {
    Answer::error(
        turn.call,
        StatusCode::BAD_REQUEST,
        "ValidationError",
        message,
    )
}
