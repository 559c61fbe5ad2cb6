//! The rules that are part of the program.

use std::sync::LazyLock;

use crate::set::PolicyFile;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../policies/", $name)))),+]
    };
}

const FILES: &[(&str, &str)] = &files![
    "backups.rego",
    "budget.rego",
    "data_stores.rego",
    "deletion_protection.rego",
    "encryption_at_rest.rego",
    "encryption_in_transit.rego",
    "image_digest.rego",
    "instance_classes.rego",
    "lib.rego",
    "nat_in_development.rego",
    "production_freeze.rego",
    "public_data.rego",
    "regions.rego",
    "required_tags.rego",
    "ttl.rego",
    "wildcard_actions.rego",
];

static SHIPPED: LazyLock<Vec<PolicyFile>> = LazyLock::new(|| {
    let file = |(path, text): &(&str, &str)| PolicyFile {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    };
    FILES.iter().map(file).collect()
});

/// The shipped rules, without their tests.
#[must_use]
pub fn shipped() -> &'static [PolicyFile] {
    &SHIPPED
}
