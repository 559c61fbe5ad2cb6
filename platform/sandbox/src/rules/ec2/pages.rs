use hyper::StatusCode;

use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Pages = Pages;

pub(crate) struct Pages;

/// One operation that pages: its list, and the largest page; the smallest is 5 for each (EC2 API reference).
struct Paged {
    operation: &'static str,
    list: &'static str,
    largest: usize,
}

const SMALLEST: usize = 5;

const PAGED: [Paged; 10] = [
    paged("DescribeInternetGateways", "internetGatewaySet", 1000),
    paged("DescribeNatGateways", "natGatewaySet", 1000),
    paged("DescribeNetworkAcls", "networkAclSet", 1000),
    paged("DescribeNetworkInterfaces", "networkInterfaceSet", 1000),
    paged("DescribeRouteTables", "routeTableSet", 100),
    paged("DescribeSecurityGroupRules", "securityGroupRuleSet", 1000),
    paged("DescribeSecurityGroups", "securityGroupInfo", 1000),
    paged("DescribeSubnets", "subnetSet", 1000),
    paged("DescribeVpcEndpoints", "vpcEndpointSet", 1000),
    paged("DescribeVpcs", "vpcSet", 1000),
];

const fn paged(operation: &'static str, list: &'static str, largest: usize) -> Paged {
    Paged {
        operation,
        list,
        largest,
    }
}

fn of(call: &Call) -> Option<&'static Paged> {
    PAGED
        .iter()
        .find(|paged| call.is("ec2", &[paged.operation]))
}

impl Rule for Pages {
    fn name(&self) -> &'static str {
        "ec2-lists-in-pages"
    }

    fn about(&self) -> About {
        About::corrects(
            "A list is cut into pages of `MaxResults`, each with the token of the next.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        of(call).is_some()
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match of(turn.call) {
                Some(paged) => page(&turn, paged).await,
                None => turn.pass().await,
            }
        })
    }
}

async fn page(turn: &Turn<'_>, paged: &Paged) -> Outcome {
    let form = turn.form();
    let (size, token) = (form.get("MaxResults"), form.text("NextToken"));
    if size.is_none() && token.is_empty() {
        return turn.pass().await;
    }
    // Without a size, the rest of the list as far as it fits one page.
    let size = match size.map(str::parse) {
        None => paged.largest,
        Some(Ok(size)) if (SMALLEST..=paged.largest).contains(&size) => size,
        Some(_) => return Ok(of_wrong_size(turn, form.text("MaxResults"), paged)),
    };
    // The token is opaque to callers: here it is how many objects the pages before held.
    let Ok(from) = (if token.is_empty() { "0" } else { token }).parse::<usize>() else {
        let message = "The specified NextToken is not valid.";
        return Ok(refusal(turn, "InvalidNextToken", message));
    };
    let whole = form.clone().without("MaxResults").without("NextToken");
    let whole = turn.request.clone().with_body(whole.encode());
    let answer = turn.pass_with(whole).await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    Ok(cut(answer, paged.list, from, from.saturating_add(size)))
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
    if to < items.len() {
        let next = format!("<nextToken>{}</nextToken>", to);
        edits.append(&source, document.root_element(), &next);
    }
    let body = edits.apply(&source);
    answer.with_body(body)
}

fn of_wrong_size(turn: &Turn<'_>, size: &str, paged: &Paged) -> Answer {
    let is_large = size.parse::<usize>().is_ok_and(|size| size > paged.largest);
    let bound = if is_large {
        format!("less than or equal to {}", paged.largest)
    } else {
        format!("greater than or equal to {SMALLEST}")
    };
    let message =
        format!("Value ( {size} ) for parameter maxResults is invalid. Expecting a value {bound}.");
    refusal(turn, "InvalidParameterValue", &message)
}

fn refusal(turn: &Turn<'_>, code: &str, message: &str) -> Answer {
    Answer::error(turn.call, StatusCode::BAD_REQUEST, code, message)
}
