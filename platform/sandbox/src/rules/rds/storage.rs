use super::{SERVICE, instances};
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "database-grows-only",
    about: About::refuses(
        "General purpose storage has 20 GB at least, storage never shrinks, and an engine never goes back to an \
         older major version.",
    ),
    service: SERVICE,
    operations: &["CreateDBInstance", "ModifyDBInstance"],
    check,
};

/// Least storage of the types gp2 and gp3, in GB.
const LEAST: i64 = 20;

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let storage: Option<i64> = form.get("AllocatedStorage").and_then(|gb| gb.parse().ok());
        let kind = form.get("StorageType").unwrap_or("gp2");
        if turn.call.operation == "CreateDBInstance" {
            let too_small = storage.filter(|gb| *gb < LEAST && kind.starts_with("gp"));
            return Ok(too_small.map(|gb| {
                let engine = form.text("Engine");
                Refused::new(
                    "InvalidParameterValue",
                    format!("Invalid storage size for engine name {engine} and storage type {kind}: {gb}"),
                )
            }));
        }
        let Some(now) = instances::one(turn, form.text("DBInstanceIdentifier")).await? else {
            return Ok(None);
        };
        if let Some(gb) = storage.filter(|gb| *gb < now.storage_gb) {
            let message = format!(
                "Invalid storage size for modify: requested {gb} GB, currently {} GB, and storage cannot be reduced",
                now.storage_gb
            );
            return Ok(Some(Refused::new("InvalidParameterCombination", message)));
        }
        let older = form
            .get("EngineVersion")
            .filter(|wanted| major(wanted) < major(&now.engine_version));
        let upgrade = form
            .get("EngineVersion")
            .filter(|wanted| major(wanted) > major(&now.engine_version));
        Ok(match (older, upgrade) {
            (Some(wanted), _) => Some(Refused::new(
                "InvalidParameterCombination",
                format!(
                    "Cannot upgrade postgres from {} to {wanted}",
                    now.engine_version
                ),
            )),
            (None, Some(_)) if form.text("AllowMajorVersionUpgrade") != "true" => {
                Some(Refused::new(
                    "InvalidParameterCombination",
                    "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
                ))
            }
            _ => None,
        })
    })
}

fn major(version: &str) -> u32 {
    let first = version.split('.').next().unwrap_or_default();
    first.parse().unwrap_or_default()
}
