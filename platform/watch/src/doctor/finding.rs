use serde::Serialize;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Well,
    /// Not so.
    Wrong,
    /// It could not be found out.
    Unknown,
}

/// Where a run asks. The texts are as a shell reads them.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// The region.
    pub region: &'a str,
    /// The profile of the configuration files that was named.
    pub profile: Option<&'a str>,
    /// Another endpoint than AWS's own.
    pub endpoint: Option<&'a str>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check: `credentials`, `clock` …
    pub check: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// In a sentence.
    pub said: String,
    /// The command that mends it, or finds it out.
    pub fix: Option<String>,
}

impl Finding {
    /// All is well.
    #[must_use]
    pub fn well(check: &'static str, said: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Well,
            said: said.into(),
            fix: None,
        }
    }

    /// Something is wrong, and this mends it.
    #[must_use]
    pub fn wrong(check: &'static str, said: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Wrong,
            said: said.into(),
            fix: Some(fix.into()),
        }
    }

    /// With a fix that, typed as it stands, asks where this was asked: an AWS command names region, profile and endpoint, unless it says
    /// another region itself.
    #[must_use]
    pub fn typed(mut self, here: &Here<'_>) -> Self {
        let Some(fix) = self.fix.as_mut().filter(|fix| fix.starts_with("aws ")) else {
            return self;
        };
        let signs_in = fix.starts_with("aws sso ");
        if !signs_in && !fix.contains(" --region ") {
            fix.push_str(&format!(" --region {}", here.region));
        }
        if let Some(profile) = here.profile {
            fix.push_str(&format!(" --profile {profile}"));
        }
        if let Some(endpoint) = here.endpoint.filter(|_| !signs_in) {
            fix.push_str(&format!(" --endpoint-url {endpoint}"));
        }
        self
    }

    /// It could not be checked, and why.
    #[must_use]
    pub fn unknown(check: &'static str, why: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Unknown,
            said: format!("could not be checked: {}", why.into()),
            fix: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Here};

    #[test]
    fn a_fix_asks_where_this_was_asked() {
        let aws = Here {
            region: "ca-central-1",
            profile: None,
            endpoint: None,
        };
        let other = Here {
            profile: Some("staging"),
            endpoint: Some("http://127.0.0.1:4566"),
            ..aws
        };
        for (here, fix, expected) in [
            (aws, "aws ec2 x", "aws ec2 x --region ca-central-1"),
            (
                aws,
                "aws ce x --region us-east-1 --y",
                "aws ce x --region us-east-1 --y",
            ),
            (
                aws,
                "aws account enable-region --region-name r",
                "aws account enable-region --region-name r --region ca-central-1",
            ),
            (aws, "aws sso login", "aws sso login"),
            (other, "aws sso login", "aws sso login --profile staging"),
            (
                other,
                "aws iam x",
                "aws iam x --region ca-central-1 --profile staging --endpoint-url http://127.0.0.1:4566",
            ),
            (other, "bella runbook show x", "bella runbook show x"),
        ] {
            let found = Finding::wrong("x", "y", fix).typed(&here);
            assert_eq!(found.fix.as_deref(), Some(expected));
        }
        assert_eq!(Finding::well("x", "y").typed(&other).fix, None);
    }
}
