//! Service Quotas, of which the emulator has nothing: the quotas that a stack's resources count against, each at AWS's
//! default, which nobody has raised.

mod defaults;

use hyper::StatusCode;
use serde_json::{Value, json};

use self::defaults::{QUOTAS, Quota};
use super::rule::{About, Outcome, Rule, Work};
use super::turn::Turn;
use crate::gateway::{Answer, Call};

pub(crate) static RULE: Quotas = Quotas;

pub(crate) struct Quotas;

const GETS: [&str; 2] = ["GetServiceQuota", "GetAWSDefaultServiceQuota"];
const LISTS: [&str; 2] = ["ListServiceQuotas", "ListAWSDefaultServiceQuotas"];

impl Rule for Quotas {
    fn name(&self) -> &'static str {
        "service-quotas"
    }

    fn about(&self) -> About {
        About::fills(
            "The quotas that a stack's resources count against, each at AWS's default, which nobody has raised.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("servicequotas", &GETS) || call.is("servicequotas", &LISTS)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { answer(&turn).await })
    }
}

async fn answer(turn: &Turn<'_>) -> Outcome {
    let request = turn.json();
    let text = |name: &str| request[name].as_str().unwrap_or_default();
    let (service, code) = (text("ServiceCode"), text("QuotaCode"));
    let of_service = QUOTAS.iter().filter(|quota| quota.service == service);
    let of_service: Vec<&Quota> = of_service.collect();
    if of_service.is_empty() {
        let message =
            format!("The request failed because the specified service {service} does not exist.");
        return Ok(missing(turn, &message));
    }
    let account = turn.account().await?;
    let wire = |quota: &Quota| wire(quota, turn.region(), &account);
    let body = if GETS.contains(&turn.call.operation.as_str()) {
        let Some(quota) = of_service.iter().find(|quota| quota.code == code) else {
            let message =
                format!("The request failed because the specified quota {code} does not exist.");
            return Ok(missing(turn, &message));
        };
        json!({"Quota": wire(quota)})
    } else {
        let quotas: Vec<Value> = of_service.into_iter().map(wire).collect();
        json!({"Quotas": quotas})
    };
    let content_type = "application/x-amz-json-1.1";
    Ok(Answer::new(StatusCode::OK, content_type, body.to_string()))
}

fn wire(quota: &Quota, region: &str, account: &str) -> Value {
    let Quota {
        service,
        code,
        name,
        value,
    } = quota;
    json!({
        "ServiceCode": service,
        "ServiceName": defaults::name_of(service),
        "QuotaArn": format!("arn:aws:servicequotas:{region}:{account}:{service}/{code}"),
        "QuotaCode": code,
        "QuotaName": name,
        "Value": f64::from(*value),
        "Unit": "None",
        "Adjustable": true,
        "GlobalQuota": false,
    })
}

fn missing(turn: &Turn<'_>, message: &str) -> Answer {
    let (status, code) = (StatusCode::BAD_REQUEST, "NoSuchResourceException");
    Answer::error(turn.call, status, code, message)
}
