use super::SERVICE;
use crate::rules::form::Form;
use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "cache-with-unfit-settings-refused",
    about: About::refuses(
        "A replication group's id has 40 characters at most, its token 16 to 128, and snapshots stay 35 days at most.",
    ),
    service: SERVICE,
    operations: &["CreateReplicationGroup", "ModifyReplicationGroup"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let refused = unfit(&turn.form());
        Ok(refused.map(|message| Refused::new("InvalidParameterValue", message)))
    })
}

fn unfit(form: &Form) -> Option<&'static str> {
    let id = form.text("ReplicationGroupId");
    let is_id = id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.len() <= 40
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !id.contains("--")
        && !id.ends_with('-');
    let is_token = |token: &str| {
        (16..=128).contains(&token.len())
            && token
                .chars()
                .all(|c| c.is_ascii_graphic() && !"/@\"".contains(c))
    };
    let days = form.get("SnapshotRetentionLimit").map(str::parse::<u32>);
    if !is_id {
        Some(
            "The parameter ReplicationGroupIdentifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.",
        )
    } else if form.get("AuthToken").is_some_and(|token| !is_token(token)) {
        Some(
            "Invalid AuthToken provided. AUTH token must be at least 16 and at most 128 printable characters without /, @ and quotes.",
        )
    } else if days.is_some_and(|days| days.is_ok_and(|days| days > 35)) {
        Some("Snapshot retention limit must be between 0 and 35.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, unfit};

    #[test]
    fn settings() {
        let group = |id: &str| Form::default().with("ReplicationGroupId", id);
        for (form, fits) in [
            (group("cache"), true),
            (group(&"a".repeat(41)), false),
            (group("cache").with("AuthToken", "short"), false),
            (group("cache").with("AuthToken", "sixteen-and-more"), true),
            (group("cache").with("SnapshotRetentionLimit", "36"), false),
            (group("cache").with("SnapshotRetentionLimit", "35"), true),
        ] {
            assert_eq!(unfit(&form).is_none(), fits, "{form:?}");
        }
    }
}
