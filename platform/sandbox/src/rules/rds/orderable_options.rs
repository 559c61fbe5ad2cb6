use std::fmt::Write as _;

use super::{SERVICE, offers};
use crate::gateway::Call;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;

/// The emulator has ten classes of older generations.
pub(crate) static RULE: OrderableOptions = OrderableOptions;

pub(crate) struct OrderableOptions;

/// Records on a page where the request does not say (API reference).
const USUAL: usize = 100;

impl Rule for OrderableOptions {
    fn name(&self) -> &'static str {
        "orderable-database-classes"
    }

    fn about(&self) -> About {
        About::fills(
            "What can be ordered: every class of [`offers`] for the engine asked for, in pages.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["DescribeOrderableDBInstanceOptions"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move { describe(&turn).await })
    }
}

async fn describe(turn: &Turn<'_>) -> Outcome {
    let form = turn.form();
    // Other engines are the emulator's.
    if form.text("Engine") != "postgres" {
        return turn.pass().await;
    }
    let versions: Vec<String> = match form.get("EngineVersion") {
        Some(version) if offers::is_postgres(version) => vec![version.to_owned()],
        Some(_) => Vec::new(),
        None => offers::POSTGRES.map(|major| major.to_string()).collect(),
    };
    let wanted = form.get("DBInstanceClass");
    let all: Vec<(String, &String)> = offers::classes()
        .filter(|class| wanted.is_none_or(|wanted| wanted == class))
        .flat_map(|class| versions.iter().map(move |version| (class.clone(), version)))
        .collect();
    let number = |name: &str| form.get(name).and_then(|text| text.parse::<usize>().ok());
    let (from, size) = (
        number("Marker").unwrap_or(0),
        number("MaxRecords").unwrap_or(USUAL),
    );
    let mut options = String::new();
    for (class, version) in all.iter().skip(from).take(size) {
        option(&mut options, class, version, turn.region());
    }
    let next = from.saturating_add(size);
    let marker = (next < all.len()).then(|| format!("<Marker>{next}</Marker>"));
    Ok(turn.success(format!(
        "<DescribeOrderableDBInstanceOptionsResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><DescribeOrderableDBInstanceOptionsResult><OrderableDBInstanceOptions>{options}</OrderableDBInstanceOptions>{}</DescribeOrderableDBInstanceOptionsResult><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></DescribeOrderableDBInstanceOptionsResponse>",
        marker.unwrap_or_default()
    )))
}

fn option(to: &mut String, class: &str, version: &str, region: &str) {
    let zones: String = ["a", "b"]
        .iter()
        .map(|zone| format!("<AvailabilityZone><Name>{region}{zone}</Name></AvailabilityZone>"))
        .collect();
    // Writing to a string cannot fail.
    let _ = write!(
        to,
        "<OrderableDBInstanceOption><Engine>postgres</Engine><EngineVersion>{version}</EngineVersion><DBInstanceClass>{class}</DBInstanceClass><LicenseModel>postgresql-license</LicenseModel><AvailabilityZones>{zones}</AvailabilityZones><MultiAZCapable>true</MultiAZCapable><ReadReplicaCapable>true</ReadReplicaCapable><Vpc>true</Vpc><SupportsStorageEncryption>true</SupportsStorageEncryption><StorageType>gp3</StorageType><SupportsStorageAutoscaling>true</SupportsStorageAutoscaling><MinStorageSize>20</MinStorageSize></OrderableDBInstanceOption>"
    );
}
