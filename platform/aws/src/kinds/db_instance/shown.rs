//! A database server as RDS shows it.

use aws_sdk_rds::types::{DbInstance as Wire, PendingModifiedValues};
use bella_engine::resource::{Observed, Phase};

use super::DbInstance;
use crate::kinds::rds_tags;
use crate::kinds::when::timestamp;
use crate::tags::owned;

/// States that end only by somebody's doing (aws-behaviours row 51).
const FAILED: [&str; 9] = [
    "failed",
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "incompatible-create",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
];

pub(super) fn observe(stack: &str, instance: &Wire) -> Option<Observed<DbInstance>> {
    let tags = rds_tags::read(instance.tag_list());
    let address = owned(stack, &tags)?;
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let endpoint = instance.endpoint();
    let secret = instance.master_user_secret();
    let arn = text(instance.db_instance_arn());
    let outputs = [
        ("identifier", text(instance.db_instance_identifier())),
        ("arn", arn.clone()),
        ("endpoint", text(endpoint.and_then(|it| it.address()))),
        (
            "port",
            endpoint
                .and_then(|it| it.port())
                .map(|port| port.to_string())
                .unwrap_or_default(),
        ),
        ("master_secret", text(secret.and_then(|it| it.secret_arn()))),
    ];
    let protected = instance.deletion_protection() == Some(true);
    Some(Observed {
        id: arn,
        address: Some(address),
        props: Some(properties(instance)),
        outputs: outputs.map(|(key, value)| (key.to_owned(), value)).into(),
        tags,
        phase: phase(instance),
        created: timestamp(instance.instance_create_time()),
        protected: protected.then(|| "deletion protection is on".to_owned()),
    })
}

fn properties(instance: &Wire) -> DbInstance {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let is = |value: Option<bool>| value.unwrap_or_default();
    let groups = instance.vpc_security_groups().iter();
    let parameters = instance.db_parameter_groups().first();
    let subnets = instance.db_subnet_group();
    DbInstance {
        engine: text(instance.engine()),
        engine_version: major(instance.engine_version().unwrap_or_default()),
        instance_class: text(instance.db_instance_class()),
        storage_gb: instance.allocated_storage().unwrap_or_default(),
        storage_type: text(instance.storage_type()),
        max_storage_gb: instance.max_allocated_storage(),
        multi_az: is(instance.multi_az()),
        subnet_group: text(subnets.and_then(|group| group.db_subnet_group_name())),
        parameter_group: text(parameters.and_then(|group| group.db_parameter_group_name())),
        security_groups: groups
            .filter(|group| group.status() != Some("removing"))
            .filter_map(|group| group.vpc_security_group_id().map(str::to_owned))
            .collect(),
        database_name: text(instance.db_name()),
        username: text(instance.master_username()),
        manage_master_password: instance.master_user_secret().is_some(),
        backup_retention_days: instance.backup_retention_period().unwrap_or_default(),
        deletion_protection: is(instance.deletion_protection()),
        storage_encrypted: is(instance.storage_encrypted()),
        publicly_accessible: is(instance.publicly_accessible()),
        copy_tags_to_snapshot: is(instance.copy_tags_to_snapshot()),
        auto_minor_version_upgrade: is(instance.auto_minor_version_upgrade()),
        ca_certificate: instance.ca_certificate_identifier().map(str::to_owned),
        log_exports: instance
            .enabled_cloudwatch_logs_exports()
            .iter()
            .cloned()
            .collect(),
    }
}

/// `16` of `16.4`.
fn major(version: &str) -> String {
    version.split('.').next().unwrap_or_default().to_owned()
}

/// A state turns to `modifying` some time after the call that causes it (row 51), so what is still
/// to be applied counts too. A stopped instance is what it should be: a schedule stops it. A full
/// disk is left to its alarm, since only a change of this object helps it.
fn phase(instance: &Wire) -> Phase {
    let status = instance.db_instance_status().unwrap_or_default();
    let secret = instance.master_user_secret();
    match status {
        "deleting" => Phase::Deleting,
        "available" if instance.pending_modified_values().is_some_and(is_pending) => {
            Phase::Pending("values to be applied".to_owned())
        }
        "available" if secret.is_some_and(|it| it.secret_status() == Some("creating")) => {
            Phase::Pending("making the master user's secret".to_owned())
        }
        // Serving, with the disks being rearranged behind it for hours.
        "available"
        | "stopped"
        | "storage-full"
        | "storage-optimization"
        | "storage-config-upgrade" => Phase::Ready,
        failed if FAILED.contains(&failed) => Phase::Failed(failed.to_owned()),
        other => Phase::Pending(other.to_owned()),
    }
}

fn is_pending(values: &PendingModifiedValues) -> bool {
    *values != PendingModifiedValues::builder().build()
}

#[cfg(test)]
mod tests {
    use aws_sdk_rds::types::MasterUserSecret;

    use super::*;

    #[test]
    fn states_are_ready_pending_failed_or_deleting() {
        let pending = |state: &str| Phase::Pending(state.to_owned());
        let cases = [
            ("available", Phase::Ready),
            ("stopped", Phase::Ready),
            ("storage-optimization", Phase::Ready),
            ("creating", pending("creating")),
            ("modifying", pending("modifying")),
            ("starting", pending("starting")),
            (
                "incompatible-network",
                Phase::Failed("incompatible-network".to_owned()),
            ),
            ("failed", Phase::Failed("failed".to_owned())),
            ("deleting", Phase::Deleting),
        ];
        for (status, expected) in cases {
            let instance = Wire::builder().db_instance_status(status).build();
            assert_eq!(phase(&instance), expected, "{status}");
        }
    }

    #[test]
    fn what_is_still_to_be_applied_is_pending() {
        let available = || Wire::builder().db_instance_status("available");
        let nothing = PendingModifiedValues::builder().build();
        let class = PendingModifiedValues::builder().db_instance_class("db.t4g.small");
        let secret = MasterUserSecret::builder().secret_status("creating");
        assert_eq!(
            phase(&available().pending_modified_values(nothing).build()),
            Phase::Ready
        );
        let waiting = [
            available().pending_modified_values(class.build()).build(),
            available().master_user_secret(secret.build()).build(),
        ];
        for instance in waiting {
            assert!(
                matches!(phase(&instance), Phase::Pending(_)),
                "{instance:?}"
            );
        }
    }

    #[test]
    fn a_version_is_its_major_part() {
        for (version, expected) in [("16.4", "16"), ("16", "16"), ("17.1-R2", "17")] {
            assert_eq!(major(version), expected);
        }
    }
}
