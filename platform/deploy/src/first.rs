//! The first version of a stack that was just made.

use bella_stack::app_keys;

use crate::site::Site;
use crate::source::Source;

/// Whether a stack that no version runs on can get one without being asked which.
#[derive(Debug, PartialEq, Eq)]
pub enum First {
    /// It can: [`Source::Nearest`] has a program, and the secret `app` every value.
    Ready,
    /// There is no source tree around the current folder, and no program beside this one.
    Nowhere,
    /// Values of the secret `app` that only a person has; in the sandbox they are made up.
    Lacks(Vec<&'static str>),
}

impl First {
    /// Asks for the secret's keys, outside of the sandbox.
    ///
    /// # Errors
    /// AWS refuses to tell.
    pub async fn of<S: Site>(site: &S) -> Result<Self, S::Error> {
        if !Source::is_near() {
            return Ok(Self::Nowhere);
        }
        if site.is_sandbox() {
            return Ok(Self::Ready);
        }
        let values = site.values().await?;
        let keys = app_keys(site.stack()).into_iter();
        let lacks: Vec<_> = keys.filter(|key| !values.contains_key(*key)).collect();
        Ok(match lacks.is_empty() {
            true => Self::Ready,
            false => Self::Lacks(lacks),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::First;
    use crate::fake::Fake;

    #[tokio::test]
    async fn a_version_needs_every_value_that_only_a_person_has() {
        // Tests run in the source tree, so that there is a program.
        let fake = Fake::serving(&["image"]);
        assert_eq!(First::of(&fake).await.expect("is told"), First::Ready);
        let gone = ["TWILIO_AUTH_TOKEN", "TWILIO_FROM"];
        for key in gone {
            fake.state.borrow_mut().values.remove(key);
        }
        let lacks = First::of(&fake).await.expect("is told");
        assert_eq!(lacks, First::Lacks(gone.to_vec()));
    }
}
