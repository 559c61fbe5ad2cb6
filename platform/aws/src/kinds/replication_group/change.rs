//! Changes of a cache of nodes.

use bella_engine::cloud::CloudError;

use super::ReplicationGroup;
use crate::clients::Aws;
use crate::error::refused;

/// One call for the settings, at once rather than in the next maintenance window, and one for the
/// number of replicas. While the first is carried out, the group refuses the second; repeated when
/// it is ready again, the first is sent again and changes nothing.
pub(super) async fn update(
    to: &ReplicationGroup,
    aws: &Aws,
    name: &str,
    from: &ReplicationGroup,
) -> Result<(), CloudError> {
    // Failover needs a replica, so what adds replicas comes first and what takes them away last.
    if to.nodes > from.nodes {
        resize(to, aws, name, from).await?;
    }
    settings(to, aws, name, from).await?;
    if to.nodes < from.nodes {
        resize(to, aws, name, from).await?;
    }
    Ok(())
}

async fn settings(
    to: &ReplicationGroup,
    aws: &Aws,
    name: &str,
    from: &ReplicationGroup,
) -> Result<(), CloudError> {
    let same = ReplicationGroup {
        nodes: to.nodes,
        ..from.clone()
    };
    if same == *to {
        return Ok(());
    }
    let groups = other(&to.security_groups, &from.security_groups);
    let call = aws
        .elasticache
        .modify_replication_group()
        .replication_group_id(name)
        .apply_immediately(true)
        .set_engine_version(other(&to.engine_version, &from.engine_version))
        .set_cache_node_type(other(&to.node_type, &from.node_type))
        .set_security_group_ids(groups.map(|groups| groups.into_iter().collect()))
        .set_replication_group_description(other(&to.description, &from.description))
        .set_multi_az_enabled(other(&to.multi_az, &from.multi_az))
        .set_automatic_failover_enabled(other(&to.automatic_failover, &from.automatic_failover))
        .set_snapshot_retention_limit(other(
            &to.snapshot_retention_days,
            &from.snapshot_retention_days,
        ));
    call.send().await.map_err(refused)?;
    Ok(())
}

async fn resize(
    to: &ReplicationGroup,
    aws: &Aws,
    name: &str,
    from: &ReplicationGroup,
) -> Result<(), CloudError> {
    let replicas = to.nodes - 1;
    if to.nodes > from.nodes {
        let call = aws.elasticache.increase_replica_count();
        let call = call.replication_group_id(name).new_replica_count(replicas);
        call.apply_immediately(true).send().await.map_err(refused)?;
    } else {
        let call = aws.elasticache.decrease_replica_count();
        let call = call.replication_group_id(name).new_replica_count(replicas);
        call.apply_immediately(true).send().await.map_err(refused)?;
    }
    Ok(())
}

fn other<T: Clone + PartialEq>(to: &T, from: &T) -> Option<T> {
    (to != from).then(|| to.clone())
}
