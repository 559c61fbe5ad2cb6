//! Names: the tables, and what every name must survive.

mod support;

use bella_domain::name;

fn heard(text: &str) -> Option<String> {
    name::understand(text)
        .ok()
        .map(|name| name.as_str().to_owned())
}

#[test]
fn given_cases() {
    support::all_understood("name-given", heard);
}

#[test]
fn own_cases() {
    support::all_understood("name-tuned", heard);
}
