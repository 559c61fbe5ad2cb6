use serde::{Deserialize, Serialize};

/// Which of AWS's ways are switched on; none unless said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where all chance comes from.
    pub seed: u64,
    /// States take their time, this many times shorter than on AWS: at 60, a minute is a second. Without it they pass
    /// at once.
    pub speed: Option<f64>,
    /// Seconds for which new roles, tags and identifiers may not be seen everywhere.
    pub lag_seconds: Option<f64>,
    /// Whether who asks too often is refused.
    pub throttling: bool,
    /// Whether a schedule's role that has no policy may do nothing; else it may do all, and that is noted.
    pub refuse_roles_without_policies: bool,
    /// Calls after which the credentials then in use expire.
    pub credentials_expire_after: Option<u64>,
}

impl Settings {
    /// All of AWS's ways at once, with a minute in a second unless another speed is given.
    #[must_use]
    pub fn strict(speed: Option<f64>) -> Self {
        Self {
            seed: 1,
            speed: Some(speed.unwrap_or(60.0)),
            lag_seconds: Some(10.0),
            throttling: true,
            refuse_roles_without_policies: true,
            credentials_expire_after: None,
        }
    }

    /// What is wrong with a number in it.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let positive = |number: Option<f64>| number.is_none_or(|n| n.is_finite() && n > 0.0);
        if !positive(self.speed) {
            Some("speed is a number above 0")
        } else if !positive(self.lag_seconds) {
            Some("lag_seconds is a number above 0")
        } else {
            None
        }
    }
}
