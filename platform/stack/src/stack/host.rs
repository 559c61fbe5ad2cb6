//! The stack that another one is a guest of.

use super::Domain;
use bella_engine::live::Live;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a guest uses of its host, as AWS shows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Host {
    /// Outputs of its objects, by what a reference would say: `vpc.main.id`.
    pub outputs: BTreeMap<String, String>,
    /// Where its tasks are: ids of subnets.
    pub subnets: Vec<String>,
    /// Who its tasks are to others: ids of security groups.
    pub security_groups: Vec<String>,
    /// Whether its tasks have public addresses.
    pub assign_public_ip: bool,
    /// The port that its load balancer may open to tasks.
    pub port: u16,
    /// Its public name, where it has one.
    pub domain: Option<Domain>,
}

impl Host {
    /// What `live` shows of a stack; `None` where it has no service.
    pub fn of(live: &Live) -> Option<Self> {
        let props = |address: &str| {
            let mut all = live.objects.iter();
            let object = all.find(|object| object.address.to_string() == address)?;
            object.props.as_ref()
        };
        let service = props("ecs_service.service")?;
        let texts = |key: &str| -> Vec<String> {
            let list = service[key].as_array().map_or(&[][..], Vec::as_slice);
            let texts = list.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        let outputs = live.objects.iter().flat_map(|object| {
            let named = object.outputs.iter();
            named.map(|(name, value)| (format!("{}.{name}", object.address), value.clone()))
        });
        let record = props("dns_record.public");
        let part = |key: &str| record?[key].as_str()?.parse().ok();
        Some(Self {
            outputs: outputs.collect(),
            subnets: texts("subnets"),
            security_groups: texts("security_groups"),
            assign_public_ip: service["assign_public_ip"] == true,
            port: service["container_port"]
                .as_u64()
                .and_then(|port| u16::try_from(port).ok())
                .unwrap_or_default(),
            domain: part("zone")
                .zip(part("name"))
                .map(|(zone, name)| Domain { zone, name }),
        })
    }
}
