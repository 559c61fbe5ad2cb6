use super::Finding;

/// Whether the name of a secret is held by one that is pending deletion; `pending` are names in the account.
#[must_use]
pub fn secrets(pending: &[String]) -> Vec<Finding> {
    let held = pending.iter().map(|name| {
        Finding::wrong(
            "secrets",
            format!(
                "{name} is pending deletion: what reads it fails, and its name cannot be used anew"
            ),
            format!("aws secretsmanager restore-secret --secret-id {name}"),
        )
    });
    let found: Vec<Finding> = held.collect();
    match found.is_empty() {
        true => vec![Finding::well("secrets", "none is pending deletion")],
        false => found,
    }
}

#[cfg(test)]
mod tests {
    use super::secrets;
    use crate::doctor::Verdict;

    #[test]
    fn one_that_is_pending_is_restored() {
        assert_eq!(secrets(&[])[0].verdict, Verdict::Well);
        let found = secrets(&["bella/x/app".to_owned()]);
        assert_eq!(
            found[0].fix.as_deref(),
            Some("aws secretsmanager restore-secret --secret-id bella/x/app")
        );
    }
}
