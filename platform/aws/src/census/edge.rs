//! What Route 53 and Certificate Manager still have.

use aws_sdk_route53::types::{ResourceRecordSet, RrType};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::resource::Tags;

use super::{Survivor, Wanted};
use crate::clients::Aws;
use crate::error::refused;

type Found = Result<Vec<Survivor>, CloudError>;

/// Records with a note beside them that names the stack, in every zone; also where only the note is
/// left. Route 53 is global: a note that says another region belongs to the stack of that name there.
pub(super) async fn records(aws: &Aws, wanted: &Wanted) -> Found {
    let zones = aws.route53.list_hosted_zones();
    let mut zones = zones.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(zone) = zones.next().await {
        let zone = zone.map_err(refused)?;
        match notes(aws, wanted, zone.id()).await {
            Ok(notes) => found.extend(notes),
            // It went since it was listed.
            Err(error) if error.fault == Fault::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Certificates by their tags: they have no names.
pub(super) async fn certificates(aws: &Aws, wanted: &Wanted) -> Found {
    let mut pages = aws.acm.list_certificates().into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(certificate) = pages.next().await {
        let certificate = certificate.map_err(refused)?;
        let Some(arn) = certificate.certificate_arn() else {
            continue;
        };
        let call = aws.acm.list_tags_for_certificate().certificate_arn(arn);
        let answer = match call.send().await.map_err(refused) {
            Ok(answer) => answer,
            // It went since it was listed.
            Err(error) if error.fault == Fault::NotFound => continue,
            Err(error) => return Err(error),
        };
        let tags = answer.tags().iter();
        let tags: Tags = tags
            .map(|tag| {
                let value = tag.value().unwrap_or_default();
                (tag.key().to_owned(), value.to_owned())
            })
            .collect();
        found.extend(wanted.survivor("certificate", Some(arn), &tags, None, None));
    }
    Ok(found)
}

async fn notes(aws: &Aws, wanted: &Wanted, zone: &str) -> Found {
    let ours = format!(
        "\"heritage=bella,stack={},region={},",
        wanted.stack,
        aws.region()
    );
    let mut found = Vec::new();
    let mut start = (None, None, None);
    loop {
        let call = aws
            .route53
            .list_resource_record_sets()
            .hosted_zone_id(zone)
            .set_start_record_name(start.0)
            .set_start_record_type(start.1)
            .set_start_record_identifier(start.2);
        let page = call.send().await.map_err(refused)?;
        let notes = page.resource_record_sets.iter().filter(|set| {
            let mut values = set.resource_records().iter();
            *set.r#type() == RrType::Txt && values.any(|one| one.value().starts_with(&ours))
        });
        found.extend(notes.map(|note| survivor(zone, note)));
        if !page.is_truncated {
            return Ok(found);
        }
        start = (
            page.next_record_name,
            page.next_record_type,
            page.next_record_identifier,
        );
    }
}

/// A note is named `_bella-<type>.<name of the record>`.
fn survivor(zone: &str, note: &ResourceRecordSet) -> Survivor {
    let name = note.name().trim_end_matches('.').replace("\\052", "*");
    let about = name.strip_prefix("_bella-").unwrap_or(&name);
    let (kind, about) = about.split_once('.').unwrap_or(("TXT", about));
    let zone = zone.trim_start_matches("/hostedzone/");
    Survivor {
        what: "DNS record",
        id: format!("{zone}/{about}/{}", kind.to_uppercase()),
        why: format!("named by the note {name}"),
    }
}
