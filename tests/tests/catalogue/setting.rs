use bella_aws::clients::Aws;
use bella_aws::kinds::KINDS;
use bella_engine::address::Address;
use bella_engine::diff::at;
use bella_engine::resource::{Example, Kind, Owner, find_kind};
use bella_tests::{Declared, address, put};
use serde_json::{Value, json};

/// Names of kinds, separated by commas, that the loops are to run for while one works on them.
const FILTER: &str = "BELLA_KINDS";

/// The kinds that the loops run for: all, unless the environment names some.
#[expect(
    clippy::print_stderr,
    reason = "a run that leaves kinds out must say so"
)]
pub(crate) fn chosen() -> Vec<&'static dyn Kind<Aws>> {
    let filter = std::env::var(FILTER).unwrap_or_default();
    let names: Vec<&str> = filter.split(',').filter(|name| !name.is_empty()).collect();
    if let Some(unknown) = names.iter().find(|name| find_kind(KINDS, name).is_none()) {
        panic!("{FILTER} names {unknown}, which is no kind");
    }
    let is_chosen = |kind: &&dyn Kind<Aws>| names.is_empty() || names.contains(&kind.kind());
    let (some, skipped): (Vec<_>, Vec<_>) = KINDS.iter().copied().partition(is_chosen);
    if !skipped.is_empty() {
        let skipped: Vec<&str> = skipped.iter().map(|kind| kind.kind()).collect();
        eprintln!("{FILTER} skips {}", skipped.join(", "));
    }
    some
}

/// The example of a kind as a stack: its parents, and itself under the name `example`.
pub(crate) struct Setting {
    pub(crate) address: Address,
    pub(crate) example: Example,
    pub(crate) parents: Declared,
}

impl Setting {
    pub(crate) fn of(kind: &dyn Kind<Aws>) -> Self {
        let example = kind.example();
        let own =
            |(address, properties): &(&str, Value)| ((*address).to_owned(), properties.clone());
        Self {
            address: address(&format!("{}.example", kind.kind())),
            parents: example.parents.iter().map(own).collect(),
            example,
        }
    }

    /// The parents and the example.
    pub(crate) fn whole(&self) -> Declared {
        self.with(self.example.properties.clone())
    }

    /// The parents and the example with one property changed.
    pub(crate) fn changed(&self, path: &str, value: &Value) -> Declared {
        let mut properties = self.example.properties.clone();
        put(&mut properties, path, value.clone());
        self.with(properties)
    }

    fn with(&self, properties: Value) -> Declared {
        let mut declared = self.parents.clone();
        declared.push((self.address.to_string(), properties));
        declared
    }

    /// The kinds of the example, of its parents and of what may hang on any of them.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let parents = self.parents.iter();
        let mut names: Vec<&str> = parents
            .filter_map(|(address, _)| address.split('.').next())
            .collect();
        names.push(self.address.kind());
        let wanted = KINDS.iter().filter(|kind| {
            let hangs = matches!(kind.owner(), Owner::Parent(parent) if names.contains(&parent));
            hangs || names.contains(&kind.kind())
        });
        wanted.map(|kind| kind.kind()).collect()
    }
}

/// Properties that take one value in this release.
const SINGLE: &[(&str, &str)] = &[("vpc_endpoint", "endpoint_type")];

/// A value for `path` that the kind takes and that differs from the one in `properties`; `None`
/// where that is null or the only one.
pub(crate) fn another(kind: &dyn Kind<Aws>, properties: &Value, path: &str) -> Option<Value> {
    const TEXTS: [&str; 14] = [
        "10.90.200.0/24",
        "10.98.0.0/16",
        "internal",
        "internet-facing",
        "ingress",
        "egress",
        "tcp",
        "udp",
        "HTTPS",
        "instance",
        "Interface",
        "email",
        "sqs",
        "another",
    ];
    let now = at(properties, path).clone();
    let candidates: Vec<Value> = match &now {
        Value::Null => return None,
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            vec![json!(number + 1), json!(number - 1)]
        }
        Value::Bool(now) => vec![json!(!now)],
        Value::Array(_) => vec![json!(["another"])],
        _ => TEXTS.iter().map(|text| json!(text)).collect(),
    };
    let fits = |candidate: &Value| {
        let mut changed = properties.clone();
        put(&mut changed, path, candidate.clone());
        let shape = kind.normalize(&changed);
        *candidate != now && shape.is_ok_and(|shape| *at(&shape, path) == *candidate)
    };
    let found = candidates.into_iter().find(fits);
    let is_single = SINGLE.contains(&(kind.kind(), path));
    assert!(
        found.is_some() != is_single,
        "{}: either SINGLE names {path} or a second value of it is known: {found:?}",
        kind.kind()
    );
    found
}
