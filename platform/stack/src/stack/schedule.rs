//! Hours in which a stack is stopped.

use crate::value::{TimeOfDay, TimeZoneName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Hours in which the stack is stopped to save money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct AutoShutdown {
    /// Time of day at which the stack stops, HH:MM on a 24-hour clock.
    pub shutdown_time: TimeOfDay,
    /// Time of day at which it starts, HH:MM on a 24-hour clock.
    pub startup_time: TimeOfDay,
    /// IANA time zone of both times, such as America/Toronto. Default: UTC.
    #[serde(default = "utc")]
    pub timezone: TimeZoneName,
    /// Days on which it starts: mon, tue, wed, thu, fri, sat, sun. On other days it stays stopped, but for a run that ends after midnight.
    /// Default: mon to fri.
    #[serde(default = "weekdays")]
    #[schemars(length(min = 1, max = 7), extend("uniqueItems" = true))]
    pub days: Vec<Day>,
    /// Parts that are deleted in off-hours and made anew, since AWS bills them while they stand idle: load_balancer (without a domain its
    /// name is another one each morning), cache (with what it holds), nat_gateway (with its address). AWS does not do this by itself:
    /// `bella schedule stop` and `start` do, run by a person or by a job of CI. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("uniqueItems" = true))]
    pub remove: Vec<Removal>,
}

/// Part of a stack that costs as much idle as at work: load_balancer, cache or nat_gateway.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Removal {
    LoadBalancer,
    Cache,
    NatGateway,
}

impl Removal {
    /// The word of the stack file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoadBalancer => "load_balancer",
            Self::Cache => "cache",
            Self::NatGateway => "nat_gateway",
        }
    }
}

/// Day of the week: mon, tue, wed, thu, fri, sat or sun.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

fn utc() -> TimeZoneName {
    "UTC"
        .parse()
        .expect("the default is a zone of every database")
}

fn weekdays() -> Vec<Day> {
    vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri]
}
