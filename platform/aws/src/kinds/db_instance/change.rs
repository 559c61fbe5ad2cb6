//! Changes of a database server, and its end.

use aws_sdk_rds::operation::modify_db_instance::builders::ModifyDBInstanceFluentBuilder;
use aws_sdk_rds::types::CloudwatchLogsExportConfiguration;
use bella_engine::cloud::{CloudError, Fault};
use jiff::Timestamp;

use super::DbInstance;
use crate::clients::Aws;
use crate::error::refused;

/// One call with what differs, at once rather than in the next maintenance window. Nothing is sent
/// when nothing differs: also that would set the instance to `modifying` (aws-behaviours row 54).
pub(super) async fn update(
    to: &DbInstance,
    aws: &Aws,
    name: &str,
    from: &DbInstance,
) -> Result<(), CloudError> {
    if to == from {
        return Ok(());
    }
    if to.storage_gb < from.storage_gb {
        return Err(shrinking(name, to.storage_gb, from.storage_gb));
    }
    let call = aws
        .rds
        .modify_db_instance()
        .db_instance_identifier(name)
        .apply_immediately(true);
    let call = machine(call, to, from);
    let call = settings(call, to, from);
    call.send().await.map_err(refused)?;
    Ok(())
}

/// The server and its storage.
fn machine(
    call: ModifyDBInstanceFluentBuilder,
    to: &DbInstance,
    from: &DbInstance,
) -> ModifyDBInstanceFluentBuilder {
    let upgrades = to.engine_version != from.engine_version;
    call.set_engine_version(upgrades.then(|| to.engine_version.clone()))
        .set_allow_major_version_upgrade(upgrades.then_some(true))
        .set_db_instance_class(other(&to.instance_class, &from.instance_class))
        .set_allocated_storage(other(&to.storage_gb, &from.storage_gb))
        .set_storage_type(other(&to.storage_type, &from.storage_type))
        .set_max_allocated_storage(other(&to.max_storage_gb, &from.max_storage_gb).flatten())
        .set_multi_az(other(&to.multi_az, &from.multi_az))
        .set_db_parameter_group_name(other(&to.parameter_group, &from.parameter_group))
        .set_auto_minor_version_upgrade(other(
            &to.auto_minor_version_upgrade,
            &from.auto_minor_version_upgrade,
        ))
}

/// What is around the server.
fn settings(
    call: ModifyDBInstanceFluentBuilder,
    to: &DbInstance,
    from: &DbInstance,
) -> ModifyDBInstanceFluentBuilder {
    let groups = other(&to.security_groups, &from.security_groups);
    let retention = other(&to.backup_retention_days, &from.backup_retention_days);
    let public = other(&to.publicly_accessible, &from.publicly_accessible);
    let copies = other(&to.copy_tags_to_snapshot, &from.copy_tags_to_snapshot);
    let managed = other(&to.manage_master_password, &from.manage_master_password);
    call.set_vpc_security_group_ids(groups.map(|groups| groups.into_iter().collect()))
        .set_backup_retention_period(retention)
        .set_deletion_protection(other(&to.deletion_protection, &from.deletion_protection))
        .set_publicly_accessible(public)
        .set_copy_tags_to_snapshot(copies)
        .set_manage_master_user_password(managed)
        .set_ca_certificate_identifier(other(&to.ca_certificate, &from.ca_certificate).flatten())
        .set_cloudwatch_logs_export_configuration(exports(to, from))
}

fn other<T: Clone + PartialEq>(to: &T, from: &T) -> Option<T> {
    (to != from).then(|| to.clone())
}

fn exports(to: &DbInstance, from: &DbInstance) -> Option<CloudwatchLogsExportConfiguration> {
    let logs = |a: &DbInstance, b: &DbInstance| -> Vec<String> {
        a.log_exports.difference(&b.log_exports).cloned().collect()
    };
    let (on, off) = (logs(to, from), logs(from, to));
    let differs = !on.is_empty() || !off.is_empty();
    let some = |logs: Vec<String>| Some(logs).filter(|logs| !logs.is_empty());
    differs.then(|| {
        CloudwatchLogsExportConfiguration::builder()
            .set_enable_log_types(some(on))
            .set_disable_log_types(some(off))
            .build()
    })
}

fn shrinking(name: &str, wanted: i32, now: i32) -> CloudError {
    let message = format!("{name} has {now} GB of storage, and RDS gives none back");
    let mut error = CloudError::new(Fault::Rejected, "rds", "ModifyDBInstance", message);
    error.hint = Some(format!(
        "write {now} GB in place of {wanted} in the stack file; RDS may have grown the storage by itself"
    ));
    error
}

/// Deletes it, unprotected first: the plan refuses a protected one unless told otherwise, so this
/// is wanted (aws-behaviours rows 25, 55). `keep_copy` leaves a last snapshot (row 56).
pub(super) async fn delete(aws: &Aws, name: &str, keep_copy: bool) -> Result<(), CloudError> {
    let call = aws.rds.describe_db_instances().db_instance_identifier(name);
    let found = call.send().await.map_err(refused)?;
    let is_protected = found
        .db_instances()
        .iter()
        .any(|instance| instance.deletion_protection() == Some(true));
    if is_protected {
        let call = aws.rds.modify_db_instance().db_instance_identifier(name);
        let call = call.deletion_protection(false).apply_immediately(true);
        call.send().await.map_err(refused)?;
    }
    let call = aws.rds.delete_db_instance().db_instance_identifier(name);
    let call = call
        .skip_final_snapshot(!keep_copy)
        .set_final_db_snapshot_identifier(keep_copy.then(|| last_snapshot(name, Timestamp::now())))
        .delete_automated_backups(true);
    call.send().await.map_err(refused)?;
    Ok(())
}

/// `<name>-final-<UTC yyyymmddhhmmss>`. Snapshots of one account have names of their own, and an
/// instance may be made and deleted again and again.
fn last_snapshot(name: &str, now: Timestamp) -> String {
    format!("{name}-final-{}", now.strftime("%Y%m%d%H%M%S"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_snapshot_says_whose_and_when() {
        let at = Timestamp::from_second(1_764_000_000).expect("within the calendar");
        assert_eq!(
            last_snapshot("bella-main-0123abcd", at),
            "bella-main-0123abcd-final-20251124160000"
        );
    }

    #[test]
    fn storage_that_would_shrink_is_refused_with_the_way_out() {
        let error = shrinking("bella-main-0123abcd", 20, 40);
        assert_eq!(error.fault, Fault::Rejected);
        assert!(
            error
                .hint
                .is_some_and(|hint| hint.starts_with("write 40 GB"))
        );
    }
}
