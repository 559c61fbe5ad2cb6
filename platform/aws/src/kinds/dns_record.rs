//! A record in a hosted zone.

mod note;
mod zone;

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_route53::error::BuildError;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use bella_engine::cloud::{CloudError, Fault};
use bella_engine::export::{Block, Body, Exported};
use bella_engine::name::Naming;
use bella_engine::resource::{Example, Identity, Made, Observed, Owner, Phase, Resource, Tags};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::note::Note;
use self::zone::{Place, Zone};
use super::dns_name;
use crate::clients::Aws;
use crate::error::refused;
use crate::look::Look;

/// A record in a public hosted zone of Route 53: values, or an alias of something in AWS. It is ours
/// by a TXT record beside it, which is written and deleted in the same batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DnsRecord {
    /// Name of the hosted zone, for example `bella.example`. It has to exist.
    #[serde(deserialize_with = "dns_name::name")]
    pub zone: String,
    /// Full name of the record, for example `voice.bella.example`.
    #[serde(deserialize_with = "dns_name::name")]
    pub name: String,
    /// `A`, `AAAA`, `CNAME`, `TXT`, … in capitals.
    pub r#type: String,
    /// Seconds for which resolvers keep it; default 60. An alias has none of its own, which counts
    /// as the default.
    #[serde(default = "minute")]
    pub ttl: Option<u32>,
    /// Its values as Route 53 takes them, texts of a TXT record in quotes; exactly one of this and
    /// `alias` is set.
    #[serde(default, deserialize_with = "dns_name::values")]
    pub values: BTreeSet<String>,
    /// What it is another name of, in place of values.
    #[serde(default)]
    pub alias: Option<Alias>,
}

/// Something in AWS that has a name of its own, for example a load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// Its name.
    #[serde(deserialize_with = "dns_name::name")]
    pub target: String,
    /// Id of the hosted zone that its name is in, which AWS gives with it.
    pub hosted_zone: String,
    /// Whether the record is answered only while the target is healthy; default false.
    #[serde(default)]
    pub evaluate_health: bool,
}

/// Seconds for which a record is kept where nothing is said.
const TTL: u32 = 60;

fn minute() -> Option<u32> {
    Some(TTL)
}

