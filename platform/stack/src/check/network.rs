//! Addresses, zones, the way out, the public name.

use super::Scope;
use crate::{blueprint::Subnets, stack::Egress, value::Refusal};

pub(super) fn check(scope: &mut Scope<'_>) {
    zones(scope);
    egress(scope);
    domain(scope);
}

fn zones(scope: &mut Scope<'_>) {
    let network = &scope.stack.network;
    let zones = network.availability_zones;
    let offered = scope.stack.region.zone_letters().len();
    let at: [&[&str]; 2] = [&["network", "availability_zones"], &["region"]];
    if zones < 2 {
        let refusal = Refusal::new(
            "a load balancer needs subnets in two availability zones",
            "2 or 3",
        )
        .suggest(Some("2"));
        return scope.refuse(&at[..1], refusal);
    }
    if usize::from(zones) > offered {
        let message = format!(
            "{} gives an account {offered} availability zones",
            scope.stack.region
        );
        return scope.refuse(&at, Refusal::new(message, "2").suggest(Some("2")));
    }
    if let Err(reason) = Subnets::cut(network.cidr, zones.into()) {
        let refusal = Refusal {
            message: reason.to_string(),
            allowed: Some(reason.allowed()),
            suggestion: None,
            at: None,
        };
        scope.refuse(
            &[&["network", "cidr"], &["network", "availability_zones"]],
            refusal,
        );
    }
}

fn egress(scope: &mut Scope<'_>) {
    let network = &scope.stack.network;
    if network.nat_per_zone && network.egress != Egress::NatGateway {
        let refusal = Refusal::new(
            "there are no NAT gateways without egress: nat-gateway",
            "egress: nat-gateway, or no `nat_per_zone`",
        );
        scope.refuse(
            &[&["network", "nat_per_zone"], &["network", "egress"]],
            refusal,
        );
    }
}

fn domain(scope: &mut Scope<'_>) {
    let Some(domain) = &scope.stack.domain else {
        return;
    };
    let (zone, name) = (domain.zone.as_str(), domain.name.as_str());
    if name != zone && !name.ends_with(&format!(".{zone}")) {
        let label = name.split('.').next().unwrap_or(name);
        let refusal = Refusal::new(
            format!("`{name}` is not inside the zone `{zone}`"),
            format!("{zone} or a name that ends with .{zone}"),
        )
        .suggest(Some(format!("{label}.{zone}")));
        scope.refuse(&[&["domain", "name"], &["domain", "zone"]], refusal);
    }
}
