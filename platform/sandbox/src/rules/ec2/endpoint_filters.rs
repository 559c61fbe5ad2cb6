use hyper::StatusCode;
use roxmltree::Node;

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::form::Form;
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "vpc-endpoint-filters",
    about: About::corrects(
        "`DescribeVpcEndpoints` honours its filters, and an identifier that is none is an error.",
    ),
    service: "ec2",
    operations: &["DescribeVpcEndpoints"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let form = turn.form();
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let endpoints = xml::items(document.root(), "vpcEndpointSet");
        for id in form.list("VpcEndpointId") {
            if !endpoints
                .iter()
                .any(|e| xml::text(*e, "vpcEndpointId") == id)
            {
                return Ok(Answer::error(
                    turn.call,
                    StatusCode::BAD_REQUEST,
                    "InvalidVpcEndpointId.NotFound",
                    &format!("The Vpc Endpoint Id '{id}' does not exist"),
                ));
            }
        }
        let mut edits = Edits::default();
        for endpoint in endpoints {
            if !matches(&form, endpoint) {
                edits.remove(endpoint);
            }
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}

fn matches(form: &Form, endpoint: Node<'_, '_>) -> bool {
    form.filters().iter().all(|(name, values)| {
        let any = |text: &str| values.iter().any(|value| value == text);
        let tags = xml::items(endpoint, "tagSet");
        if let Some(key) = name.strip_prefix("tag:") {
            return tags
                .iter()
                .any(|tag| xml::text(*tag, "key") == key && any(xml::text(*tag, "value")));
        }
        match name.as_str() {
            "tag-key" => tags.iter().any(|tag| any(xml::text(*tag, "key"))),
            "vpc-id" => any(xml::text(endpoint, "vpcId")),
            "service-name" => any(xml::text(endpoint, "serviceName")),
            "vpc-endpoint-id" => any(xml::text(endpoint, "vpcEndpointId")),
            "vpc-endpoint-type" => any(xml::text(endpoint, "vpcEndpointType")),
            "vpc-endpoint-state" => any(xml::text(endpoint, "state")),
            _ => false,
        }
    })
}
