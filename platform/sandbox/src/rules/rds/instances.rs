//! What instances use, as the emulator describes them.

use super::SERVICE;
use crate::gateway::NoAnswer;
use crate::rules::strict::passing;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(super) struct Instance {
    pub(super) id: String,
    pub(super) resource_id: String,
    pub(super) status: String,
    pub(super) has_backups: bool,
    pub(super) is_replica: bool,
    pub(super) engine_version: String,
    pub(super) storage_gb: i64,
    pub(super) subnet_group: String,
    pub(super) subnets: Vec<String>,
    pub(super) parameter_group: String,
    pub(super) security_groups: Vec<String>,
    pub(super) is_protected: bool,
}

pub(super) async fn all(turn: &Turn<'_>) -> Result<Vec<Instance>, NoAnswer> {
    let answer = turn.rds("DescribeDBInstances", &[]).await?;
    let document = xml::parse(&answer);
    let instances = xml::items(document.root(), "DBInstances");
    let mut all: Vec<Instance> = instances.into_iter().map(instance).collect();
    // They use what they are in until they are gone.
    for deleting in passing::gone(turn, SERVICE) {
        all.push(instance(xml::parse(&deleting).root_element()));
    }
    Ok(all)
}

pub(super) async fn one(turn: &Turn<'_>, id: &str) -> Result<Option<Instance>, NoAnswer> {
    let found = all(turn).await?;
    Ok(found.into_iter().find(|instance| instance.id == id))
}

fn instance(node: roxmltree::Node<'_, '_>) -> Instance {
    let text = |name: &str| xml::text(node, name).to_owned();
    let within = |list: &str, name: &str| -> Vec<String> {
        let items = xml::items(node, list).into_iter();
        items.map(|item| xml::text(item, name).to_owned()).collect()
    };
    let group = xml::child(node, "DBSubnetGroup");
    Instance {
        id: text("DBInstanceIdentifier"),
        resource_id: text("DbiResourceId"),
        status: text("DBInstanceStatus"),
        has_backups: xml::text(node, "BackupRetentionPeriod") != "0",
        is_replica: !xml::text(node, "ReadReplicaSourceDBInstanceIdentifier").is_empty(),
        engine_version: text("EngineVersion"),
        storage_gb: text("AllocatedStorage").parse().unwrap_or_default(),
        subnet_group: group
            .map(|group| xml::text(group, "DBSubnetGroupName").to_owned())
            .unwrap_or_default(),
        subnets: within("Subnets", "SubnetIdentifier"),
        parameter_group: within("DBParameterGroups", "DBParameterGroupName").concat(),
        security_groups: within("VpcSecurityGroups", "VpcSecurityGroupId"),
        is_protected: xml::text(node, "DeletionProtection") == "true",
    }
}
