//! Rules, parsed once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regorus::Engine;

use crate::shipped::shipped;

/// What every rule's package begins with.
pub(crate) const ROOT: &str = "bella";
/// The package that the rules share, which judges nothing.
pub(crate) const LIBRARY: &str = "lib";
/// How the name of a file with tests ends.
pub const TESTS: &str = "_test.rego";

/// A file in Rego.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Where it is, for messages: its path, or its name alone where it is shipped.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// Why there are no verdicts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A file or folder cannot be read.
    #[error("reading policies in {path}: {why}")]
    Unreadable {
        /// Which.
        path: String,
        /// The system's words.
        why: String,
    },
    /// A file is no Rego.
    #[error("{path} is not Rego: {why}")]
    Malformed {
        /// Which.
        path: String,
        /// The parser's words, with the place.
        why: String,
    },
    /// A file's package is not named after the file.
    #[error("{path} has the package {package}; a policy's file NAME.rego has `package bella.NAME`")]
    Misnamed {
        /// Which.
        path: String,
        /// What it says.
        package: String,
    },
    /// Two files are of one policy.
    #[error(
        "{path} is a second policy `{policy}`, and one is shipped or read already; give it a name of its own"
    )]
    Twice {
        /// Which.
        path: String,
        /// The policy's name.
        policy: String,
    },
    /// A rule cannot be worked out, or answers something that is no verdict.
    #[error("policy `{policy}`: {why}")]
    Wrong {
        /// Which.
        policy: String,
        /// What is wrong.
        why: String,
    },
}

/// Rules that judge together.
#[derive(Clone)]
pub struct PolicySet {
    pub(crate) engine: Engine,
    pub(crate) policies: Vec<String>,
}

static SHIPPED: LazyLock<PolicySet> =
    LazyLock::new(|| PolicySet::new(&[]).expect("a test parses every shipped file"));

impl PolicySet {
    /// The shipped rules alone, parsed when they are first asked for.
    #[must_use]
    pub fn of_shipped() -> &'static Self {
        &SHIPPED
    }

    /// The shipped rules and `further` ones; tests among them are left out.
    ///
    /// # Errors
    /// A file is no Rego, has not the package that its name says, or is a second one of a policy.
    pub fn new(further: &[PolicyFile]) -> Result<Self, PolicyError> {
        let mut engine = Engine::new();
        let mut policies: BTreeMap<String, ()> = BTreeMap::new();
        for file in shipped().iter().chain(further) {
            if file.path.ends_with(TESTS) {
                continue;
            }
            let policy = add(&mut engine, file)?;
            if policies.insert(policy.clone(), ()).is_some() {
                let path = file.path.clone();
                return Err(PolicyError::Twice { path, policy });
            }
        }
        policies.remove(LIBRARY);
        Ok(Self {
            engine,
            policies: policies.into_keys().collect(),
        })
    }

    /// The names of the rules, by name.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.policies
    }
}

/// Adds a file and answers its policy's name.
pub(crate) fn add(engine: &mut Engine, file: &PolicyFile) -> Result<String, PolicyError> {
    let path = || file.path.clone();
    let package = engine
        .add_policy(file.path.clone(), file.text.clone())
        .map_err(|why| PolicyError::Malformed {
            path: path(),
            why: why.to_string().trim().to_owned(),
        })?;
    let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path);
    let name = name.strip_suffix(".rego").unwrap_or(name);
    match package == format!("data.{ROOT}.{name}") {
        true => Ok(name.to_owned()),
        false => Err(PolicyError::Misnamed {
            path: path(),
            package: package.trim_start_matches("data.").to_owned(),
        }),
    }
}
