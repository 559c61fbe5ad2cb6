//! What a database server uses.

use bella_engine::resource::Resource;
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;

use super::DbInstance;

/// A standby has prices of its own, which are not twice the others. A stopped instance goes on
/// paying for its storage, so only the instance follows the hours. `backup_gb` are GB of backups
/// beyond the storage itself, 0 where nothing is said: up to that they are free. The secret with
/// the master password is Secrets Manager's, and counted with the stack.
pub(super) fn usage(instance: &DbInstance, assumptions: &Assumptions) -> Usage {
    let hours = assumptions.hours(DbInstance::KIND);
    let months = assumptions.lifetime();
    let backup = assumptions.figure("backup_gb", Decimal::ZERO) * months;
    let storage = instance.storage_type.to_uppercase();
    let (server, disk) = match instance.multi_az {
        true => ("Multi-AZUsage", format!("RDS:Multi-AZ-{storage}-Storage")),
        false => ("InstanceUsage", format!("RDS:{storage}-Storage")),
    };
    let of = |component, quantity, unit, usage_type: String| {
        Quantity::new(component, quantity, unit, "AmazonRDS", usage_type)
    };
    let class = format!("{server}:{}", instance.instance_class);
    let gb = Decimal::from(instance.storage_gb) * months;
    Usage::Metered(vec![
        of("database", hours, "hour", class).tier(engine(&instance.engine)),
        of("database storage", gb, "GB-month", disk),
        of(
            "database backups",
            backup,
            "GB-month",
            "RDS:ChargedBackupUsage".to_owned(),
        ),
    ])
}

/// The price list's name of the engine.
fn engine(engine: &str) -> &'static str {
    match engine {
        "mysql" => "MySQL",
        "mariadb" => "MariaDB",
        _ => "PostgreSQL",
    }
}
