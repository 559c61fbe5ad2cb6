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

/// A login that took its turn. What the secret held is wiped when it is dropped.
pub struct Turned {
    /// The user whose turn it was; `None` where the secret had no value.
    pub before: Option<String>,
    /// Whose turn it is.
    pub user: String,
    /// What the secret held before, to be put back where the new login does not serve.
    pub was: Option<Zeroizing<String>>,
}

/// Gives the stack's secret `name` to the one of two logins whose turn it is not, with a password that is made up. The other one's
/// password stays good.
///
/// # Errors
/// The secret is not the stack's, or AWS refuses.
pub async fn turn(aws: &Aws, stack: &str, name: &str, users: [&str; 2]) -> Result<Turned, NotSet> {
    let was = secrets::value(aws, stack, name).await?;
    let before = was.as_deref().and_then(|text| user_of(text));
    let user = match before.as_deref() == Some(users[0]) {
        true => users[1],
        false => users[0],
    };
    secrets::set(aws, stack, name, None, login(user)).await?;
    Ok(Turned {
        before,
        user: user.to_owned(),
        was,
    })
}

fn user_of(text: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Login {
        username: String,
    }
    let login: Login = serde_json::from_str(text).ok()?;
    Some(login.username)
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
