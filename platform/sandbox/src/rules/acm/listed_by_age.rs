use serde_json::{Value, json};

use super::{SERVICE, TARGET};
use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};

pub(crate) static RULE: Amendment = Amendment {
    name: "certificates-listed-by-age",
    about: About::corrects(
        "A list of certificates says when each was requested, and is sorted by that when asked to be.",
    ),
    service: SERVICE,
    operations: &["ListCertificates"],
    amend,
};

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let mut all = array(&body["CertificateSummaryList"]).to_vec();
        for summary in &mut all {
            let asked = json!({"CertificateArn": summary["CertificateArn"]});
            let described = turn.ask_json(SERVICE, TARGET, &asked).await?;
            summary["CreatedAt"] = described["Certificate"]["CreatedAt"].clone();
        }
        let request = turn.json();
        if request["SortBy"] == "CREATED_AT" {
            let age = |summary: &Value| summary["CreatedAt"].as_f64().unwrap_or_default();
            all.sort_by(|one, other| age(one).total_cmp(&age(other)));
            if request["SortOrder"] == "DESCENDING" {
                all.reverse();
            }
        }
        body["CertificateSummaryList"] = Value::Array(all);
        Ok(answer.with_body(body.to_string()))
    })
}
