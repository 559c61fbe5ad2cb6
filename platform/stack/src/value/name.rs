//! Names: of stacks, alarms, secrets, variables, hosts, people's mailboxes and resources.

use super::text::{Refusal, checked_text};

checked_text!(
    /// A stack's name, at most 24 characters so that every name AWS derives from it fits.
    StackName,
    |text| slug(text, "a stack name", 24),
    "bella-stack-name",
    "The stack's name: lower-case letters, digits and single hyphens, starting with a letter, at most 24 characters.",
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    ["bella-prod"]
);

checked_text!(
    /// An alarm's name, unique within its stack.
    AlarmName,
    |text| slug(text, "an alarm name", 64),
    "bella-alarm-name",
    "The alarm's name: lower-case letters, digits and single hyphens, at most 64 characters.",
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    ["high-error-rate"]
);

checked_text!(
    /// The name of a page in `runbooks/`, without `.md`.
    RunbookName,
    runbook,
    "bella-runbook-name",
    "The name of a page in runbooks/, without .md: lower-case letters, digits and single hyphens.",
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    ["high-error-rate"]
);

checked_text!(
    /// The name of a Secrets Manager secret, under `/bella/<stack>/`.
    SecretName,
    |text| slug(text, "a secret's name", 64),
    "bella-secret-name",
    "A secret's name under the stack: lower-case letters, digits and single hyphens, at most 64 characters.",
    "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    ["app"]
);

checked_text!(
    /// The name of a policy: that of its file, without `.rego`.
    PolicyName,
    policy,
    "bella-policy-name",
    "A policy's file name without .rego: lower-case letters, digits and single underscores.",
    "^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
    ["production_freeze"]
);

checked_text!(
    /// A migration of the service's, by its file's name without `.sql`.
    MigrationName,
    migration,
    "bella-migration-name",
    "A migration's file name without .sql: its number, an underscore, and lower-case letters, digits and underscores.",
    "^[0-9]+_[a-z0-9_]+$",
    ["0007_drop_outbox"]
);

checked_text!(
    /// The name of an environment variable.
    EnvironmentVariable,
    environment_variable,
    "bella-environment-variable",
    "An environment variable's name: capital letters, digits and underscores, not starting with a digit.",
    "^[A-Z_][A-Z0-9_]*$",
    ["BUSINESS_TIMEZONE"]
);

checked_text!(
    /// A mailbox, `name@host.tld`; the shape is checked, not that it exists.
    Email,
    email,
    "bella-email",
    "An e-mail address.",
    "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
    ["platform@bella.example"]
);

checked_text!(
    /// Who is told: a mailbox, or an https address that takes notifications of SNS.
    Recipient,
    recipient,
    "bella-recipient",
    "A mailbox, or an https address that takes notifications of SNS.",
    "^([^@\\s]+@[^@\\s]+\\.[^@\\s]+|https://[^\\s]+)$",
    ["platform@bella.example", "https://events.pager.example/integration/1/enqueue"]
);

impl Recipient {
    /// The protocol of an SNS subscription.
    pub fn protocol(&self) -> &'static str {
        match self.as_str().starts_with("https://") {
            true => "https",
            false => "email",
        }
    }
}

checked_text!(
    /// A DNS name of at least two labels, without the final dot.
    DomainName,
    domain,
    "bella-domain-name",
    "A DNS name of at least two labels, lower case, without http:// and without a final dot.",
    "^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$",
    ["book.bella.example"]
);

checked_text!(
    /// A path that a health check asks for.
    UrlPath,
    url_path,
    "bella-url-path",
    "A path on the service, starting with a slash.",
    "^/[^\\s?#]*$",
    ["/healthz"]
);

checked_text!(
    /// The value of the cost centre tag.
    CostCenter,
    cost_center,
    "bella-tag-value",
    "A tag value: letters, digits, spaces and + - = . _ : / @, at most 256 characters.",
    "^[\\p{L}\\p{N} +\\-=._:/@]+$",
    ["booking"]
);

checked_text!(
    /// The address of a resource, `kind.name`.
    ResourceAddress,
    resource_address,
    "bella-resource-address",
    "A resource's address, kind.name: lower-case letters, digits and underscores on both sides.",
    "^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$",
    ["sqs_queue.audit"]
);

