use bella_engine::cloud::CloudError;
use bella_watch::doctor::{Delegation, Finding, zone};

use super::delegation;

use crate::clients::Aws;
use crate::error::refused;

pub(super) async fn ask(
    aws: &Aws,
    name: &str,
    in_the_dns: bool,
) -> Result<Vec<Finding>, CloudError> {
    let full = format!("{}.", name.trim_end_matches('.'));
    let call = aws.route53.list_hosted_zones_by_name().dns_name(&full);
    let answer = call.send().await.map_err(refused)?;
    let is_private = |config: Option<&aws_sdk_route53::types::HostedZoneConfig>| {
        config.is_some_and(|config| config.private_zone())
    };
    let zones = answer.hosted_zones().iter();
    let zones = zones.filter(|one| one.name() == full && !is_private(one.config()));
    let mut servers = Vec::new();
    for one in zones {
        let call = aws.route53.get_hosted_zone().id(one.id());
        let answer = call.send().await.map_err(refused)?;
        let set = answer.delegation_set();
        servers.push(
            set.map(|set| set.name_servers().to_vec())
                .unwrap_or_default(),
        );
    }
    let delegation = match in_the_dns {
        true => delegation::of(name).await,
        false => Delegation::Unanswered("an emulator's zones are not in the DNS".to_owned()),
    };
    Ok(vec![zone(name, &servers, &delegation)])
}
