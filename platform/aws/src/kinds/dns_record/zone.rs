//! Hosted zones and the record sets in them. Zones are never made or deleted: they belong to whoever
//! registered the domain (aws-behaviours row 36).

use std::sync::Arc;

use aws_sdk_route53::types::{HostedZone, ResourceRecordSet, RrType};
use bella_engine::cloud::{CloudError, Fault};

use super::super::dns_name::plain;
use super::note;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// A zone with record sets of it.
#[derive(Debug)]
pub(super) struct Zone {
    /// `Z` and letters, without `/hostedzone/`.
    pub(super) id: String,
    /// Without a dot at the end.
    pub(super) name: String,
    pub(super) records: Vec<ResourceRecordSet>,
}

/// Where a record is; also its id, `<zone id>/<name>/<type>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) zone: String,
    pub(super) name: String,
    pub(super) kind: String,
}

impl Place {
    pub(super) fn parse(id: &str) -> Result<Self, CloudError> {
        let parts = id.split_once('/').and_then(|(zone, rest)| {
            let (name, kind) = rest.rsplit_once('/')?;
            Some((zone, name, kind))
        });
        let Some((zone, name, kind)) = parts else {
            let message = format!("`{id}` is not <zone id>/<name>/<type>; this is a bug in bella");
            return Err(CloudError::new(
                Fault::Rejected,
                "route53",
                "identify",
                message,
            ));
        };
        Ok(Self {
            zone: zone.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
        })
    }

    pub(super) fn id(&self) -> String {
        format!("{}/{}/{}", self.zone, self.name, self.kind)
    }

    pub(super) fn is_of(&self, set: &ResourceRecordSet) -> bool {
        set.set_identifier().is_none()
            && set.r#type().as_str() == self.kind
            && plain(set.name()) == self.name
    }

    /// Where the note about it is.
    pub(super) fn note(&self) -> Self {
        Self {
            zone: self.zone.clone(),
            name: note::name_of(&self.name, &self.kind),
            kind: RrType::Txt.as_str().to_owned(),
        }
    }
}

/// All public zones of the account with all their records: one call for the zones and one for each
/// three hundred records, a zone after the other, since Route 53 takes five calls a second from an
/// account (row 33). Whoever asks in one look shares them.
pub(super) async fn all(look: &Look) -> Result<Arc<Vec<Zone>>, CloudError> {
    look.once("dns_zones", async {
        let call = look.aws.route53.list_hosted_zones();
        let mut pages = call.into_paginator().items().send();
        let mut zones = Vec::new();
        while let Some(zone) = pages.next().await {
            let zone = zone.map_err(refused)?;
            if !is_public(&zone) {
                continue;
            }
            let id = bare(zone.id());
            match records(&look.aws, id).await {
                Ok(records) => zones.push(Zone {
                    id: id.to_owned(),
                    name: plain(zone.name()),
                    records,
                }),
                // It went since it was listed.
                Err(error) if error.fault == Fault::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(zones)
    })
    .await
}

/// The zone of one record, with that record and its note only.
pub(super) async fn around(aws: &Aws, place: &Place) -> Result<Zone, CloudError> {
    let call = aws.route53.get_hosted_zone().id(&place.zone);
    let answer = call.send().await.map_err(refused)?;
    let name = answer.hosted_zone().map(|zone| plain(zone.name()));
    let mut records = Vec::new();
    for place in [place, &place.note()] {
        records.extend(one(aws, place).await?);
    }
    Ok(Zone {
        id: place.zone.clone(),
        name: name.unwrap_or_default(),
        records,
    })
}

/// The record set at that place.
pub(super) async fn one(aws: &Aws, place: &Place) -> Result<Option<ResourceRecordSet>, CloudError> {
    let call = aws
        .route53
        .list_resource_record_sets()
        .hosted_zone_id(&place.zone)
        .start_record_name(&place.name)
        .start_record_type(RrType::from(place.kind.as_str()))
        .max_items(1);
    let answer = call.send().await.map_err(refused)?;
    let mut sets = answer.resource_record_sets.into_iter();
    Ok(sets.find(|set| place.is_of(set)))
}

/// The id of the one public zone of that name.
///
/// # Errors
/// There is none, or there are several: what to do is said.
pub(super) async fn named(aws: &Aws, name: &str) -> Result<String, CloudError> {
    let call = aws.route53.list_hosted_zones_by_name().dns_name(name);
    let answer = call.send().await.map_err(refused)?;
    let is_it = |zone: &&HostedZone| is_public(zone) && plain(zone.name()) == name;
    let found = answer.hosted_zones().iter().filter(is_it);
    let ids: Vec<&str> = found.map(|zone| bare(zone.id())).collect();
    let (message, hint) = match ids.as_slice() {
        [id] => return Ok((*id).to_owned()),
        [] => (
            format!("this account has no public hosted zone {name}"),
            format!(
                "create it (aws route53 create-hosted-zone --name {name} --caller-reference 1) and enter its name servers at the registrar of the domain, or correct the zone's name in the stack file"
            ),
        ),
        several => (
            format!("this account has several public hosted zones {name}: {}", several.join(", ")),
            "delete the one whose name servers are not those entered at the registrar of the domain".to_owned(),
        ),
    };
    let error = CloudError::new(Fault::Rejected, "route53", "ListHostedZonesByName", message);
    Err(CloudError {
        hint: Some(hint),
        ..error
    })
}

async fn records(aws: &Aws, zone: &str) -> Result<Vec<ResourceRecordSet>, CloudError> {
    let mut found = Vec::new();
    let mut next = (None, None, None);
    loop {
        let call = aws
            .route53
            .list_resource_record_sets()
            .hosted_zone_id(zone)
            .set_start_record_name(next.0)
            .set_start_record_type(next.1)
            .set_start_record_identifier(next.2);
        let page = call.send().await.map_err(refused)?;
        found.extend(page.resource_record_sets);
        if !page.is_truncated {
            return Ok(found);
        }
        next = (
            page.next_record_name,
            page.next_record_type,
            page.next_record_identifier,
        );
    }
}

fn is_public(zone: &HostedZone) -> bool {
    !zone.config().is_some_and(|config| config.private_zone())
}

fn bare(id: &str) -> &str {
    id.strip_prefix("/hostedzone/").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_place() {
        let place = Place {
            zone: "Z1".to_owned(),
            name: "0/25.2.0.192.in-addr.arpa".to_owned(),
            kind: "CNAME".to_owned(),
        };
        assert_eq!(place.id(), "Z1/0/25.2.0.192.in-addr.arpa/CNAME");
        assert_eq!(Place::parse(&place.id()).expect("a place"), place);
        assert!(Place::parse("Z1/a.example").is_err());
    }
}