impl ResourceAddress {
    /// The kind, the part before the dot.
    pub fn kind(&self) -> &str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

fn recipient(text: &str) -> Result<(), Refusal> {
    match text.strip_prefix("https://") {
        Some(rest) if rest.contains('.') && !rest.contains(char::is_whitespace) => Ok(()),
        _ => email(text).map_err(|refusal| {
            let message = format!("`{text}` is neither a mailbox nor an https address");
            Refusal::new(message, "name@host.tld or https://host/path").suggest(refusal.suggestion)
        }),
    }
}

fn is_slug(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.split('-').all(|part| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

fn slug(text: &str, what: &str, longest: usize) -> Result<(), Refusal> {
    let allowed = format!(
        "lower-case letters, digits and single hyphens, starting with a letter, at most {longest} characters"
    );
    if !is_slug(text) {
        let lower = text.to_lowercase().replace(['_', ' ', '.', '/'], "-");
        let fixed = lower
            .split('-')
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("-");
        let fixed = (is_slug(&fixed) && fixed.len() <= longest).then_some(fixed);
        return Err(Refusal::new(format!("`{text}` is not {what}"), allowed).suggest(fixed));
    }
    if text.len() > longest {
        let message = format!(
            "{what} has at most {longest} characters, and this has {}",
            text.len()
        );
        return Err(Refusal::new(message, allowed));
    }
    Ok(())
}

fn policy(text: &str) -> Result<(), Refusal> {
    let name = text.strip_suffix(".rego").unwrap_or(text);
    let name = name.rsplit('/').next().unwrap_or(name);
    if name == text && is_slug(&text.replace('_', "-")) && !text.contains('-') {
        return Ok(());
    }
    let fixed = name.to_lowercase().replace(['-', ' ', '.'], "_");
    let fixed = is_slug(&fixed.replace('_', "-")).then_some(fixed);
    let allowed = "a policy's file name without .rego, such as production_freeze";
    Err(Refusal::new(format!("`{text}` is not a policy's name"), allowed).suggest(fixed))
}

fn runbook(text: &str) -> Result<(), Refusal> {
    let page = text.strip_prefix("runbooks/").unwrap_or(text);
    let page = page.strip_suffix(".md").unwrap_or(page);
    if page != text && is_slug(page) {
        let message = format!("`{text}` is a file, and a runbook is named without folder and .md");
        return Err(Refusal {
            message,
            allowed: None,
            suggestion: Some(page.to_owned()),
            at: None,
        });
    }
    slug(text, "a runbook's name", 64)
}

fn migration(text: &str) -> Result<(), Refusal> {
    let valid = |text: &str| {
        text.split_once('_').is_some_and(|(number, rest)| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            !number.is_empty()
                && number.chars().all(|c| c.is_ascii_digit())
                && !rest.is_empty()
                && rest.chars().all(plain)
        })
    };
    if valid(text) {
        return Ok(());
    }
    let file = text.rsplit('/').next().unwrap_or_default();
    let bare = file.trim_end_matches(".sql").to_owned();
    let message = format!("`{text}` is not a migration's name");
    let allowed = "its file's name without .sql, such as 0007_drop_outbox";
    Err(Refusal::new(message, allowed).suggest(valid(&bare).then_some(bare)))
}

fn environment_variable(text: &str) -> Result<(), Refusal> {
    let valid = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && text
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    if valid(text) {
        return Ok(());
    }
    let upper = text.to_uppercase().replace(['-', '.', ' '], "_");
    let allowed = "capital letters, digits and underscores, not starting with a digit";
    let message = format!("`{text}` is not an environment variable's name");
    Err(Refusal::new(message, allowed).suggest(valid(&upper).then_some(upper)))
}

fn email(text: &str) -> Result<(), Refusal> {
    let well_formed = text.split_once('@').is_some_and(|(name, host)| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
        !name.is_empty()
            && name.len() <= 64
            && name.chars().all(plain)
            && is_domain(&host.to_lowercase())
    });
    if well_formed {
        return Ok(());
    }
    Err(Refusal::new(
        format!("`{text}` is not an e-mail address"),
        "name@host.tld",
    ))
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

fn domain(text: &str) -> Result<(), Refusal> {
    if is_domain(text) {
        return Ok(());
    }
    let bare = text.rsplit("://").next().unwrap_or(text);
    let bare = bare
        .split('/')
        .next()
        .unwrap_or(bare)
        .trim_end_matches('.')
        .to_lowercase();
    let allowed =
        "at least two labels of lower-case letters, digits and hyphens, such as book.bella.example";
    let message = format!("`{text}` is not a DNS name");
    Err(Refusal::new(message, allowed).suggest(is_domain(&bare).then_some(bare)))
}

fn url_path(text: &str) -> Result<(), Refusal> {
    let plain = |c: char| c.is_ascii_graphic() && !"?#".contains(c);
    if text.starts_with('/') && text.len() <= 1024 && text.chars().all(plain) {
        return Ok(());
    }
    let fixed = format!("/{text}");
    let fixable = !text.is_empty()
        && !text.starts_with('/')
        && text.chars().all(plain)
        && !text.contains("://");
    let message = format!("`{text}` is not a path");
    Err(Refusal::new(
        message,
        "a slash and visible ASCII characters, without ? and #, such as /healthz",
    )
    .suggest(fixable.then_some(fixed)))
}

fn cost_center(text: &str) -> Result<(), Refusal> {
    let plain = |c: char| c.is_alphanumeric() || " +-=._:/@".contains(c);
    if !text.trim().is_empty() && text.chars().count() <= 256 && text.chars().all(plain) {
        return Ok(());
    }
    let message = format!("`{text}` cannot be the value of a tag");
    Err(Refusal::new(
        message,
        "letters, digits, spaces and + - = . _ : / @, at most 256 characters",
    ))
}

fn resource_address(text: &str) -> Result<(), Refusal> {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let valid = |text: &str| {
        text.split_once('.')
            .is_some_and(|(kind, name)| word(kind) && word(name))
            && text.len() <= 128
    };
    if valid(text) {
        return Ok(());
    }
    let fixed = text.to_lowercase().replace(['-', ' '], "_");
    let message = format!("`{text}` is not a resource's address");
    Err(Refusal::new(
        message,
        "kind.name, lower-case letters, digits and underscores, such as sqs_queue.audit",
    )
    .suggest(valid(&fixed).then_some(fixed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome<T: std::str::FromStr<Err = Refusal>>(text: &str) -> Result<(), Option<String>> {
        text.parse::<T>()
            .map(|_| ())
            .map_err(|refusal| refusal.suggestion)
    }

    #[test]
    fn names_are_accepted_or_corrected() {
        let meant = |text: &str| Err(Some(text.to_owned()));
        let cases = [
            (outcome::<StackName>("bella-prod"), Ok(())),
            (outcome::<StackName>("pr-12"), Ok(())),
            (outcome::<StackName>("Bella_Prod"), meant("bella-prod")),
            (outcome::<StackName>("bella--prod"), meant("bella-prod")),
            (outcome::<StackName>("1bella"), Err(None)),
            (outcome::<StackName>("a-name-of-twenty-five-lon"), Err(None)),
            (
                outcome::<RunbookName>("runbooks/service-down.md"),
                meant("service-down"),
            ),
            (
                outcome::<EnvironmentVariable>("business-timezone"),
                meant("BUSINESS_TIMEZONE"),
            ),
            (outcome::<EnvironmentVariable>("1ST"), Err(None)),
            (outcome::<MigrationName>("0007_drop_outbox"), Ok(())),
            (
                outcome::<MigrationName>("service/migrations/0007_drop_outbox.sql"),
                meant("0007_drop_outbox"),
            ),
            (outcome::<MigrationName>("drop_outbox"), Err(None)),
            (outcome::<MigrationName>("7_a,8_b"), Err(None)),
            (outcome::<PolicyName>("production_freeze"), Ok(())),
            (outcome::<PolicyName>("policies/ttl.rego"), meant("ttl")),
            (outcome::<PolicyName>("Image-Digest"), meant("image_digest")),
            (outcome::<Email>("finance@bella.example"), Ok(())),
            (outcome::<Email>("finance"), Err(None)),
            (outcome::<Email>("a@b@c.example"), Err(None)),
            (
                outcome::<DomainName>("https://Book.bella.example/"),
                meant("book.bella.example"),
            ),
            (outcome::<DomainName>("bella"), Err(None)),
            (outcome::<UrlPath>("healthz"), meant("/healthz")),
            (outcome::<UrlPath>("/health z"), Err(None)),
            (outcome::<ResourceAddress>("sqs_queue.audit"), Ok(())),
            (
                outcome::<ResourceAddress>("sqs-queue.Audit"),
                meant("sqs_queue.audit"),
            ),
            (outcome::<ResourceAddress>("audit"), Err(None)),
            (outcome::<CostCenter>("R&D"), Err(None)),
        ];
        for (index, (seen, expected)) in cases.into_iter().enumerate() {
            assert_eq!(seen, expected, "case {index}");
        }
    }
}
