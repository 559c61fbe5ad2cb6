//! Network ACLs: what a subnet lets through, whatever its security groups say.
//!
//! They know no connections: where one is opened across them, the packets and their answers both have to be let out of one subnet and
//! into the other. No stack file makes any, so that what is found here was made by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use bella_engine::live::Live;

use super::{EVERYWHERE, HTTPS, INTERNET, Map, Unreachable, nodes_live};

/// A network ACL as it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkAcl {
    /// Its id.
    pub id: String,
    /// Whether it holds for the VPC's subnets that no other names.
    pub is_default: bool,
    /// Ids of the subnets that it names.
    pub subnets: BTreeSet<String>,
    /// Its rules for IPv4, in any order.
    pub rules: Vec<AclRule>,
}

/// One rule; the one with the lowest number that fits a packet decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AclRule {
    /// Its number; 32767 is AWS's own, which denies the rest.
    pub number: i32,
    /// Whether it is about what leaves the subnet.
    pub egress: bool,
    /// Whether it lets through.
    pub allows: bool,
    /// `-1` for all, else the protocol's number.
    pub protocol: String,
    /// The other side's addresses.
    pub cidr: String,
    /// First and last port; `None` for all.
    pub ports: Option<(u16, u16)>,
}

/// Every way among what exists that has to be there and that a network ACL cuts, sorted. A rule about a part of the other side's
/// addresses is taken to let the rest through.
#[must_use]
pub fn unreachable_by_acls(live: &Live, acls: &[NetworkAcl]) -> Vec<Unreachable> {
    let nodes = nodes_live(live);
    let all = nodes
        .iter()
        .map(|node| (node.address.as_str(), &node.properties));
    let map = Map(all.collect());
    let ids = live.objects.iter();
    let ids = ids.map(|object| (object.address.to_string(), object.id.as_str()));
    let lists = Lists {
        ids: ids.collect(),
        acls,
        map: &map,
    };
    let mut gaps = BTreeSet::new();
    for (service, properties) in map.of_kind("ecs_service") {
        let own = map.origins(&properties["subnets"]);
        for (store, port) in map.stores(properties) {
            let theirs = map.subnets(&store);
            gaps.extend(lists.connection((service, &own), (&store, &theirs), port));
        }
        let port = properties["container_port"].as_u64().unwrap_or_default();
        for balancer in map.balancers(properties) {
            let theirs = map.subnets(&balancer);
            gaps.extend(lists.connection((&balancer, &theirs), (service, &own), port));
        }
        gaps.extend(lists.internet(service, &own));
    }
    gaps.extend(lists.callers());
    gaps.into_iter().collect()
}

/// Ports that whoever opens a connection is answered on: load balancers and NAT gateways use all of them.
const ANSWERS: (u16, u16) = (1024, 65535);

/// The addresses of an end, and how it is called.
type End<'e> = (&'e str, &'e BTreeSet<String>);

struct Lists<'a> {
    /// Ids by address.
    ids: BTreeMap<String, &'a str>,
    acls: &'a [NetworkAcl],
    map: &'a Map<'a>,
}

/// What passes a subnet's border, seen from the subnet.
struct Packets<'a> {
    egress: bool,
    /// The other side.
    peer: &'a str,
    ports: (u16, u16),
    is_answer: bool,
}

