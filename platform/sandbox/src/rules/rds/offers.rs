//! What RDS offers: engines, major versions and instance classes, from "Supported DB engines" and "DB instance
//! classes" in the RDS user guide.

/// Values of `Engine` in `CreateDBInstance`.
pub(super) const ENGINES: &[&str] = &[
    "aurora-mysql",
    "aurora-postgresql",
    "custom-oracle-ee",
    "custom-oracle-ee-cdb",
    "custom-oracle-se2",
    "custom-oracle-se2-cdb",
    "custom-sqlserver-dev",
    "custom-sqlserver-ee",
    "custom-sqlserver-se",
    "custom-sqlserver-web",
    "db2-ae",
    "db2-se",
    "mariadb",
    "mysql",
    "oracle-ee",
    "oracle-ee-cdb",
    "oracle-se2",
    "oracle-se2-cdb",
    "postgres",
    "sqlserver-ee",
    "sqlserver-ex",
    "sqlserver-se",
    "sqlserver-web",
];

/// Major versions of PostgreSQL, those in extended support among them.
pub(super) const POSTGRES: std::ops::RangeInclusive<u32> = 11..=18;

const BURSTABLE: &[&str] = &["micro", "small", "medium", "large", "xlarge", "2xlarge"];
const UP_TO_16: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge",
];
const UP_TO_24: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
];
const UP_TO_32: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
    "32xlarge",
];
const UP_TO_48: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
    "48xlarge",
];

/// Families of instance classes and the sizes they come in.
const FAMILIES: &[(&str, &[&str])] = &[
    ("t3", BURSTABLE),
    ("t4g", BURSTABLE),
    ("m5", UP_TO_24),
    ("m5d", UP_TO_24),
    ("m6g", UP_TO_16),
    ("m6gd", UP_TO_16),
    ("m6i", UP_TO_32),
    ("m6id", UP_TO_32),
    ("m7g", UP_TO_16),
    ("m7i", UP_TO_48),
    ("m8g", UP_TO_48),
    ("r5", UP_TO_24),
    ("r5b", UP_TO_24),
    ("r5d", UP_TO_24),
    ("r6g", UP_TO_16),
    ("r6gd", UP_TO_16),
    ("r6i", UP_TO_32),
    ("r6id", UP_TO_32),
    ("r7g", UP_TO_16),
    ("r7i", UP_TO_48),
    ("r8g", UP_TO_48),
];

/// All classes, as in `db.t4g.micro`.
pub(super) fn classes() -> impl Iterator<Item = String> {
    FAMILIES
        .iter()
        .flat_map(|(family, sizes)| sizes.iter().map(move |size| format!("db.{family}.{size}")))
}

/// True for `N` and `N.M` with a major version that is offered.
pub(super) fn is_postgres(version: &str) -> bool {
    let mut parts = version.split('.').map(str::parse::<u32>);
    let major = parts.next().and_then(Result::ok);
    let minor = parts.next().is_none_or(|minor| minor.is_ok());
    major.is_some_and(|major| POSTGRES.contains(&major)) && minor && parts.next().is_none()
}

/// True for a family of parameter groups: `postgres16`, `mysql8.4`, `aurora-postgresql16`, `oracle-se2-19`.
pub(super) fn is_family(family: &str) -> bool {
    if let Some(major) = family.strip_prefix("postgres") {
        return !major.contains('.') && is_postgres(major);
    }
    ENGINES.iter().any(|engine| {
        let version = family
            .strip_prefix(engine)
            .map(|v| v.trim_start_matches('-'));
        version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::{classes, is_family, is_postgres};

    #[test]
    fn versions_families_and_classes() {
        for (version, offered) in [
            ("16", true),
            ("16.4", true),
            ("99.9", false),
            ("16.x", false),
            ("16.4.1", false),
        ] {
            assert_eq!(is_postgres(version), offered, "{version}");
        }
        for (family, offered) in [
            ("postgres16", true),
            ("postgres99", false),
            ("mysql8.4", true),
            ("oracle-se2-19", true),
            ("bogus1", false),
            ("mysql", false),
        ] {
            assert_eq!(is_family(family), offered, "{family}");
        }
        assert!(classes().any(|class| class == "db.t4g.micro"));
        assert!(!classes().any(|class| class == "db.t4g.24xlarge"));
    }
}
