//! Stack files: reading them, holding them to their rules, and turning them into the resources they ask for.
//!
//! [`load`] reads a YAML file and what it extends, and reports every problem at once with file, line and column. [`blueprint`] turns a
//! [`Stack`] into resources as plain data; the product's opinions about AWS are there and nowhere else. [`scenario`] says what a month
//! of them uses. Start reading in `load.rs`.

mod blueprint;
mod cheaper;
mod check;
mod conform;
mod edit;
mod ephemeral;
mod judged;
mod load;
mod nights;
mod problem;
mod reach;
mod reads;
mod resting;
pub mod rightsize;
mod scenario;
mod schema;
mod secrets;
pub mod stack;
mod standing;
pub mod value;
mod verdict;
mod yaml;

pub use blueprint::{
    APP_SECRET, DATABASE, DATABASE_LOGIN, DEFINITION, MIGRATION, Node, OUTPUTS, REPOSITORY,
    SERVICE, app_keys, blueprint, blueprint_awake, blueprint_registering, blueprint_running,
    database_logins, door, host_lacks, is_placeholder, missing_variables, not_yet_provisioned,
    tags,
};
pub use cheaper::{Cheaper, cheaper};
pub use edit::{NotEdited, edited};
pub use ephemeral::{
    EPHEMERAL_TAGS, Kept, Keys, Listed, Request, TooMuch, allowed, ephemeral_name, tag_words,
};
pub use judged::{Judged, judged, task};
pub use load::{Loaded, Loader, load, load_with};
pub use nights::{Calendar, Span, Turn, until};
pub use problem::{Problem, Problems};
pub use reach::{
    AclRule, NetworkAcl, Unreachable, unreachable, unreachable_by_acls, unreachable_live,
};
pub use reads::{Read, reads, reads_live};
pub use resting::{Resting, asleep};
pub use scenario::{budget, scenario, tasks_expected};
pub use schema::schema;
pub use stack::Stack;
pub use standing::Standing;
pub use yaml::{Disk, Source};
