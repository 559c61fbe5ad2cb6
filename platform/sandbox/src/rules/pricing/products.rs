//! Products of the Price List from the project's price files.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::home::short_hash;

/// Region, its name in the Price List, and its prices.
const FILES: [(&str, &str, &str); 5] = [
    ("", "Any", include_str!("../../../../aws/prices/global.csv")),
    (
        "ca-central-1",
        "Canada (Central)",
        include_str!("../../../../aws/prices/ca-central-1.csv"),
    ),
    (
        "eu-west-1",
        "EU (Ireland)",
        include_str!("../../../../aws/prices/eu-west-1.csv"),
    ),
    (
        "us-east-1",
        "US East (N. Virginia)",
        include_str!("../../../../aws/prices/us-east-1.csv"),
    ),
    (
        "us-west-2",
        "US West (Oregon)",
        include_str!("../../../../aws/prices/us-west-2.csv"),
    ),
];

/// One product with its one price on demand.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) service: &'static str,
    pub(super) attributes: Map<String, Value>,
    unit: &'static str,
    usd: &'static str,
}

impl Product {
    /// As an entry of `PriceList`, format `aws_v1`.
    pub(super) fn json(&self) -> Value {
        let attributes = Value::Object(self.attributes.clone());
        let sku = short_hash(&attributes.to_string()).to_ascii_uppercase();
        let term = format!("{sku}.JRTCKXETXF");
        let rate = format!("{term}.6YS6EN2CT7");
        let (unit, of) = listed(self.unit);
        let usd: Decimal = self.usd.parse().unwrap_or_default();
        let usd = usd / Decimal::from(of);
        json!({
            "product": {"productFamily": self.family(), "sku": sku, "attributes": attributes},
            "serviceCode": self.service,
            "terms": {"OnDemand": {term.as_str(): {
                "sku": sku, "offerTermCode": "JRTCKXETXF", "termAttributes": {},
                "priceDimensions": {rate.as_str(): {
                    "rateCode": rate, "unit": unit, "beginRange": "0", "endRange": "Inf",
                    "appliesTo": [], "pricePerUnit": {"USD": usd.normalize().to_string()},
                }},
            }}},
            "version": "1",
        })
    }

    pub(super) fn family(&self) -> &'static str {
        match (self.service, self.attributes.contains_key("instanceType")) {
            ("AmazonRDS", true) => "Database Instance",
            ("AmazonElastiCache", true) => "Cache Instance",
            ("AmazonECS", _) => "Compute",
            ("AWSELB", _) => "Load Balancer-Application",
            _ => self.service,
        }
    }
}

/// All products of all files.
pub(super) fn all() -> Vec<Product> {
    FILES
        .iter()
        .flat_map(|(region, location, text)| {
            let rows = text.lines().skip(1);
            rows.filter_map(move |row| product(region, location, row))
        })
        .collect()
}

fn product(region: &str, location: &str, row: &'static str) -> Option<Product> {
    let mut fields = row.split(',');
    let (service, usage, tier) = (fields.next()?, fields.next()?, fields.next()?);
    let (unit, usd) = (fields.next()?, fields.next()?);
    let mut attributes = Map::new();
    let mut set = |name: &str, value: &str| {
        if !value.is_empty() {
            attributes.insert(name.to_owned(), value.into());
        }
    };
    set("servicecode", service);
    set("usagetype", usage);
    set("location", location);
    set("regionCode", region);
    let kind = usage.rsplit_once(':').map(|(_, kind)| kind);
    if let Some(kind) = kind.filter(|kind| is_instance(kind)) {
        set("instanceType", kind);
    }
    match service {
        "AmazonRDS" if !tier.is_empty() => {
            set("databaseEngine", tier);
            let multiple = usage.contains("Multi-AZ");
            let option = if multiple { "Multi-AZ" } else { "Single-AZ" };
            set("deploymentOption", option);
        }
        "AmazonElastiCache" => set("cacheEngine", tier.trim_end_matches(" OSS")),
        "AmazonEC2" if usage.contains("NatGateway") => set("operation", "NatGateway"),
        "AmazonS3" if usage.ends_with("TimedStorage-ByteHrs") => set("volumeType", "Standard"),
        "AWSDataTransfer" if usage.ends_with("Regional-Bytes") => {
            set("transferType", "IntraRegion");
        }
        "AWSDataTransfer" => set("transferType", "AWS Outbound"),
        _ => set("group", tier),
    }
    Some(Product {
        service,
        attributes,
        unit,
        usd,
    })
}

/// What the Price List counts, and how many of it the project's files price together.
fn listed(unit: &str) -> (&str, u64) {
    match unit {
        "hour" | "vCPU-hour" => ("Hrs", 1),
        "GB-hour" => ("GB-Hours", 1),
        "ACU-hour" => ("ACU-Hr", 1),
        "LCU-hour" => ("LCU-Hrs", 1),
        "GB-month" => ("GB-Mo", 1),
        "zone-month" => ("HostedZone", 1),
        "alarm-month" => ("Alarms", 1),
        "metric-month" => ("Metrics", 1),
        "dashboard-month" => ("Dashboards", 1),
        "secret-month" => ("Secrets", 1),
        "key-month" | "webacl-month" => ("months", 1),
        "request" => ("Requests", 1),
        "1k requests" => ("Requests", 1_000),
        "10k requests" => ("API Requests", 10_000),
        "million requests" => ("Requests", 1_000_000),
        "million queries" => ("Queries", 1_000_000),
        "million invocations" => ("Invocations", 1_000_000),
        "million IO" => ("IOs", 1_000_000),
        "million ECPU" => ("ElastiCacheProcessingUnits", 1_000_000),
        "100k" => ("Notifications", 100_000),
        other => (other, 1),
    }
}

/// `db.t4g.micro`, `cache.t4g.micro`.
fn is_instance(text: &str) -> bool {
    ["db.", "cache."]
        .iter()
        .any(|start| text.starts_with(start))
        && text.matches('.').count() == 2
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn a_database_class_has_its_price_in_every_region() {
        let products = all();
        let micro: Vec<_> = products
            .iter()
            .filter(|one| {
                one.attributes
                    .get("instanceType")
                    .is_some_and(|kind| kind == "db.t4g.micro")
                    && one.attributes["deploymentOption"] == "Single-AZ"
            })
            .collect();
        assert_eq!(micro.len(), 4);
        let entry = micro[0].json();
        let sku = entry["product"]["sku"].as_str().expect("a SKU");
        let term = &entry["terms"]["OnDemand"][format!("{sku}.JRTCKXETXF")];
        let rate = &term["priceDimensions"][format!("{sku}.JRTCKXETXF.6YS6EN2CT7")];
        assert_eq!(rate["unit"], "Hrs");
        assert!(rate["pricePerUnit"]["USD"].is_string(), "{entry}");
    }
}