impl Lists<'_> {
    /// Why a connection between two ends is cut. Two in one subnet pass no ACL.
    fn connection(&self, (from, out): End<'_>, (to, into): End<'_>, port: u64) -> Vec<Unreachable> {
        let Ok(port) = u16::try_from(port) else {
            return Vec::new();
        };
        let mut gaps = Vec::new();
        for (near, far) in out
            .iter()
            .flat_map(|near| into.iter().map(move |far| (near, far)))
        {
            let (Some(here), Some(there)) = (self.cidr(near), self.cidr(far)) else {
                continue;
            };
            if near == far {
                continue;
            }
            let reasons = [
                self.denied(near, &packets(true, there, port)),
                self.denied(far, &packets(false, here, port)),
                self.denied(far, &answers(true, here)),
                self.denied(near, &answers(false, there)),
            ];
            gaps.extend(reasons.into_iter().flatten());
        }
        named(gaps, from, to, u64::from(port))
    }

    /// Why a service in these subnets cannot reach the internet, through a NAT gateway or by itself.
    fn internet(&self, service: &str, subnets: &BTreeSet<String>) -> Vec<Unreachable> {
        let mut gaps = Vec::new();
        for subnet in subnets {
            let https = u16::try_from(HTTPS).unwrap_or_default();
            gaps.extend(self.denied(subnet, &packets(true, EVERYWHERE, https)));
            gaps.extend(self.denied(subnet, &answers(false, EVERYWHERE)));
            let Some(between) = self.map.nat_subnet(subnet) else {
                continue;
            };
            gaps.extend(self.denied(&between, &packets(true, EVERYWHERE, https)));
            gaps.extend(self.denied(&between, &answers(false, EVERYWHERE)));
            if let Some(cidr) = self.cidr(subnet).filter(|_| between != *subnet) {
                gaps.extend(self.denied(&between, &packets(false, cidr, https)));
                gaps.extend(self.denied(&between, &answers(true, cidr)));
            }
        }
        named(gaps, service, INTERNET, HTTPS)
    }

    /// Why callers cannot reach a listener.
    fn callers(&self) -> Vec<Unreachable> {
        let mut gaps = Vec::new();
        for (_, listener) in self.map.of_kind("listener") {
            let balancer = self.map.origin(&listener["load_balancer"]);
            let port = listener["port"].as_u64().unwrap_or_default();
            let Ok(number) = u16::try_from(port) else {
                continue;
            };
            let mut reasons = Vec::new();
            for subnet in self.map.subnets(&balancer) {
                reasons.extend(self.denied(&subnet, &packets(false, EVERYWHERE, number)));
                reasons.extend(self.denied(&subnet, &answers(true, EVERYWHERE)));
            }
            gaps.extend(named(reasons, INTERNET, &balancer, port));
        }
        gaps
    }

    fn cidr(&self, subnet: &str) -> Option<&str> {
        self.map.0.get(subnet)?["cidr"].as_str()
    }

    /// What keeps some of these packets from passing the border of a subnet.
    fn denied(&self, subnet: &str, packets: &Packets<'_>) -> Option<String> {
        let id = *self.ids.get(subnet)?;
        let mut naming = self.acls.iter();
        let naming = naming.find(|acl| acl.subnets.contains(id));
        let acl = naming.or_else(|| self.acls.iter().find(|acl| acl.is_default))?;
        let rule = acl.decides(packets)?;
        let what = if packets.is_answer {
            "its answers"
        } else {
            "it"
        };
        let way = if packets.egress { "out of" } else { "into" };
        let by = match rule {
            Some(number) => format!("rule {number}"),
            None => format!("no rule allows {what}"),
        };
        Some(format!(
            "network ACL {} does not let {what} {way} {subnet} ({by})",
            acl.id
        ))
    }
}

impl NetworkAcl {
    /// Whether it denies some of these packets: by which rule, the innermost `None` where none fits them at all.
    fn decides(&self, packets: &Packets<'_>) -> Option<Option<i32>> {
        let mut rules: Vec<&AclRule> = self.rules.iter().collect();
        rules.sort_by_key(|rule| rule.number);
        let mut open = vec![packets.ports];
        for rule in rules.into_iter().filter(|rule| rule.fits(packets)) {
            let (first, last) = rule.ports.unwrap_or((0, u16::MAX));
            let touches = |&(low, high): &(u16, u16)| first <= high && low <= last;
            if rule.allows {
                open = open
                    .into_iter()
                    .flat_map(|range| without(range, (first, last)))
                    .collect();
            } else if open.iter().any(touches) && covers(&rule.cidr, packets.peer) {
                return Some((rule.number < LAST).then_some(rule.number));
            }
        }
        (!open.is_empty()).then_some(None)
    }
}

/// The number of AWS's own rule, which denies what no other decides.
const LAST: i32 = 32767;

impl AclRule {
    fn fits(&self, packets: &Packets<'_>) -> bool {
        const TCP: &str = "6";
        let protocol = ["-1", TCP].contains(&self.protocol.as_str());
        let touches = covers(&self.cidr, packets.peer) || covers(packets.peer, &self.cidr);
        protocol && self.egress == packets.egress && touches
    }
}

fn packets(egress: bool, peer: &str, port: u16) -> Packets<'_> {
    Packets {
        egress,
        peer,
        ports: (port, port),
        is_answer: false,
    }
}

fn answers(egress: bool, peer: &str) -> Packets<'_> {
    Packets {
        egress,
        peer,
        ports: ANSWERS,
        is_answer: true,
    }
}

fn named(reasons: Vec<String>, from: &str, to: &str, port: u64) -> Vec<Unreachable> {
    let gap = |reason| Unreachable {
        from: from.to_owned(),
        to: to.to_owned(),
        port,
        reason,
    };
    reasons.into_iter().map(gap).collect()
}

/// What is left of a range of ports without another.
fn without((low, high): (u16, u16), (first, last): (u16, u16)) -> Vec<(u16, u16)> {
    let below = (low < first).then(|| (low, high.min(first.saturating_sub(1))));
    let above = (high > last).then(|| (low.max(last.saturating_add(1)), high));
    below.into_iter().chain(above).collect()
}

/// Whether one range of addresses has all of the other; not where one of them cannot be read.
fn covers(outer: &str, inner: &str) -> bool {
    let range = |text: &str| -> Option<(u32, u32)> {
        let (address, prefix) = text.split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        let prefix: u32 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
        Some((u32::from(address), prefix))
    };
    let (Some((outer, wide)), Some((inner, narrow))) = (range(outer), range(inner)) else {
        return false;
    };
    let shift = 32 - wide;
    wide <= narrow && outer.checked_shr(shift) == inner.checked_shr(shift)
}

#[cfg(test)]
mod tests;
