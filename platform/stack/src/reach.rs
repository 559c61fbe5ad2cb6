//! Whether packets can go where they have to, found on the resources alone: on those of a stack file before anything is made,
//! and on those that exist before a version is rolled out to them.
//!
//! A service has to reach what its task definition speaks of, the internet, and to be reached by its load balancer; a load balancer
//! has to be reached by callers. What is outside the
//! stack, an id written out, is not judged.

mod acl;
mod live;

pub use acl::{AclRule, NetworkAcl, unreachable_by_acls};
pub(crate) use live::nodes as nodes_live;
pub use live::unreachable_live;

use crate::{Node, blueprint::references};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A way that packets would have to go and cannot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreachable {
    /// Address of what would open the connection.
    pub from: String,
    /// Address of what it would open it to; `the internet` for that.
    pub to: String,
    /// TCP port.
    pub port: u64,
    /// What is missing.
    pub reason: String,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            from,
            to,
            port,
            reason,
        } = self;
        write!(f, "{from} cannot reach {to} on port {port}: {reason}")
    }
}

/// Every way among `nodes` that has to be there and is not, sorted; empty where all are.
pub fn unreachable(nodes: &[Node]) -> Vec<Unreachable> {
    let map = Map(nodes
        .iter()
        .map(|node| (node.address.as_str(), &node.properties))
        .collect());
    let mut gaps = BTreeSet::new();
    for (service, properties) in map.of_kind("ecs_service") {
        let task = map.groups(properties);
        for (store, port) in map.stores(properties) {
            let groups = map.groups(map.0[store.as_str()]);
            gaps.extend(map.connection((service, &task), (&store, &groups), port));
        }
        let port = properties["container_port"].as_u64().unwrap_or_default();
        for balancer in map.balancers(properties) {
            let groups = map.groups(map.0[balancer.as_str()]);
            gaps.extend(map.connection((&balancer, &groups), (service, &task), port));
        }
        gaps.extend(map.internet(service, properties, &task));
    }
    gaps.extend(map.callers());
    gaps.into_iter().collect()
}

const INTERNET: &str = "the internet";
const EVERYWHERE: &str = "0.0.0.0/0";
const HTTPS: u64 = 443;
const POSTGRES: u64 = 5432;
const VALKEY: u64 = 6379;

/// Resources by address.
struct Map<'a>(BTreeMap<&'a str, &'a Value>);

/// What has an address or an id, and its security groups.
type End<'e> = (&'e str, &'e BTreeSet<String>);

impl<'a> Map<'a> {
    fn of_kind(&self, kind: &str) -> Vec<(&'a str, &'a Value)> {
        let all = self
            .0
            .iter()
            .map(|(address, properties)| (*address, *properties));
        all.filter(|(address, _)| address.split('.').next() == Some(kind))
            .collect()
    }

    /// The address of what a reference is of in the end, followed through resources that repeat a property; a text without a reference
    /// is itself.
    fn origin(&self, value: &Value) -> String {
        let mut text = value.as_str().unwrap_or_default();
        // Longer than any chain there is, so that a circle, which is refused elsewhere, ends.
        for _ in 0..16 {
            let Some((address, output)) = references(text)
                .first()
                .and_then(|reference| reference.rsplit_once('.'))
            else {
                return text.to_owned();
            };
            match self.0.get(address).and_then(|node| node[output].as_str()) {
                Some(repeated) => text = repeated,
                None => return address.to_owned(),
            }
        }
        text.to_owned()
    }

    fn origins(&self, list: &Value) -> BTreeSet<String> {
        let items = list.as_array().into_iter().flatten();
        items.map(|item| self.origin(item)).collect()
    }

    fn groups(&self, properties: &Value) -> BTreeSet<String> {
        self.origins(&properties["security_groups"])
    }

    /// Subnets that a data store or a load balancer is in.
    fn subnets(&self, address: &str) -> BTreeSet<String> {
        let Some(properties) = self.0.get(address) else {
            return BTreeSet::new();
        };
        let group = self.origin(&properties["subnet_group"]);
        let properties = self.0.get(group.as_str()).unwrap_or(properties);
        self.origins(&properties["subnets"])
    }

    /// Data stores that the service's task definition speaks of, with their ports.
    fn stores(&self, service: &Value) -> Vec<(String, u64)> {
        let definition = self.origin(&service["task_definition"]);
        let Some(definition) = self.0.get(definition.as_str()) else {
            return Vec::new();
        };
        let container = &definition["container"];
        let mut stores = BTreeMap::new();
        for part in ["environment", "secrets"] {
            for value in container[part]
                .as_object()
                .into_iter()
                .flat_map(|map| map.values())
            {
                for reference in references(value.as_str().unwrap_or_default()) {
                    let address = reference
                        .rsplit_once('.')
                        .map_or(reference, |(address, _)| address);
                    let standard = match address.split('.').next() {
                        Some("db_instance") => POSTGRES,
                        Some("serverless_cache" | "replication_group") => VALKEY,
                        _ => continue,
                    };
                    if let Some(store) = self.0.get(address) {
                        let port = store["port"].as_u64().unwrap_or(standard);
                        stores.insert(address.to_owned(), port);
                    }
                }
            }
        }
        stores.into_iter().collect()
    }

    /// Load balancers with a listener that forwards to the service's target group.
    fn balancers(&self, service: &Value) -> BTreeSet<String> {
        let target = self.origin(&service["target_group"]);
        self.of_kind("listener")
            .into_iter()
            .filter(|(_, listener)| self.origin(&listener["target_group"]) == target)
            .map(|(_, listener)| self.origin(&listener["load_balancer"]))
            .filter(|balancer| self.0.contains_key(balancer.as_str()))
            .collect()
    }

