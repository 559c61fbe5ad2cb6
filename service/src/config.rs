//! Configuration from the environment.

use std::net::SocketAddr;

/// What the service needs to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `BIND`: address and port to listen on; default `0.0.0.0:8000`, which a container needs.
    pub bind: SocketAddr,
}

/// A variable whose value cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Its name.
    pub variable: &'static str,
    /// Its value.
    pub value: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}=`{}`: an address and port such as 0.0.0.0:8000 is needed",
            self.variable, self.value
        )
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads variables through `get`.
    ///
    /// # Errors
    /// A value that cannot be used.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let value = get("BIND").unwrap_or_else(|| "0.0.0.0:8000".to_owned());
        let bind = value.parse().map_err(|_| ConfigError {
            variable: "BIND",
            value,
        })?;
        Ok(Self { bind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_suits_a_container_and_a_bad_value_is_named() {
        assert_eq!(
            Config::read(|_| None).map(|c| c.bind.to_string()),
            Ok("0.0.0.0:8000".to_owned())
        );
        let refused = Config::read(|_| Some("8000".to_owned())).map_err(|err| err.to_string());
        assert_eq!(
            refused,
            Err("BIND=`8000`: an address and port such as 0.0.0.0:8000 is needed".to_owned())
        );
    }
}
