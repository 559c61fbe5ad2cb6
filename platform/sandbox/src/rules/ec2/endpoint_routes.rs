use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml::{self, Edits};

pub(crate) static RULE: Amendment = Amendment {
    name: "gateway-endpoint-routes",
    about: About::corrects(
        "A gateway endpoint puts a route to its service's prefix list into each of its route tables.",
    ),
    service: "ec2",
    operations: &["DescribeRouteTables"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let endpoints = turn.ec2("DescribeVpcEndpoints", &[]).await?;
        let endpoints = xml::parse(&endpoints);
        let gateways: Vec<_> = xml::items(endpoints.root(), "vpcEndpointSet")
            .into_iter()
            .filter(|e| xml::text(*e, "vpcEndpointType") == "Gateway")
            .collect();
        if gateways.is_empty() {
            return Ok(answer);
        }
        let lists = turn.ec2("DescribePrefixLists", &[]).await?;
        let lists = xml::parse(&lists);
        let lists = xml::items(lists.root(), "prefixListSet");
        let source = body_text(&answer);
        let document = xml::parse(&source);
        let mut edits = Edits::default();
        for table in xml::items(document.root(), "routeTableSet") {
            let Some(routes) = xml::child(table, "routeSet") else {
                continue;
            };
            let id = xml::text(table, "routeTableId");
            for endpoint in &gateways {
                let tables = xml::items(*endpoint, "routeTableIdSet");
                let service = xml::text(*endpoint, "serviceName");
                let list = lists
                    .iter()
                    .find(|list| xml::text(**list, "prefixListName") == service);
                if let Some(list) = list
                    && tables.iter().any(|table| table.text() == Some(id))
                {
                    let route = format!(
                        "<item><destinationPrefixListId>{}</destinationPrefixListId><gatewayId>{}</gatewayId><state>active</state><origin>CreateRoute</origin></item>",
                        xml::text(*list, "prefixListId"),
                        xml::text(*endpoint, "vpcEndpointId"),
                    );
                    edits.append(&source, routes, &route);
                }
            }
        }
        let body = edits.apply(&source);
        Ok(answer.with_body(body))
    })
}
