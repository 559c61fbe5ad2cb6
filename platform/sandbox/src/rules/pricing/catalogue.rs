use std::collections::BTreeSet;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::SERVICE;
use super::products::{self, Product};
use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Catalogue = Catalogue;

pub(crate) struct Catalogue;

/// Why a call is refused: code and text.
type Refusal = (&'static str, String);

const PARAMETER: &str = "InvalidParameterException";

impl Rule for Catalogue {
    fn name(&self) -> &'static str {
        "price-list"
    }

    fn about(&self) -> About {
        About::fills("Services, their attributes and products, filtered by attributes, in pages.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &["DescribeServices", "GetAttributeValues", "GetProducts"],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            Ok(match said(&turn.call.operation, &turn.json()) {
                Ok(value) => Answer::json(StatusCode::OK, &value),
                Err((code, message)) => {
                    Answer::error(turn.call, StatusCode::BAD_REQUEST, code, &message)
                }
            })
        })
    }
}

fn said(operation: &str, body: &Value) -> Result<Value, Refusal> {
    let mut products = products::all();
    let code = body["ServiceCode"].as_str();
    if code.is_none() && operation != "DescribeServices" {
        return Err((PARAMETER, "ServiceCode is required".to_owned()));
    }
    if let Some(code) = code {
        products.retain(|product| product.service == code);
        if products.is_empty() {
            return Err(("NotFoundException", format!("No service {code}")));
        }
    }
    match operation {
        "DescribeServices" => {
            let mut answer = page(body, "Services", services(&products))?;
            answer["FormatVersion"] = json!("aws_v1");
            Ok(answer)
        }
        "GetAttributeValues" => {
            let name = body["AttributeName"].as_str().unwrap_or_default();
            let values: BTreeSet<&str> = products
                .iter()
                .filter_map(|product| product.attributes.get(name)?.as_str())
                .collect();
            if values.is_empty() {
                return Err((PARAMETER, format!("No attribute {name}")));
            }
            let values = values.into_iter().map(|value| json!({"Value": value}));
            page(body, "AttributeValues", values.collect())
        }
        _ => {
            for filter in array(&body["Filters"]) {
                keep(&mut products, filter)?;
            }
            // Each entry is a text that holds JSON.
            let entries = products.iter().map(|one| json!(one.json().to_string()));
            let mut answer = page(body, "PriceList", entries.collect())?;
            answer["FormatVersion"] = json!("aws_v1");
            Ok(answer)
        }
    }
}

fn keep(products: &mut Vec<Product>, filter: &Value) -> Result<(), Refusal> {
    let text = |name: &str| filter[name].as_str().unwrap_or_default();
    let (field, value) = (text("Field"), text("Value"));
    let kind = text("Type");
    if !["TERM_MATCH", "EQUALS", "CONTAINS"].contains(&kind) {
        return Err((
            PARAMETER,
            format!("The filter type {kind} is not supported"),
        ));
    }
    products.retain(|product| {
        let own = match field {
            "ServiceCode" => Some(product.service),
            "productFamily" => Some(product.family()),
            _ => product.attributes.get(field).and_then(Value::as_str),
        };
        own.is_some_and(|own| own == value || (kind == "CONTAINS" && own.contains(value)))
    });
    Ok(())
}

fn services(products: &[Product]) -> Vec<Value> {
    let codes: BTreeSet<&str> = products.iter().map(|product| product.service).collect();
    let service = |code| {
        let own = products.iter().filter(|product| product.service == code);
        let names: BTreeSet<&String> = own.flat_map(|one| one.attributes.keys()).collect();
        json!({"ServiceCode": code, "AttributeNames": names})
    };
    codes.into_iter().map(service).collect()
}

fn page(body: &Value, name: &str, all: Vec<Value>) -> Result<Value, Refusal> {
    let size = match body["MaxResults"].as_u64() {
        None => 100,
        Some(size) if (1..=100).contains(&size) => usize::try_from(size).unwrap_or(100),
        Some(size) => return Err((PARAMETER, format!("MaxResults {size} is not in 1 to 100"))),
    };
    // The token is opaque to callers: here it is how many came before.
    let from = match body["NextToken"].as_str() {
        None => 0,
        Some(token) => token.parse().map_err(|_| {
            (
                "InvalidNextTokenException",
                format!("{token} is no token of this listing"),
            )
        })?,
    };
    let mut answer = json!({});
    if all.len() > from + size {
        answer["NextToken"] = json!((from + size).to_string());
    }
    answer[name] = all.into_iter().skip(from).take(size).collect();
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::said;

    #[test]
    fn products_come_filtered_in_pages() {
        let filter = |field: &str, value: &str| json!({"Type": "TERM_MATCH", "Field": field, "Value": value});
        let mut asked = json!({
            "ServiceCode": "AmazonRDS", "MaxResults": 1,
            "Filters": [filter("instanceType", "db.t4g.micro"), filter("regionCode", "ca-central-1")],
        });
        let first = said("GetProducts", &asked).expect("a page");
        asked["NextToken"] = first["NextToken"].clone();
        let second = said("GetProducts", &asked).expect("a page");
        assert_eq!(second["NextToken"], Value::Null);
        assert_ne!(first["PriceList"], second["PriceList"]);
        let text = first["PriceList"][0].as_str().expect("a text");
        let entry: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(entry["product"]["attributes"]["regionCode"], "ca-central-1");
        let code = |body| said("GetProducts", &body).map_err(|(code, _)| code);
        assert_eq!(
            code(json!({"ServiceCode": "Nope"})),
            Err("NotFoundException")
        );
        assert_eq!(code(json!({})), Err("InvalidParameterException"));
    }
}
