//! A certificate of AWS Certificate Manager.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_acm::types::{
    CertificateDetail, CertificateStatus, SortBy, SortOrder, Tag, ValidationMethod,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{
    Example, Identity, Made, Observed, Outputs, Owner, Phase, Resource, Tags,
};
use bella_engine::usage::{Assumptions, Usage};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::at_once::{self, Read};
use super::dns_name;
use super::when::timestamp;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;
use crate::tags::owned;

/// A public certificate that AWS renews, validated by a DNS record.
///
/// It is ready as soon as that record is known, since the record is made from it; AWS issues it
/// minutes after the record is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The name it is for, for example `voice.bella.example` or `*.bella.example`.
    #[serde(deserialize_with = "dns_name::name")]
    pub domain_name: String,
    /// Further names, without the first. A name and its wildcard are validated by one record; for
    /// others the outputs say none.
    #[serde(default, deserialize_with = "dns_name::names")]
    pub subject_alternative_names: BTreeSet<String>,
}

/// How long after a certificate was requested the tagging service may not have heard of it.
const UNHEARD: Duration = Duration::from_secs(2 * 60 * 60);

impl Resource for Certificate {
    type Cloud = Aws;
    const KIND: &'static str = "certificate";
    const SERVICE: &'static str = "acm";
    const OUTPUTS: &'static [&'static str] = &[
        "arn",
        "validation_name",
        "validation_type",
        "validation_value",
    ];
    const IMMUTABLE: &'static [&'static str] = &["domain_name", "subject_alternative_names"];
    const OWNED_BY: Owner = Owner::Tags;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "acm:AddTagsToCertificate",
        "acm:DeleteCertificate",
        "acm:DescribeCertificate",
        "acm:ListCertificates",
        "acm:ListTagsForCertificate",
        "acm:RemoveTagsFromCertificate",
        "acm:RequestCertificate",
        "tag:GetResources",
    ];

    /// A public certificate that is used with a load balancer costs nothing.
    fn usage(&self, _assumptions: &Assumptions) -> Usage {
        Usage::Free
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let candidates = match look.id() {
            Some(arn) => vec![(arn.to_owned(), None)],
            None => candidates(look).await?,
        };
        let reads = candidates.into_iter().map(|(arn, tags)| {
            let (aws, stack) = (look.aws.clone(), look.stack().to_owned());
            let read: Read<_> = Box::pin(async move {
                match observe(&aws, &stack, arn, tags).await {
                    Err(error) if error.fault == Fault::NotFound => Ok(None),
                    other => other,
                }
            });
            read
        });
        let found = at_once::all(reads.collect()).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        let others = self.subject_alternative_names.iter().cloned().collect();
        let call = aws
            .acm
            .request_certificate()
            .domain_name(&self.domain_name)
            .set_subject_alternative_names(Some(others).filter(|all: &Vec<_>| !all.is_empty()))
            .validation_method(ValidationMethod::Dns)
            .idempotency_token(&who.token)
            .set_tags(Some(wire(&who.tags)?));
        let answer = call.send().await.map_err(refused)?;
        // The records that validate it are in no answer to this call.
        Ok(Made::unseen(answer.certificate_arn.unwrap_or_default()))
    }

    async fn update(&self, _aws: &Aws, _who: &Identity, _from: &Self) -> Result<(), CloudError> {
        Ok(()) // Both its properties are fixed.
    }

    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let call = aws.acm.delete_certificate().certificate_arn(who.id()?);
        call.send().await.map_err(refused)?;
        Ok(())
    }

    async fn tag(aws: &Aws, who: &Identity, gone: &[String]) -> Result<(), CloudError> {
        let call = aws.acm.add_tags_to_certificate();
        let call = call.certificate_arn(who.id()?);
        call.set_tags(Some(wire(&who.tags)?))
            .send()
            .await
            .map_err(refused)?;
        if gone.is_empty() {
            return Ok(());
        }
        let keys = gone.iter().map(|key| Tag::builder().key(key).build());
        let keys = keys.collect::<Result<_, _>>().map_err(bug)?;
        let call = aws.acm.remove_tags_from_certificate();
        let call = call.certificate_arn(who.id()?).set_tags(Some(keys));
        call.send().await.map_err(refused)?;
        Ok(())
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("arn", "{}.arn"),
        (
            "validation_name",
            "trimsuffix(tolist({}.domain_validation_options)[0].resource_record_name, \".\")",
        ),
        (
            "validation_type",
            "tolist({}.domain_validation_options)[0].resource_record_type",
        ),
        (
            "validation_value",
            "trimsuffix(tolist({}.domain_validation_options)[0].resource_record_value, \".\")",
        ),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let names = &self.subject_alternative_names;
        let body = Body::new()
            .set("domain_name", self.domain_name.as_str())
            .set("validation_method", "DNS");
        let body = match names.is_empty() {
            true => body,
            false => body.list("subject_alternative_names", names.iter().cloned()),
        };
        vec![Block::new(
            "aws_acm_certificate",
            exported.id,
            body.tags(exported.tags),
        )]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({
                "domain_name": "bella.example",
                "subject_alternative_names": ["*.bella.example"],
            }),
            changes: vec![],
        }
    }
}

