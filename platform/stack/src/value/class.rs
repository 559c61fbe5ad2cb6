//! Instance classes of RDS and ElastiCache.

use super::text::{Refusal, checked_text, nearest};

checked_text!(
    /// An RDS for PostgreSQL instance class, `db.t4g.micro`.
    DatabaseClass,
    |text| class(text, "db", "an RDS instance class", DATABASE),
    "bella-database-class",
    "An RDS instance class, db.<family>.<size>.",
    "^db\\.[a-z][a-z0-9]*\\.[a-z0-9]+$",
    ["db.t4g.micro"]
);

checked_text!(
    /// An ElastiCache node type, `cache.t4g.micro`.
    CacheClass,
    |text| class(text, "cache", "an ElastiCache node type", CACHE),
    "bella-cache-class",
    "An ElastiCache node type, cache.<family>.<size>.",
    "^cache\\.[a-z][a-z0-9]*\\.[a-z0-9]+$",
    ["cache.t4g.micro"]
);

impl DatabaseClass {
    /// Whether the class has an Arm processor.
    pub fn is_arm(&self) -> bool {
        self.as_str()
            .split('.')
            .nth(1)
            .is_some_and(|family| family.contains('g'))
    }

    /// The next size down in the same family.
    pub(crate) fn smaller(&self) -> Option<Self> {
        beside(self.as_str(), DATABASE, -1)?.parse().ok()
    }

    /// The next size up in the same family.
    pub(crate) fn larger(&self) -> Option<Self> {
        beside(self.as_str(), DATABASE, 1)?.parse().ok()
    }
}

impl CacheClass {
    /// The next size down in the same family.
    pub(crate) fn smaller(&self) -> Option<Self> {
        beside(self.as_str(), CACHE, -1)?.parse().ok()
    }

    /// The next size up in the same family.
    pub(crate) fn larger(&self) -> Option<Self> {
        beside(self.as_str(), CACHE, 1)?.parse().ok()
    }
}

/// A family of classes and the sizes it comes in.
type Family = (&'static str, &'static [&'static str]);

const SMALL: &[&str] = &["micro", "small", "medium"];
const BURSTABLE: &[&str] = &["micro", "small", "medium", "large", "xlarge", "2xlarge"];
const INTEL_5: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
];
const INTEL_6: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
    "32xlarge",
];
const GRAVITON: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge",
];
const GRAVITON_4: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge",
    "48xlarge",
];
const CACHE_5: &[&str] = &[
    "large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge",
];

const DATABASE: &[Family] = &[
    ("t3", BURSTABLE),
    ("t4g", BURSTABLE),
    ("m5", INTEL_5),
    ("m6g", GRAVITON),
    ("m6i", INTEL_6),
    ("m7g", GRAVITON),
    ("m7i", INTEL_5),
    ("m8g", GRAVITON_4),
    ("r5", INTEL_5),
    ("r6g", GRAVITON),
    ("r6i", INTEL_6),
    ("r7g", GRAVITON),
    ("r7i", INTEL_5),
    ("r8g", GRAVITON_4),
];

const CACHE: &[Family] = &[
    ("t3", SMALL),
    ("t4g", SMALL),
    ("m5", CACHE_5),
    ("m6g", GRAVITON),
    ("m7g", GRAVITON),
    ("r5", CACHE_5),
    ("r6g", GRAVITON),
    ("r7g", GRAVITON),
];

/// The class so many sizes further in its family.
fn beside(class: &str, families: &[Family], steps: isize) -> Option<String> {
    let mut parts = class.split('.');
    let (prefix, family, size) = (parts.next()?, parts.next()?, parts.next()?);
    let (_, sizes) = families.iter().find(|(name, _)| *name == family)?;
    let at = sizes.iter().position(|known| *known == size)?;
    let size = sizes.get(at.checked_add_signed(steps)?)?;
    Some(format!("{prefix}.{family}.{size}"))
}

fn class(text: &str, prefix: &str, what: &str, families: &[Family]) -> Result<(), Refusal> {
    let parts: Vec<&str> = text.split('.').collect();
    let found = match parts.as_slice() {
        [first, family, _] if *first == prefix => families.iter().find(|(name, _)| name == family),
        _ => None,
    };
    match found {
        Some((_, sizes)) if sizes.contains(&parts[2]) => Ok(()),
        Some((family, sizes)) => {
            let near = nearest(parts[2], sizes.iter().copied());
            let message = format!("{prefix}.{family} has no size `{}`", parts[2]);
            Err(Refusal::new(message, sizes.join(", "))
                .suggest(near.map(|size| format!("{prefix}.{family}.{size}"))))
        }
        None => {
            let names: Vec<&str> = families.iter().map(|(name, _)| *name).collect();
            let all: Vec<String> = families
                .iter()
                .flat_map(|(name, sizes)| {
                    sizes
                        .iter()
                        .map(move |size| format!("{prefix}.{name}.{size}"))
                })
                .collect();
            let near = nearest(text, all.iter().map(String::as_str));
            let allowed = format!(
                "{prefix}.<family>.<size> with a family of {}",
                names.join(", ")
            );
            Err(Refusal::new(format!("`{text}` is not {what}"), allowed).suggest(near))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CacheClass, DatabaseClass, Refusal};

    fn outcome<T: std::str::FromStr<Err = Refusal>>(text: &str) -> Result<(), Option<String>> {
        text.parse::<T>()
            .map(|_| ())
            .map_err(|refusal| refusal.suggestion)
    }

    #[test]
    fn sizes_have_neighbours_in_their_family() {
        let of = |text: &str| {
            let class: DatabaseClass = text.parse().expect("a class");
            let name = |class: Option<DatabaseClass>| class.map(|one| one.to_string());
            (name(class.smaller()), name(class.larger()))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of("db.t4g.micro"), (None, some("db.t4g.small")));
        assert_eq!(
            of("db.m6i.24xlarge"),
            (some("db.m6i.16xlarge"), some("db.m6i.32xlarge"))
        );
        assert_eq!(of("db.r7g.16xlarge"), (some("db.r7g.12xlarge"), None));
        let cache: CacheClass = "cache.t4g.medium".parse().expect("a class");
        assert_eq!(cache.larger(), None);
        assert_eq!(cache.smaller(), "cache.t4g.small".parse().ok());
    }

    #[test]
    fn classes_are_accepted_or_corrected() {
        let meant = |text: &str| Err(Some(text.to_owned()));
        let cases = [
            (outcome::<DatabaseClass>("db.t4g.micro"), Ok(())),
            (outcome::<DatabaseClass>("db.r8g.48xlarge"), Ok(())),
            (
                outcome::<DatabaseClass>("db.t4g.mirco"),
                meant("db.t4g.micro"),
            ),
            (
                outcome::<DatabaseClass>("db.t4.micro"),
                meant("db.t4g.micro"),
            ),
            (outcome::<DatabaseClass>("t3.micro"), meant("db.t3.micro")),
            (outcome::<DatabaseClass>("db.m5.micro"), Err(None)),
            (outcome::<CacheClass>("cache.t4g.micro"), Ok(())),
            (outcome::<CacheClass>("cache.t4g.large"), Err(None)),
            (outcome::<CacheClass>("big"), Err(None)),
        ];
        for (index, (seen, expected)) in cases.into_iter().enumerate() {
            assert_eq!(seen, expected, "case {index}");
        }
    }
}
