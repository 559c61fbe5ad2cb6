//! Filters of EC2's describe calls.

use aws_sdk_ec2::types::Filter;

/// Values that one filter takes (API reference of `Filter`).
pub(super) const MOST_VALUES: usize = 200;

/// Passes what has `value`.
pub(super) fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

/// Passes what has one of `values`, of which there may be [`MOST_VALUES`].
pub(super) fn one_of(name: &str, values: &[String]) -> Filter {
    Filter::builder()
        .name(name)
        .set_values(Some(values.to_vec()))
        .build()
}