    /// Listeners that callers cannot reach.
    fn callers(&self) -> Vec<Unreachable> {
        let gap = |listener: &Value| {
            let balancer = self.origin(&listener["load_balancer"]);
            let groups = self.groups(self.0.get(balancer.as_str())?);
            let port = listener["port"].as_u64()?;
            let known = groups
                .iter()
                .all(|group| self.0.contains_key(group.as_str()));
            let open = self.allowed(&groups, "ingress", &BTreeSet::new(), port);
            (known && !open).then(|| Unreachable {
                from: INTERNET.to_owned(),
                reason: format!("no rule lets it into {}", words(&groups)),
                to: balancer,
                port,
            })
        };
        let listeners = self.of_kind("listener").into_iter();
        listeners
            .filter_map(|(_, listener)| gap(listener))
            .collect()
    }

    /// Why one end cannot open a connection to the other.
    fn connection(
        &self,
        (from, out): End<'_>,
        (to, into): End<'_>,
        port: u64,
    ) -> Option<Unreachable> {
        let strange =
            |groups: &BTreeSet<String>| groups.iter().any(|g| !self.0.contains_key(g.as_str()));
        if strange(out) || strange(into) {
            return None;
        }
        let gap = |reason: String| {
            Some(Unreachable {
                from: from.to_owned(),
                to: to.to_owned(),
                port,
                reason,
            })
        };
        if into.is_empty() {
            return gap(format!("{to} has no security group"));
        }
        if !self.allowed(out, "egress", into, port) {
            return gap(format!("no rule lets it out of {}", words(out)));
        }
        if !self.allowed(into, "ingress", out, port) {
            return gap(format!("no rule lets it into {}", words(into)));
        }
        None
    }

    /// Whether a rule of one of these groups lets TCP to or from one of the peers through.
    fn allowed(
        &self,
        groups: &BTreeSet<String>,
        direction: &str,
        peers: &BTreeSet<String>,
        port: u64,
    ) -> bool {
        self.of_kind("security_group_rule")
            .into_iter()
            .any(|(_, rule)| {
                let peer = self.origin(&rule["peer"]);
                let open = rule["protocol"] == "-1"
                    || (rule["protocol"] == "tcp"
                        && rule["from_port"]
                            .as_u64()
                            .is_some_and(|first| first <= port)
                        && rule["to_port"].as_u64().is_some_and(|last| port <= last));
                open && rule["direction"] == direction
                    && groups.contains(&self.origin(&rule["security_group"]))
                    && (peer == EVERYWHERE || peers.contains(&peer))
            })
    }

    /// Why a service cannot reach the internet.
    fn internet(
        &self,
        service: &str,
        properties: &Value,
        groups: &BTreeSet<String>,
    ) -> Vec<Unreachable> {
        let mut reasons = Vec::new();
        let known = groups
            .iter()
            .all(|group| self.0.contains_key(group.as_str()));
        if known && !self.allowed(groups, "egress", &BTreeSet::new(), HTTPS) {
            reasons.push(format!("no rule lets it out of {}", words(groups)));
        }
        let public = properties["assign_public_ip"] == true;
        for subnet in self.origins(&properties["subnets"]) {
            if self.0.contains_key(subnet.as_str()) {
                reasons.extend(self.no_way_out(&subnet, public));
            }
        }
        let gap = |reason| Unreachable {
            from: service.to_owned(),
            to: INTERNET.to_owned(),
            port: HTTPS,
            reason,
        };
        reasons.into_iter().map(gap).collect()
    }

    /// The route by which packets leave a subnet for the internet.
    fn way_out(&self, subnet: &str) -> Option<(&'a str, &'a Value)> {
        let associations = self.of_kind("route_table_association");
        let table = associations
            .into_iter()
            .find(|(_, association)| self.origin(&association["subnet"]) == subnet)
            .map(|(_, association)| self.origin(&association["route_table"]));
        self.of_kind("route").into_iter().find(|(_, route)| {
            route["destination_cidr"] == EVERYWHERE
                && Some(self.origin(&route["route_table"])) == table
        })
    }

    /// The subnet of the NAT gateway by which packets leave another one.
    fn nat_subnet(&self, subnet: &str) -> Option<String> {
        let (_, route) = self.way_out(subnet)?;
        let nat = self.0.get(self.origin(&route["nat_gateway"]).as_str())?;
        Some(self.origin(&nat["subnet"]))
    }

    /// Why something in a subnet, with a public address or without, has no way to the internet.
    fn no_way_out(&self, subnet: &str, public: bool) -> Option<String> {
        let Some((address, route)) = self.way_out(subnet) else {
            return Some(format!("{subnet} has no route to it"));
        };
        if route["nat_gateway"].is_null() {
            let reason = format!("{subnet} leads to it by {address}, and it has no public address");
            return (!public).then_some(reason);
        }
        let gateway = self.origin(&route["nat_gateway"]);
        let nat = self.0.get(gateway.as_str())?;
        let beneath = self.no_way_out(&self.origin(&nat["subnet"]), true)?;
        Some(format!("{gateway} has no way out: {beneath}"))
    }
}

fn words(groups: &BTreeSet<String>) -> String {
    match groups.is_empty() {
        true => "it: it has no security group".to_owned(),
        false => groups
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    }
}
