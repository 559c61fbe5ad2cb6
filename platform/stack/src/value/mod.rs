//! Text that means something: durations, address ranges, names, instance classes.
//!
//! Each type is parsed once, prints itself back, and describes itself in the JSON Schema. Its `format` is registered with the schema
//! validator (see `text.rs`), so that a bad value is refused where it was written, with the parser's own reason.

mod cidr;
mod class;
mod clock;
mod condition;
mod date;
mod duration;
mod name;
mod place;
mod text;
mod version;

pub use cidr::Cidr;
pub use class::{CacheClass, DatabaseClass};
pub use clock::{TimeOfDay, TimeZoneName};
pub use condition::{AlarmCondition, Comparison, METRICS, Metric, Unit, Watched};
pub use date::Date;
pub use duration::Duration;
pub use name::{
    AlarmName, CostCenter, DomainName, Email, EnvironmentVariable, MigrationName, PolicyName,
    Recipient, ResourceAddress, RunbookName, SecretName, StackName, UrlPath,
};
pub use place::Region;
pub use text::{Part, Refusal};
pub use version::PostgresVersion;

pub(crate) use text::{FORMATS, nearest};