impl Resource for DnsRecord {
    type Cloud = Aws;
    const KIND: &'static str = "dns_record";
    const SERVICE: &'static str = "route53";
    const OUTPUTS: &'static [&'static str] = &["name", "zone_id", "fqdn"];
    const IMMUTABLE: &'static [&'static str] = &["zone", "name", "type"];
    const EXCLUSIVE: &'static [&'static str] = &["zone", "name", "type"];
    const OWNED_BY: Owner = Owner::Record;
    const NAMING: Naming = Naming::Unnamed;
    const ACTIONS: &'static [&'static str] = &[
        "route53:ChangeResourceRecordSets",
        "route53:GetHostedZone",
        "route53:ListHostedZones",
        "route53:ListHostedZonesByName",
        "route53:ListResourceRecordSets",
    ];

    /// Queries for a record of addresses: the figure `dns_million_queries`, millions a month, none
    /// where nothing is said. Queries for an alias of a load balancer are free; those of other types
    /// come from a certificate authority now and then. The zone's own fee is not a record's.
    fn usage(&self, assumptions: &Assumptions) -> Usage {
        if self.alias.is_some() || !matches!(self.r#type.as_str(), "A" | "AAAA") {
            return Usage::Free;
        }
        Usage::Metered(vec![Quantity::new(
            "DNS queries",
            assumptions.figure("dns_million_queries", Decimal::ZERO),
            "million queries",
            "AmazonRoute53",
            "DNS-Queries",
        )])
    }

    async fn list(look: &Look) -> Result<Vec<Observed<Self>>, CloudError> {
        let zones = match look.id() {
            Some(id) => {
                let place = Place::parse(id)?;
                Arc::new(vec![zone::around(&look.aws, &place).await?])
            }
            None => zone::all(look).await?,
        };
        let found = zones.iter().flat_map(|zone| {
            let sets = zone.records.iter();
            sets.filter_map(move |set| observe(look, zone, set))
        });
        Ok(found.collect())
    }

    /// The record is refused where one is already, whoever made it; the note is not, since an
    /// orphaned one may have been left there.
    async fn create(&self, aws: &Aws, who: &Identity) -> Result<Made<Self>, CloudError> {
        self.check()?;
        let place = Place {
            zone: zone::named(aws, &self.zone).await?,
            name: self.name.clone(),
            kind: self.r#type.clone(),
        };
        let changes = [
            (ChangeAction::Upsert, note_at(&place, aws, who)),
            (ChangeAction::Create, self.at(&place)),
        ];
        change(aws, &place.zone, changes).await?;
        let outputs = outputs(&place);
        Ok(Made::usable(place.id(), self.clone(), outputs))
    }

    async fn update(&self, aws: &Aws, who: &Identity, _from: &Self) -> Result<(), CloudError> {
        self.check()?;
        let place = Place::parse(who.id()?)?;
        let changes = [
            (ChangeAction::Upsert, note_at(&place, aws, who)),
            (ChangeAction::Upsert, self.at(&place)),
        ];
        change(aws, &place.zone, changes).await
    }

    fn settles(&self, _from: &Self) -> bool {
        false
    }

    /// Deletes what is there exactly as it is, as Route 53 wants it (row 35), and only while the
    /// note says that it is ours.
    async fn delete(aws: &Aws, who: &Identity) -> Result<(), CloudError> {
        let place = Place::parse(who.id()?)?;
        let Some(note) = zone::one(aws, &place.note()).await? else {
            return Ok(());
        };
        let is_ours = Note::of(&note).is_some_and(|(note, _, _)| {
            (note.stack.as_str(), note.region.as_str()) == (who.stack.as_str(), aws.region())
        });
        if !is_ours {
            return Ok(());
        }
        let sets = zone::one(aws, &place).await?.into_iter().chain([note]);
        let changes = sets.map(|set| (ChangeAction::Delete, Ok(set)));
        change(aws, &place.zone, changes).await
    }

    /// Writes the note anew: it says the address.
    async fn tag(aws: &Aws, who: &Identity, _gone: &[String]) -> Result<(), CloudError> {
        let place = Place::parse(who.id()?)?;
        let changes = [(ChangeAction::Upsert, note_at(&place, aws, who))];
        change(aws, &place.zone, changes).await
    }

    const TERRAFORM: &'static [(&'static str, &'static str)] = &[
        ("name", "{}.name"),
        ("zone_id", "{}.zone_id"),
        ("fqdn", "\"${{}.fqdn}.\""),
    ];

    fn terraform(&self, exported: &Exported<'_>) -> Vec<Block> {
        let zone = exported.output("zone_id");
        let note = Note {
            stack: exported.stack.to_owned(),
            region: exported.region.to_owned(),
            address: exported.address.clone(),
        };
        let note = Self {
            zone: self.zone.clone(),
            name: note::name_of(&self.name, &self.r#type),
            r#type: RrType::Txt.as_str().to_owned(),
            ttl: None,
            values: [note.text()].into(),
            alias: None,
        };
        let place = |name: &str, kind: &str| format!("{zone}_{name}_{kind}");
        let name = exported.text("name");
        let noted = place(&note::name_of(name, &self.r#type), &note.r#type);
        vec![
            Block::new(
                "aws_route53_record",
                place(name, &self.r#type),
                self.body(zone),
            ),
            Block::new("aws_route53_record", noted, note.body(zone)).beside("note"),
        ]
    }

    fn example() -> Example {
        Example {
            parents: vec![],
            properties: json!({
                "zone": "bella.example",
                "name": "voice.bella.example",
                "type": "A",
                "ttl": 60,
                "values": ["192.0.2.1"],
            }),
            changes: vec![
                ("ttl", json!(300)),
                ("values", json!(["192.0.2.1", "192.0.2.2"])),
            ],
        }
    }
}

impl DnsRecord {
    /// As Terraform writes a record of one name; texts stand there without their quotes.
    fn body(&self, zone: &str) -> Body {
        let body = Body::new()
            .set("zone_id", zone)
            .set("name", self.name.as_str())
            .set("type", self.r#type.as_str());
        let Some(alias) = &self.alias else {
            let bare = |text: &String| {
                let inside = text
                    .strip_prefix('"')
                    .and_then(|text| text.strip_suffix('"'));
                inside.unwrap_or(text).to_owned()
            };
            let body = body.set("ttl", self.ttl.unwrap_or(TTL));
            return body.list("records", self.values.iter().map(bare));
        };
        let alias = Body::new()
            .set("name", alias.target.as_str())
            .set("zone_id", alias.hosted_zone.as_str())
            .set("evaluate_target_health", alias.evaluate_health);
        body.block("alias", alias)
    }

    fn check(&self) -> Result<(), CloudError> {
        let Self { name, r#type, .. } = self;
        let own_ttl = self.ttl.filter(|ttl| *ttl != TTL);
        let wrong = match (&self.alias, self.values.is_empty(), own_ttl) {
            (None, false, _) | (Some(_), true, None) => return Ok(()),
            (None, true, _) => "has neither values nor an alias; set one of the two".to_owned(),
            (Some(alias), false, _) => {
                let values: Vec<&str> = self.values.iter().map(String::as_str).collect();
                let (values, target) = (values.join(", "), &alias.target);
                format!("has the values {values} and is an alias of {target}; set one of the two")
            }
            (Some(alias), true, Some(ttl)) => {
                let target = &alias.target;
                format!("is an alias of {target}, whose time to live counts; leave out ttl {ttl}")
            }
        };
        let message = format!("the {type} record {name} {wrong}");
        let operation = "ChangeResourceRecordSets";
        Err(CloudError::new(
            Fault::Rejected,
            "route53",
            operation,
            message,
        ))
    }

    fn at(&self, place: &Place) -> Result<ResourceRecordSet, BuildError> {
        let set = ResourceRecordSet::builder()
            .name(&place.name)
            .r#type(RrType::from(place.kind.as_str()));
        match &self.alias {
            Some(alias) => {
                let target = AliasTarget::builder()
                    .dns_name(&alias.target)
                    .hosted_zone_id(&alias.hosted_zone)
                    .evaluate_target_health(alias.evaluate_health);
                set.alias_target(target.build()?).build()
            }
            None => {
                let values = self.values.iter();
                let records = values.map(|value| ResourceRecord::builder().value(value).build());
                set.ttl(i64::from(self.ttl.unwrap_or(TTL)))
                    .set_resource_records(Some(records.collect::<Result<_, _>>()?))
                    .build()
            }
        }
    }
}

fn note_at(place: &Place, aws: &Aws, who: &Identity) -> Result<ResourceRecordSet, BuildError> {
    let note = Note {
        stack: who.stack.clone(),
        region: aws.region().to_owned(),
        address: who.address.clone(),
    };
    let value = ResourceRecord::builder().value(note.text()).build()?;
    ResourceRecordSet::builder()
        .name(place.note().name)
        .r#type(RrType::Txt)
        .ttl(i64::from(TTL))
        .resource_records(value)
        .build()
}

/// One batch: Route 53 makes all of it or nothing.
async fn change(
    aws: &Aws,
    zone: &str,
    changes: impl IntoIterator<Item = (ChangeAction, Result<ResourceRecordSet, BuildError>)>,
) -> Result<(), CloudError> {
    let changes = changes.into_iter().map(|(action, set)| {
        let change = Change::builder().action(action);
        change.resource_record_set(set?).build()
    });
    let batch = changes
        .collect::<Result<Vec<Change>, BuildError>>()
        .and_then(|changes| ChangeBatch::builder().set_changes(Some(changes)).build());
    let batch = batch.map_err(|error| {
        let message = format!("{error}; this is a bug in bella");
        CloudError::new(
            Fault::Rejected,
            "route53",
            "ChangeResourceRecordSets",
            message,
        )
    })?;
    let call = aws.route53.change_resource_record_sets();
    let call = call.hosted_zone_id(zone).change_batch(batch);
    call.send().await.map_err(refused)?;
    Ok(())
}

fn outputs(place: &Place) -> [(&'static str, String); 3] {
    [
        ("name", place.name.clone()),
        ("zone_id", place.zone.clone()),
        ("fqdn", format!("{}.", place.name)),
    ]
}

/// The record that `note` is about, if it is a note of the stack's. A record that went and left its
/// note is one without values, which an update puts right and a delete clears away.
fn observe(look: &Look, zone: &Zone, note: &ResourceRecordSet) -> Option<Observed<DnsRecord>> {
    let (note, name, kind) = Note::of(note)?;
    if note.stack != look.stack() || note.region != look.aws.region() {
        return None;
    }
    let place = Place {
        zone: zone.id.clone(),
        name,
        kind,
    };
    let set = zone.records.iter().find(|set| place.is_of(set));
    let values = set.map(ResourceRecordSet::resource_records);
    let values = values.unwrap_or_default().iter();
    let alias = set.and_then(ResourceRecordSet::alias_target);
    Some(Observed {
        id: place.id(),
        address: Some(note.address),
        outputs: outputs(&place)
            .map(|(key, value)| (key.to_owned(), value))
            .into(),
        props: Some(DnsRecord {
            zone: zone.name.clone(),
            name: place.name,
            r#type: place.kind,
            ttl: match alias {
                Some(_) => minute(),
                None => set.and_then(|set| u32::try_from(set.ttl()?).ok()),
            },
            values: values.map(|one| dns_name::value(one.value())).collect(),
            alias: alias.map(|alias| Alias {
                target: dns_name::plain(alias.dns_name()),
                hosted_zone: alias.hosted_zone_id().to_owned(),
                evaluate_health: alias.evaluate_target_health(),
            }),
        }),
        tags: Tags::new(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    })
}
