use serde_json::json;

use super::{Listed, Tagged, pairs, text};
use crate::rules::turn::{Turn, array};

/// Certificates.
pub(super) fn list<'a>(turn: &'a Turn<'a>) -> Listed<'a> {
    Box::pin(async move {
        let ask = |operation: &str| format!("CertificateManager.{operation}");
        let target = ask("ListCertificates");
        let listed = turn.ask_json("acm", &target, &json!({})).await?;
        let mut found = Vec::new();
        for summary in array(&listed["CertificateSummaryList"]) {
            let arn = text(&summary["CertificateArn"]);
            let target = ask("ListTagsForCertificate");
            let asked = json!({"CertificateArn": arn});
            let answer = turn.ask_json("acm", &target, &asked).await?;
            let tags = pairs(&answer["Tags"], "Key", "Value");
            found.push(Tagged { arn, tags });
        }
        Ok(found)
    })
}