/// Certificates have no names to know them by. So: those that the tagging service knows as the
/// stack's, with their tags, and the ones requested too recently for it to have heard of them.
async fn candidates(look: &Look) -> Result<Vec<(String, Option<Tags>)>, CloudError> {
    let tagged = look.tagged().await?;
    let ours = tagged.iter().filter(|(arn, _)| arn.contains(":acm:"));
    let mut found: Vec<(String, Option<Tags>)> = ours
        .map(|(arn, tags)| (arn.clone(), Some(tags.clone())))
        .collect();
    let since = Timestamp::now() - UNHEARD;
    let call = look
        .aws
        .acm
        .list_certificates()
        .sort_by(SortBy::CreatedAt)
        .sort_order(SortOrder::Descending);
    let mut pages = call.into_paginator().items().send();
    while let Some(one) = pages.next().await {
        let one = one.map_err(refused)?;
        if timestamp(one.created_at()).is_none_or(|created| created < since) {
            break;
        }
        let arn = one.certificate_arn.unwrap_or_default();
        if !tagged.contains_key(&arn) {
            found.push((arn, None));
        }
    }
    Ok(found)
}

async fn observe(
    aws: &Aws,
    stack: &str,
    arn: String,
    tags: Option<Tags>,
) -> Result<Option<Observed<Certificate>>, CloudError> {
    let tags = match tags {
        Some(tags) => tags,
        None => tags_of(aws, &arn).await?,
    };
    let Some(address) = owned(stack, &tags) else {
        return Ok(None);
    };
    let call = aws.acm.describe_certificate().certificate_arn(&arn);
    let Some(it) = call.send().await.map_err(refused)?.certificate else {
        return Ok(None);
    };
    let domain_name = dns_name::plain(it.domain_name().unwrap_or_default());
    let names = it.subject_alternative_names().iter();
    let mut names: BTreeSet<String> = names.map(|name| dns_name::plain(name)).collect();
    names.remove(&domain_name);
    let mut outputs = Outputs::from([("arn".to_owned(), arn.clone())]);
    outputs.extend(validation(&it));
    Ok(Some(Observed {
        id: arn,
        address: Some(address),
        phase: phase(&it),
        created: timestamp(it.created_at()),
        props: Some(Certificate {
            domain_name,
            subject_alternative_names: names,
        }),
        outputs,
        tags,
        protected: None,
    }))
}

/// The record that validates the first name, in the spelling that records have.
fn validation(it: &CertificateDetail) -> Outputs {
    let of_first = |name: &str| Some(name) == it.domain_name();
    let record = it
        .domain_validation_options()
        .iter()
        .find(|option| of_first(option.domain_name()))
        .and_then(|option| option.resource_record());
    let Some(record) = record else {
        return Outputs::new();
    };
    Outputs::from([
        ("validation_name".to_owned(), dns_name::plain(record.name())),
        (
            "validation_type".to_owned(),
            record.r#type().as_str().to_owned(),
        ),
        (
            "validation_value".to_owned(),
            dns_name::value(record.value()),
        ),
    ])
}

