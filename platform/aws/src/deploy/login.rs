//! The service's own login to its database: made once, kept in a secret of the stack.

use serde_json::json;
use zeroize::Zeroizing;

use super::made_up::secret_text;
use crate::clients::Aws;
use crate::secrets::{self, NotSet};

/// Whether there was a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// The secret has one.
    Kept,
    /// One was made up; the version's id.
    Made(String),
}

/// Makes sure that the stack's secret `name` holds a user name and a password for the database; one that is there is kept, so that
/// tasks that run can still log in.
///
/// # Errors
/// The secret is not the stack's, or AWS refuses.
pub async fn ensure(aws: &Aws, stack: &str, name: &str, user: &str) -> Result<Login, NotSet> {
    let known = secrets::list(aws, stack).await?;
    if known
        .iter()
        .any(|secret| secret.name == name && secret.version.is_some())
    {
        return Ok(Login::Kept);
    }
    let version = secrets::set(aws, stack, name, None, login(user)).await?;
    Ok(Login::Made(version))
}

fn login(user: &str) -> Zeroizing<String> {
    let password = secret_text();
    Zeroizing::new(json!({ "username": user, "password": password.as_str() }).to_string())
}

#[cfg(test)]
mod tests {
    use super::login;

    #[test]
    fn no_two_logins_are_alike() {
        let read = |text: &str| -> serde_json::Value { serde_json::from_str(text).expect("JSON") };
        let (one, two) = (read(&login("bella_app")), read(&login("bella_app")));
        assert_eq!(one["username"], "bella_app");
        assert_eq!(one["password"].as_str().map(str::len), Some(32));
        assert_ne!(one["password"], two["password"]);
    }
}
