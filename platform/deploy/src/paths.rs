//! Whether a version could reach what it needs, and be reached, on the stack as it is.

use bella_aws::deploy;
use bella_engine::live::Live;
use bella_stack::{AclRule, NetworkAcl, Unreachable, unreachable_by_acls, unreachable_live};

use crate::site::Site;

/// Paths that somebody has cut.
pub(crate) struct Cut {
    /// By what the stack file makes, and a plan puts back.
    pub(crate) of_stack: Vec<Unreachable>,
    /// By network ACLs, which no stack file makes.
    pub(crate) by_acls: Vec<Unreachable>,
}

impl Cut {
    /// All of them, in words.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let all = self.of_stack.iter().chain(&self.by_acls);
        all.map(ToString::to_string)
    }
}

/// Looks for paths that are cut.
///
/// # Errors
/// AWS refuses to tell of network ACLs.
pub(crate) async fn cut<S: Site>(site: &S, live: &Live) -> Result<Cut, S::Error> {
    let vpcs = live.objects.iter().filter(|object| object.kind == "vpc");
    let vpcs: Vec<String> = vpcs.map(|object| object.id.clone()).collect();
    let acls: Vec<NetworkAcl> = site
        .network_acls(&vpcs)
        .await?
        .into_iter()
        .map(acl)
        .collect();
    Ok(Cut {
        of_stack: unreachable_live(live),
        by_acls: unreachable_by_acls(live, &acls),
    })
}

fn acl(found: deploy::NetworkAcl) -> NetworkAcl {
    NetworkAcl {
        id: found.id,
        is_default: found.is_default,
        subnets: found.subnets.into_iter().collect(),
        rules: found.rules.into_iter().map(rule).collect(),
    }
}

fn rule(found: deploy::AclRule) -> AclRule {
    AclRule {
        number: found.number,
        egress: found.egress,
        allows: found.allows,
        protocol: found.protocol,
        cidr: found.cidr,
        ports: found.ports,
    }
}
