//! Figures that have to fit the stack.

use super::Scope;
use crate::{blueprint::built, value::Refusal};

/// An estimate that leaves out what is not there says less than it seems to.
pub(super) fn check(scope: &mut Scope<'_>) {
    let stack = scope.stack;
    let built = built(&scope.roomy()).into_iter();
    let mut there: Vec<String> = built.map(|node| node.address).collect();
    there.extend(stack.resources.keys().map(ToString::to_string));
    for (position, address) in stack.usage.not_counted.iter().enumerate() {
        let text = address.to_string();
        if !there.contains(&text) {
            let kind = text.split('.').next().unwrap_or_default();
            let same: Vec<&str> = there
                .iter()
                .map(String::as_str)
                .filter(|other| other.split('.').next() == Some(kind))
                .collect();
            let allowed = match same.is_empty() {
                true => "addresses that `bella cost estimate` shows".to_owned(),
                false => same.join(", "),
            };
            let refusal = Refusal::new(format!("the stack has no {text}"), &allowed);
            let position = position.to_string();
            scope.refuse(&[&["usage", "not_counted", &position]], refusal);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::load;
    use std::fs;

    #[test]
    fn what_is_not_counted_has_to_be_there() {
        let folder = std::env::temp_dir().join(format!("bella-usage-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let file = folder.join("stack.yaml");
        let text = "stack: a\nenvironment: development\nregion: ca-central-1\nowner: a@b.example\nbudget: { monthly_usd: 9 }\nusage: { not_counted: [vpc.main, load_balancer.pubic] }\n";
        fs::write(&file, text).expect("the temporary folder is writable");
        let problems = load(&file).expect_err("one address is wrong").to_string();
        fs::remove_dir_all(&folder).expect("the temporary folder goes");
        let said = "stack.yaml:6:34: usage.not_counted[1]: the stack has no load_balancer.pubic (allowed: load_balancer.public)";
        assert!(problems.contains(said), "{problems}");
        assert_eq!(
            problems.matches("the stack has no").count(),
            1,
            "{problems}"
        );
    }
}
