use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{SERVICE, TARGET};
use crate::gateway::{Answer, NoAnswer};
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::{Turn, array};
use crate::rules::xml;
use crate::temper::Wait;

pub(crate) static RULE: Amendment = Amendment {
    name: NAME,
    about: About::corrects(
        "A certificate is issued once the records that validate it are in a hosted zone; these records are not \
         known at once.",
    ),
    service: SERVICE,
    operations: &["DescribeCertificate"],
    amend,
};

const NAME: &str = "certificate-validation";

/// Certificates by ARN.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Known {
    /// Described once, so that their records are known now.
    described: BTreeSet<String>,
    /// Issued once: they stay so without their records.
    issued: BTreeSet<String>,
    /// When those whose records were found are issued.
    #[serde(default)]
    issuing: BTreeMap<String, Timestamp>,
}

/// What has become of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Status {
    Missing,
    Pending,
    Issued,
}

/// Whether the certificate of that ARN is issued by now.
pub(in crate::rules) async fn status(turn: &Turn<'_>, arn: &str) -> Result<Status, NoAnswer> {
    let asked = json!({"CertificateArn": arn});
    let answer = turn.ask_json(SERVICE, TARGET, &asked).await?;
    if answer.is_null() {
        return Ok(Status::Missing);
    }
    match is_issued(turn, arn, &answer["Certificate"]).await? {
        true => Ok(Status::Issued),
        false => Ok(Status::Pending),
    }
}

async fn is_issued(turn: &Turn<'_>, arn: &str, certificate: &Value) -> Result<bool, NoAnswer> {
    let known: Known = turn.store.read(NAME);
    if known.issued.contains(arn) || certificate["Type"] != "AMAZON_ISSUED" {
        return Ok(true);
    }
    for option in array(&certificate["DomainValidationOptions"]) {
        let text = |name: &str| option["ResourceRecord"][name].as_str().unwrap_or_default();
        if !has_record(turn, text("Name"), text("Value")).await? {
            return Ok(false);
        }
    }
    if is_early(turn, arn, &known) {
        return Ok(false);
    }
    // Should it not be saved, it is found out again as long as the records are there.
    let _ = turn.store.change(NAME, |known: &mut Known| {
        known.issued.insert(arn.to_owned())
    });
    Ok(true)
}

/// Whether the records are there, but have to be looked at for a while yet.
fn is_early(turn: &Turn<'_>, arn: &str, known: &Known) -> bool {
    if let Some(time) = known.issuing.get(arn) {
        return turn.clock.now() < *time;
    }
    let Some(time) = turn.temper.until(Wait::CertificateIssue, arn) else {
        return false;
    };
    // Should it not be saved, the wait begins anew.
    let _ = turn.store.change(NAME, |known: &mut Known| {
        known.issuing.insert(arn.to_owned(), time)
    });
    true
}

/// Whether a public zone answers that name with that CNAME.
async fn has_record(turn: &Turn<'_>, name: &str, value: &str) -> Result<bool, NoAnswer> {
    let bare = |text: &str| text.trim_end_matches('.').to_lowercase();
    let (name, value) = (bare(name), bare(value));
    let answer = turn.route53("hostedzone").await?;
    let zones = xml::parse(&answer);
    for zone in xml::items(zones.root(), "HostedZones") {
        if !name.ends_with(&format!(".{}", bare(xml::text(zone, "Name")))) {
            continue;
        }
        let id = xml::text(zone, "Id").trim_start_matches('/');
        let path = format!("{id}/rrset?name={name}.&type=CNAME&maxitems=1");
        let answer = turn.route53(&path).await?;
        let sets = xml::parse(&answer);
        let is_it = xml::items(sets.root(), "ResourceRecordSets")
            .into_iter()
            .any(|set| {
                let held = xml::find(set, "Value").and_then(|node| node.text());
                bare(xml::text(set, "Name")) == name
                    && xml::text(set, "Type") == "CNAME"
                    && held.map(bare).as_ref() == Some(&value)
            });
        if is_it {
            return Ok(true);
        }
    }
    Ok(false)
}

fn amend<'a>(turn: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let certificate = &mut body["Certificate"];
        let arn = certificate["CertificateArn"].as_str().unwrap_or_default();
        let arn = arn.to_owned();
        if is_issued(turn, &arn, certificate).await? {
            return Ok(answer);
        }
        // Should it not be saved, the records are not known the next time either.
        let is_first = turn
            .store
            .change(NAME, |known: &mut Known| known.described.insert(arn))
            .unwrap_or(true);
        certificate["Status"] = json!("PENDING_VALIDATION");
        if let Some(fields) = certificate.as_object_mut() {
            for name in ["IssuedAt", "NotBefore", "NotAfter"] {
                fields.remove(name);
            }
        }
        let options = certificate["DomainValidationOptions"].as_array_mut();
        for option in options
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            option.insert("ValidationStatus".to_owned(), json!("PENDING_VALIDATION"));
            if is_first {
                option.remove("ResourceRecord");
            }
        }
        Ok(answer.with_body(body.to_string()))
    })
}
