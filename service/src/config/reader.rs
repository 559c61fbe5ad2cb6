//! Reads variables and collects what is wrong with them.

use std::str::FromStr;

use bella_domain::phone::Mobile;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::SecretString;

use super::{Environment, Keyring};

/// The variables that are missing or cannot be used, all of them.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// In the order in which they were read.
    pub problems: Vec<Problem>,
}

/// One variable that is missing or cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its name.
    pub variable: &'static str,
    /// Its value; absent when it is missing or a secret.
    pub value: Option<String>,
    /// What is needed.
    pub needed: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            match &problem.value {
                Some(value) => write!(
                    f,
                    "{}=`{value}`: {} is needed",
                    problem.variable, problem.needed
                )?,
                None => write!(f, "{}: {}", problem.variable, problem.needed)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Reads variables; what is wrong is collected, and a stand-in returned that [`Reader::finish`] never lets out.
pub(super) struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            get,
            problems: Vec::new(),
        }
    }

    /// A variable that is set and not blank.
    pub(super) fn optional(&self, variable: &str) -> Option<String> {
        (self.get)(variable).filter(|value| !value.trim().is_empty())
    }

    pub(super) fn required(&mut self, variable: &'static str) -> String {
        self.optional(variable).unwrap_or_else(|| {
            self.missing(variable);
            String::new()
        })
    }

    pub(super) fn optional_secret(&self, variable: &str) -> Option<SecretString> {
        self.optional(variable).map(SecretString::from)
    }

    pub(super) fn secret(&mut self, variable: &'static str) -> SecretString {
        SecretString::from(self.required(variable))
    }

    /// Keys, comma separated, the newest first.
    pub(super) fn keyring(&mut self, variable: &'static str) -> Keyring {
        Keyring::parse(&self.required(variable)).unwrap_or_else(|| {
            if self.optional(variable).is_some() {
                self.bad_secret(variable, "one key, or several with commas between them");
            }
            Keyring::parse("none").expect("has a key")
        })
    }

    pub(super) fn or<T: FromStr>(
        &mut self,
        variable: &'static str,
        default: &str,
        needed: &'static str,
    ) -> T
    where
        T::Err: std::fmt::Debug,
    {
        let value = self.optional(variable);
        let value = value.as_deref().unwrap_or(default);
        value.parse().unwrap_or_else(|_| {
            self.bad(variable, needed);
            default.parse().expect("a default can be parsed")
        })
    }

    /// An http or https URL without query and final slash; plain http only where nobody but this machine hears it is the
    /// caller's concern.
    pub(super) fn url(&mut self, variable: &'static str, default: Option<&str>) -> String {
        let Some(url) = self
            .optional(variable)
            .or_else(|| default.map(str::to_owned))
        else {
            self.missing(variable);
            return String::new();
        };
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.contains(['?', '#', ' '])) {
            self.bad(variable, "a URL such as https://book.bella.example");
        }
        url.trim_end_matches('/').to_owned()
    }

    /// Certificates in PEM form, the text itself or the path of a file that holds it, with nothing that is no certificate.
    pub(super) fn certificates(&mut self, variable: &'static str) -> Option<Vec<u8>> {
        const NEEDED: &str = "certificates in PEM form, or the path of a file with them,";
        let value = self.optional(variable)?;
        let is_text = value.contains("-----BEGIN");
        let pem = match is_text {
            true => Some(value.into_bytes()),
            false => std::fs::read(value).ok(),
        };
        let pem = pem.filter(|pem| has_roots(pem));
        match (&pem, is_text) {
            (None, false) => self.bad(variable, NEEDED),
            // It may be a key that somebody took for a certificate.
            (None, true) => self.bad_secret(variable, NEEDED),
            (Some(_), _) => {}
        }
        pem
    }

    pub(super) fn mobile(&mut self, variable: &'static str) -> Mobile {
        match self.optional_mobile(variable) {
            Some(mobile) => mobile,
            None => {
                if self.optional(variable).is_none() {
                    self.missing(variable);
                }
                Mobile::from_e164("+14165550100").expect("a valid number")
            }
        }
    }

    pub(super) fn optional_mobile(&mut self, variable: &'static str) -> Option<Mobile> {
        let value = self.optional(variable)?;
        let mobile = Mobile::from_e164(&value).ok();
        if mobile.is_none() {
            self.bad(variable, "a number in E.164 form such as +14165550199");
        }
        mobile
    }

    /// An amount of money such as `85` or `85.50`, in cents.
    pub(super) fn cents(&mut self, variable: &'static str) -> Option<u64> {
        let value = self.optional(variable)?;
        let cents = parse_cents(&value);
        if cents.is_none() {
            self.bad(variable, "an amount such as 85 or 85.50");
        }
        cents
    }

    pub(super) fn slot_minutes(&mut self) -> u16 {
        const NEEDED: &str = "a number of minutes from 5 to 480";
        let minutes = self.or("SLOT_MINUTES", "30", NEEDED);
        if !(5..=480).contains(&minutes) {
            self.bad("SLOT_MINUTES", NEEDED);
        }
        minutes
    }

    pub(super) fn environment(&mut self) -> Environment {
        match self.optional("ENVIRONMENT").as_deref() {
            None | Some("development") => Environment::Development,
            Some("staging") => Environment::Staging,
            Some("production") => Environment::Production,
            Some(_) => {
                self.bad("ENVIRONMENT", "production, staging or development");
                Environment::Production
            }
        }
    }

    fn missing(&mut self, variable: &'static str) {
        self.problems.push(Problem {
            variable,
            value: None,
            needed: "is not set".to_owned(),
        });
    }

    pub(super) fn bad(&mut self, variable: &'static str, needed: &str) {
        self.problems.push(Problem {
            variable,
            value: self.optional(variable),
            needed: needed.to_owned(),
        });
    }

    /// As [`Reader::bad`], for a secret of which more can be said than what is needed.
    pub(super) fn wrong_secret(&mut self, variable: &'static str, problem: String) {
        self.problems.push(Problem {
            variable,
            value: None,
            needed: problem,
        });
    }

    /// As [`Reader::bad`], without the value.
    pub(super) fn bad_secret(&mut self, variable: &'static str, needed: &str) {
        self.problems.push(Problem {
            variable,
            value: None,
            needed: format!("{needed} is needed"),
        });
    }

    pub(super) fn finish<T>(self, config: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError {
                problems: self.problems,
            })
        }
    }
}

fn has_roots(pem: &[u8]) -> bool {
    let mut roots = RootCertStore::empty();
    let readable = CertificateDer::pem_slice_iter(pem)
        .all(|certificate| certificate.is_ok_and(|it| roots.add(it).is_ok()));
    readable && !roots.is_empty()
}

fn parse_cents(value: &str) -> Option<u64> {
    let (whole, part) = value.split_once('.').unwrap_or((value, "00"));
    if part.len() != 2 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(100)?.checked_add(part.parse().ok()?)
}