/// The record is not known at once (aws-behaviours row 30).
fn phase(it: &CertificateDetail) -> Phase {
    match it.status() {
        Some(CertificateStatus::Issued) => Phase::Ready,
        Some(CertificateStatus::PendingValidation) if validation(it).is_empty() => {
            Phase::Pending("PENDING_VALIDATION, its record not yet known".to_owned())
        }
        Some(CertificateStatus::PendingValidation) => Phase::Ready,
        Some(CertificateStatus::ValidationTimedOut) => Phase::Failed(
            "VALIDATION_TIMED_OUT: nobody saw its record for 72 hours; check that the registrar names the zone's name servers".to_owned(),
        ),
        other => {
            let status = other.map_or("no status", |status| status.as_str());
            let reason = it.failure_reason().map(|reason| format!(": {}", reason.as_str()));
            Phase::Failed(format!("{status}{}", reason.unwrap_or_default()))
        }
    }
}

async fn tags_of(aws: &Aws, arn: &str) -> Result<Tags, CloudError> {
    let call = aws.acm.list_tags_for_certificate().certificate_arn(arn);
    let answer = call.send().await.map_err(refused)?;
    let pair = |tag: &Tag| {
        (
            tag.key().to_owned(),
            tag.value().unwrap_or_default().to_owned(),
        )
    };
    Ok(answer.tags().iter().map(pair).collect())
}

fn wire(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    let tags = tags.iter();
    let tags = tags.map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(bug)
}

fn bug(error: aws_sdk_acm::error::BuildError) -> CloudError {
    let message = format!("{error}; this is a bug in bella");
    CloudError::new(Fault::Rejected, "acm", "build tags", message)
}

#[cfg(test)]
mod tests {
    use aws_sdk_acm::types::{DomainValidation, FailureReason, RecordType, ResourceRecord};

    use super::*;

    fn detail(status: CertificateStatus, is_known: bool) -> CertificateDetail {
        let record = ResourceRecord::builder()
            .name("_1.Bella.example.")
            .r#type(RecordType::Cname)
            .value("_2.acm-validations.aws.");
        let record = record.build().expect("all is set");
        let option = DomainValidation::builder()
            .domain_name("bella.example")
            .set_resource_record(is_known.then_some(record));
        CertificateDetail::builder()
            .domain_name("bella.example")
            .status(status)
            .failure_reason(FailureReason::CaaError)
            .domain_validation_options(option.build().expect("all is set"))
            .build()
    }

    #[test]
    fn it_is_ready_when_its_record_is_known_and_failed_when_it_will_not_be_issued() {
        use CertificateStatus::{Failed, Issued, PendingValidation};
        assert_eq!(phase(&detail(Issued, true)), Phase::Ready);
        assert_eq!(phase(&detail(PendingValidation, true)), Phase::Ready);
        let unknown = phase(&detail(PendingValidation, false));
        assert!(matches!(unknown, Phase::Pending(_)), "{unknown:?}");
        let failed = Phase::Failed("FAILED: CAA_ERROR".to_owned());
        assert_eq!(phase(&detail(Failed, true)), failed);
        let late = phase(&detail(CertificateStatus::ValidationTimedOut, true));
        assert!(matches!(late, Phase::Failed(_)), "{late:?}");
    }

    #[test]
    fn outputs_are_the_record_as_records_spell_it() {
        let outputs = validation(&detail(CertificateStatus::Issued, true));
        let expect = [
            ("validation_name", "_1.bella.example"),
            ("validation_type", "CNAME"),
            ("validation_value", "_2.acm-validations.aws"),
        ];
        let expect = expect.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(outputs, Outputs::from(expect));
    }
}
