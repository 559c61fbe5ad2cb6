//! What the gateway changes of the emulator, rule by rule, for the page that tells users.

use crate::gateway::{Call, Protocol};
use crate::rules::RULES;

pub use crate::rules::Does;

/// One rule of the gateway, as told to users.
#[derive(Debug, Clone, Copy)]
pub struct Behaviour {
    /// The rule's name, as the call log gives it.
    pub name: &'static str,
    /// The folder of rules it is in, named after the service: `ec2`, `rds`, `scheduler`.
    pub group: &'static str,
    pub does: Does,
    /// What AWS does, in a sentence.
    pub says: &'static str,
    /// The rule's source file, from the repository's root.
    pub file: &'static str,
}

/// All rules, in the order in which they stand around a call.
pub fn behaviours() -> Vec<Behaviour> {
    let told = RULES.iter().map(|rule| {
        let about = rule.about();
        Behaviour {
            name: rule.name(),
            group: group_of(about.file),
            does: about.does,
            says: about.says,
            file: about.file,
        }
    });
    told.collect()
}

/// Names of the rules that stand around an operation of a service, by its signing name (`elasticloadbalancing`); none
/// when the emulator alone answers it.
pub fn rules_of(service: &str, operation: &str) -> Vec<&'static str> {
    let call = Call {
        service: service.to_owned(),
        operation: operation.to_owned(),
        region: None,
        access_key: None,
        protocol: Protocol::Query,
        dry_run: false,
    };
    let applying = RULES.iter().filter(|rule| rule.applies(&call));
    applying.map(|rule| rule.name()).collect()
}

fn group_of(file: &'static str) -> &'static str {
    let below = file.rsplit_once("/rules/").map_or(file, |(_, below)| below);
    below.split_once('/').map_or(below, |(group, _)| group)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{behaviours, rules_of};

    #[test]
    fn every_rule_is_told_once_in_a_sentence() {
        let mut names = BTreeSet::new();
        for told in behaviours() {
            assert!(names.insert(told.name), "{} twice", told.name);
            assert!(told.says.ends_with('.'), "{}: {}", told.name, told.says);
            assert!(!told.says.contains("  "), "{}: {}", told.name, told.says);
            let folder = format!("/rules/{}/", told.group);
            assert!(told.file.contains(&folder), "{}: {}", told.name, told.file);
        }
    }

    #[test]
    fn rules_by_operation() {
        assert_eq!(rules_of("ec2", "DeleteVpc"), ["vpc-in-use-refused"]);
        assert!(rules_of("logs", "CreateLogGroup").is_empty());
    }
}
