//! The edge of a stack, where one loop over examples does not reach: routes through a NAT gateway,
//! records that are aliases, that somebody else has, or that went.

use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use bella_tests::{Bed, Declared, ZONE};
use serde_json::{Value, json};

use crate::apart::{Outcome, Stage};
use crate::one_kind::{self, brief};
use crate::setting::Setting;

impl Stage<'_> {
    /// A route moves from an internet gateway to a NAT gateway and back, and leads to one only.
    pub(crate) async fn nat_gateway(&self) -> Outcome {
        let mut setting = self.setting("route");
        setting.parents.extend([
            (
                "subnet.public".to_owned(),
                json!({
                    "vpc": "${internet_gateway.parent.vpc}",
                    "cidr": "10.90.1.0/24",
                    "availability_zone": "ca-central-1a",
                }),
            ),
            ("elastic_ip.nat".to_owned(), json!({})),
            (
                "nat_gateway.public".to_owned(),
                json!({
                    "subnet": "${subnet.public.id}",
                    "elastic_ip": "${elastic_ip.nat.id}",
                }),
            ),
        ]);
        let bed = self.bed("a-nat", &setting.kinds());
        let direct = setting.whole();
        bed.provision(&direct).await?;
        setting.example.properties["gateway"] = Value::Null;
        setting.example.properties["nat_gateway"] = json!("${nat_gateway.public.id}");
        let translated = setting.whole();
        for (declared, field) in [(&translated, "nat_gateway"), (&direct, "gateway")] {
            let plan = bed.plan(declared).await.map_err(|why| format!("{why:?}"))?;
            let fields: Vec<&str> = plan
                .changes
                .iter()
                .flat_map(|change| &change.fields)
                .map(|field| field.change.path.as_str())
                .collect();
            if fields != [field] || plan.changes.len() != 1 {
                return Err(format!("{field} was expected: {}", brief(&plan)));
            }
            bed.provision(declared).await?;
            let plan = bed.plan(declared).await.map_err(|why| format!("{why:?}"))?;
            if !plan.changes.is_empty() {
                return Err(format!("the second plan: {}", brief(&plan)));
            }
        }
        let both = setting.changed("gateway", &json!("${internet_gateway.parent.id}"));
        match bed.provision(&both).await {
            Err(why) if why.contains("through both igw-") && why.contains("and nat-") => {}
            other => return Err(format!("a route through both ended with {other:?}")),
        }
        self.removed(&bed, &direct).await
    }

    pub(crate) async fn records(&self) -> Vec<String> {
        let mut alias = self.setting("dns_record");
        alias.example.properties = json!({
            "zone": ZONE,
            "name": format!("alias.{ZONE}"),
            "type": "A",
            "alias": {
                "target": "one-1.ca-central-1.elb.amazonaws.com",
                "hosted_zone": "ZQSVJUPU6J1EY",
            },
        });
        alias.example.changes = vec![
            (
                "alias.target",
                json!("two-2.ca-central-1.elb.amazonaws.com"),
            ),
            ("alias.hosted_zone", json!("Z35SXDOTRQ7X7K")),
            ("alias.evaluate_health", json!(true)),
        ];
        let bed = self.bed("a-alias", &alias.kinds());
        let mut found = one_kind::faults(&bed, &alias).await;
        let mut note = |what: &str, outcome: Outcome| {
            found.extend(outcome.err().map(|why| format!("{what}: {why}")));
        };
        note(
            "values become an alias",
            self.becomes_an_alias(&alias).await,
        );
        note("a record of somebody else", self.foreign_record().await);
        note("a note without its record", self.orphaned_note().await);
        note("a zone that is not there", self.missing_zone().await);
        found
    }

    async fn becomes_an_alias(&self, alias: &Setting) -> Outcome {
        let mut setting = self.setting("dns_record");
        let bed = self.bed("a-becomes", &setting.kinds());
        bed.provision(&setting.whole()).await?;
        let plain = setting.example.properties.clone();
        setting.example.properties["values"] = json!([]);
        setting.example.properties["ttl"] = Value::Null;
        setting.example.properties["alias"] = alias.example.properties["alias"].clone();
        self.converges(&bed, &setting.whole()).await?;
        let both = setting.changed("values", &json!(["192.0.2.1"]));
        match bed.provision(&both).await {
            Err(why) if why.contains("192.0.2.1 and is an alias of one-1") => {}
            other => return Err(format!("both at once ended with {other:?}")),
        }
        setting.example.properties = plain;
        self.converges(&bed, &setting.whole()).await?;
        self.removed(&bed, &setting.whole()).await
    }

    /// A record that is there already is neither taken over nor deleted.
    async fn foreign_record(&self) -> Outcome {
        let setting = self.setting("dns_record");
        let name = "voice.bella.example";
        self.by_hand(ChangeAction::Create, name, "198.51.100.7")
            .await?;
        let bed = self.bed("a-foreign", &setting.kinds());
        match bed.provision(&setting.whole()).await {
            Err(why) if why.contains("already exists") => {}
            other => return Err(format!("ended with {other:?}")),
        }
        if !bed.look().await?.objects.is_empty() {
            return Err("it is listed as ours".to_owned());
        }
        // The delete needs the exact values: nobody has changed them.
        self.by_hand(ChangeAction::Delete, name, "198.51.100.7")
            .await
    }

    /// Somebody deletes the record and not the note beside it.
    async fn orphaned_note(&self) -> Outcome {
        let setting = self.setting("dns_record");
        let bed = self.bed("a-orphan", &setting.kinds());
        let (name, value) = ("voice.bella.example", "192.0.2.1");
        bed.provision(&setting.whole()).await?;
        self.by_hand(ChangeAction::Delete, name, value).await?;
        self.converges(&bed, &setting.whole()).await?;
        self.by_hand(ChangeAction::Delete, name, value).await?;
        self.removed(&bed, &setting.whole()).await
    }

    /// A replaced certificate of the same name is validated by the same record, which stays.
    pub(crate) async fn validated_again(&self) -> Outcome {
        let names = |others: &[&str]| json!({"domain_name": "again.bella.example", "subject_alternative_names": others});
        let record = json!({
            "zone": ZONE,
            "name": "${certificate.main.validation_name}",
            "type": "${certificate.main.validation_type}",
            "values": ["${certificate.main.validation_value}"],
        });
        let declared = |others: &[&str]| -> Declared {
            vec![
                ("certificate.main".to_owned(), names(others)),
                ("dns_record.validation".to_owned(), record.clone()),
            ]
        };
        let bed = self.bed("a-validated", &["certificate", "dns_record"]);
        bed.provision(&declared(&[])).await?;
        let more = declared(&["*.again.bella.example"]);
        bed.provision(&more).await?;
        let plan = bed.plan(&more).await;
        let plan = plan.map_err(|why| format!("refused: {why:?}"))?;
        if !plan.changes.is_empty() {
            return Err(format!("the second plan: {}", brief(&plan)));
        }
        self.removed(&bed, &more).await
    }

    /// Listeners that redirect, and one that changes its protocol.
    pub(crate) async fn listeners(&self) -> Vec<String> {
        let mut redirect = self.setting("listener");
        redirect.example.properties = json!({
            "load_balancer": "${load_balancer.parent.arn}",
            "port": 80,
            "redirect": {},
        });
        redirect.example.changes = vec![
            ("redirect.port", json!(8443)),
            ("redirect.status", json!("HTTP_302")),
            ("redirect.protocol", json!("HTTP")),
        ];
        let bed = self.bed("a-redirect", &redirect.kinds());
        let mut found = one_kind::faults(&bed, &redirect).await;
        let outcome = self.other_protocol().await;
        found.extend(outcome.err().map(|why| format!("another protocol: {why}")));
        found
    }

    async fn other_protocol(&self) -> Outcome {
        let mut setting = self.setting("listener");
        let bed = self.bed("a-protocol", &setting.kinds());
        let secure = setting.whole();
        setting.example.properties = json!({
            "load_balancer": "${load_balancer.parent.arn}",
            "port": 443,
            "target_group": "${target_group.parent.arn}",
        });
        let plain = setting.whole();
        setting.example.properties["target_group"] = Value::Null;
        setting.example.properties["redirect"] = json!({});
        let redirecting = setting.whole();
        bed.provision(&plain).await?;
        for declared in [&secure, &plain, &redirecting, &plain] {
            self.converges(&bed, declared).await?;
        }
        let both = setting.changed("target_group", &json!("${target_group.parent.arn}"));
        match bed.provision(&both).await {
            Err(why) if why.contains("and redirects to HTTPS; set one of the two") => {}
            other => return Err(format!("both at once ended with {other:?}")),
        }
        let bare = setting.changed("protocol", &json!("HTTPS"));
        match bed.provision(&bare).await {
            Err(why) if why.contains("has no certificate; set both") => {}
            other => return Err(format!("without a certificate it ended with {other:?}")),
        }
        self.removed(&bed, &plain).await
    }

    async fn missing_zone(&self) -> Outcome {
        let setting = self.setting("dns_record");
        let bed = self.bed("a-no-zone", &setting.kinds());
        let declared = setting.changed("zone", &json!("missing.example"));
        match bed.provision(&declared).await {
            Err(why) if why.contains("no public hosted zone missing.example") => Ok(()),
            other => Err(format!("ended with {other:?}")),
        }
    }

    /// One run changes the one record, and a second has nothing to do.
    async fn converges(&self, bed: &Bed, declared: &Declared) -> Outcome {
        let plan = bed.plan(declared).await;
        let plan = plan.map_err(|why| format!("refused: {why:?}"))?;
        if plan.changes.len() != 1 {
            return Err(format!("one change was expected: {}", brief(&plan)));
        }
        bed.provision(declared).await?;
        let plan = bed.plan(declared).await;
        let plan = plan.map_err(|why| format!("refused: {why:?}"))?;
        match plan.changes.is_empty() {
            true => Ok(()),
            false => Err(format!("the second plan: {}", brief(&plan))),
        }
    }

    /// Somebody else makes or deletes an address record of 60 seconds.
    async fn by_hand(&self, action: ChangeAction, name: &str, value: &str) -> Outcome {
        let route53 = &self.aws.route53;
        let zones = route53.list_hosted_zones_by_name().dns_name(ZONE).send();
        let zones = zones.await.map_err(|why| format!("{why:?}"))?;
        let zone = zones
            .hosted_zones()
            .first()
            .map(|zone| zone.id().to_owned());
        let record = ResourceRecord::builder().value(value).build();
        let set = ResourceRecordSet::builder()
            .name(name)
            .r#type(RrType::A)
            .ttl(60)
            .resource_records(record.map_err(|why| why.to_string())?)
            .build();
        let change = Change::builder().action(action);
        let change = change
            .resource_record_set(set.map_err(|why| why.to_string())?)
            .build();
        let batch = ChangeBatch::builder()
            .changes(change.map_err(|why| why.to_string())?)
            .build();
        let call = route53
            .change_resource_record_sets()
            .set_hosted_zone_id(zone)
            .change_batch(batch.map_err(|why| why.to_string())?);
        let answer = call.send().await;
        answer.map(|_| ()).map_err(|why| format!("{why:?}"))
    }
}
