//! A secret gets a new value, and the old one stays good until every task has the new one.

use zeroize::Zeroizing;

use crate::deployment::Deployment;
use crate::listing;
use crate::migrate;
use crate::problem::Problem;
use crate::rollout::{Rollout, Went};
use crate::site::{Site, Told, Turn, Values};

/// Keys of the secret `app` that hold several values, comma separated, the newest first: the service takes each for good.
const RINGS: [&str; 3] = ["BELLA_API_KEY", "OPENAI_API_KEY", "TWILIO_AUTH_TOKEN"];

/// Key whose old values open what was sealed with them.
const SEALS: &str = "ENCRYPTION_KEYS";

/// What is rotated.
pub enum Rotation {
    /// The service's login to its database: two take turns.
    Login,
    /// A key of the secret `app` gets this value.
    Key {
        /// Its name.
        key: String,
        /// The new value.
        value: Zeroizing<String>,
    },
    /// Of a key with several values only the newest stays.
    Finish {
        /// Its name.
        key: String,
    },
}

/// How a rotation went.
#[derive(Debug)]
pub struct Rotated<E> {
    /// How the rollout went that it takes.
    pub went: Went<E>,
    /// The image that serves, the same as before.
    pub image: String,
    /// Whether the old value is good still, so that the rotation has to be finished.
    pub overlaps: bool,
}

impl<S: Site> Deployment<'_, S> {
    /// Gives a secret its new value and rolls tasks out that read it; where they do not serve, it has its old value again.
    ///
    /// # Errors
    /// Nothing is deployed yet, the value cannot be used, or it failed before a task of the new value could start: the secret is as it
    /// was.
    pub async fn rotate(&self, rotation: Rotation) -> Result<Rotated<S::Error>, S::Error> {
        let site = self.site();
        let Some(image) = self.before().map(str::to_owned) else {
            let hint = site.command("deploy");
            return Err(
                Problem::failed("no version is deployed yet that could read it")
                    .hint(hint)
                    .into(),
            );
        };
        let basis = self.file();
        let rollout = self.rollout(&basis, &image).await?;
        let (went, overlaps) = match rotation {
            Rotation::Login => (login(&rollout, &image).await?, false),
            Rotation::Key { key, value } => {
                let is_ring = RINGS.contains(&key.as_str());
                let new = fronted(&key, &value, rollout.values.get(&key), is_ring)?;
                (put(&rollout, &image, &key, new).await?, is_ring)
            }
            Rotation::Finish { key } => {
                let new = newest_alone(&key, rollout.values.get(&key))?;
                (put(&rollout, &image, &key, new).await?, false)
            }
        };
        Ok(Rotated {
            went,
            image,
            overlaps,
        })
    }
}

/// Of a value that lists several, the newest; else all of it.
pub(crate) fn newest<'a>(key: &str, value: &'a str) -> &'a str {
    match RINGS.contains(&key) {
        true => value.split(',').next().unwrap_or_default().trim(),
        false => value,
    }
}

/// The value that a key gets.
fn fronted(
    key: &str,
    value: &str,
    before: Option<&Zeroizing<String>>,
    is_ring: bool,
) -> Result<Zeroizing<String>, Problem> {
    if key == SEALS {
        return Err(Problem::usage(format!(
            "{SEALS} opens what was sealed with it, so that replacing it takes three steps"
        ))
        .hint("they are in docs/privacy.md"));
    }
    if value.trim().is_empty() {
        return Err(Problem::usage(format!("the new value of {key} is empty")));
    }
    if !is_ring {
        return Ok(Zeroizing::new(value.to_owned()));
    }
    if value.contains(',') {
        return Err(Problem::usage(format!(
            "the new value of {key} has a comma in it, which stands between its values"
        )));
    }
    let old = before.map(|text| newest(key, text));
    Ok(match old.filter(|old| !old.is_empty() && *old != value) {
        Some(old) => Zeroizing::new(format!("{value},{old}")),
        None => Zeroizing::new(value.to_owned()),
    })
}

fn newest_alone(
    key: &str,
    before: Option<&Zeroizing<String>>,
) -> Result<Zeroizing<String>, Problem> {
    let before = before.map(|text| text.as_str()).unwrap_or_default();
    let alone = newest(key, before);
    match alone.is_empty() || alone == before {
        true => Err(Problem::usage(format!(
            "{key} has no older value: there is nothing to finish"
        ))),
        false => Ok(Zeroizing::new(alone.to_owned())),
    }
}

/// Sets a key and rolls out.
async fn put<S: Site>(
    rollout: &Rollout<'_, S>,
    image: &str,
    key: &str,
    new: Zeroizing<String>,
) -> Result<Went<S::Error>, S::Error> {
    let site = rollout.site;
    let was = rollout.values.get(key).cloned();
    site.put(key, new.clone()).await?;
    let mut values: Values = rollout.values.clone();
    values.insert(key.to_owned(), new);
    let undo = async || match was {
        Some(was) => site.put(key, was).await,
        // A key more than a task reads does no harm.
        None => Ok(()),
    };
    rollout.renew(values, image, undo).await
}

/// Gives the database login to the other of two, rolls out, and shuts the one before.
async fn login<S: Site>(rollout: &Rollout<'_, S>, image: &str) -> Result<Went<S::Error>, S::Error> {
    let site = rollout.site;
    let migration = listing::migration(rollout.live).ok_or_else(|| {
        Problem::usage(format!(
            "{} has no database whose login could be rotated",
            site.stack().stack
        ))
    })?;
    let Turn { before, user, was } = site.turn().await?;
    site.tell(Told::Done {
        what: &format!("made up a password for {user}"),
        took: None,
    });
    let undo = async || match was {
        Some(was) => site.put_login(was).await,
        None => Ok(()),
    };
    if let Err(why) = migrate::migrate(site, rollout.live, migration).await {
        undo().await?;
        return Err(why);
    }
    let went = rollout.renew(rollout.values.clone(), image, undo).await?;
    if let (Went::Well, Some(before)) = (&went, before.filter(|before| *before != user)) {
        migrate::shut(site, rollout.live, migration, &before).await?;
    }
    Ok(went)
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{fronted, newest_alone};

    #[test]
    fn the_new_value_stands_before_the_one_that_was_newest() {
        let front = |key: &str, value: &str, before: &str| {
            let ring = super::RINGS.contains(&key);
            let before = Zeroizing::new(before.to_owned());
            let new = fronted(key, value, Some(&before), ring);
            new.map_or_else(|why| why.lines.concat(), |new| new.to_string())
        };
        assert_eq!(front("BELLA_API_KEY", "new", "old"), "new,old");
        assert_eq!(front("BELLA_API_KEY", "new", "old,older"), "new,old");
        assert_eq!(front("BELLA_API_KEY", "new", ""), "new");
        assert_eq!(front("BELLA_API_KEY", "old", "old"), "old");
        assert_eq!(front("ADMIN_PASSWORD", "a,b", "old"), "a,b");
        let refused = front("TWILIO_AUTH_TOKEN", "a,b", "old");
        assert!(refused.contains("has a comma in it"), "{refused}");
        assert!(front("TWILIO_AUTH_TOKEN", " ", "old").contains("is empty"));
        assert!(front("ENCRYPTION_KEYS", "k2:x", "k1:x").contains("three steps"));
    }

    #[test]
    fn finished_means_that_the_newest_is_left() {
        let left = |before: &str| {
            let before = Zeroizing::new(before.to_owned());
            newest_alone("BELLA_API_KEY", Some(&before)).map(|new| new.to_string())
        };
        assert_eq!(left("new,old"), Ok("new".to_owned()));
        for nothing in ["new", ""] {
            let why = left(nothing).expect_err("nothing to finish");
            assert!(why.lines[0].contains("nothing to finish"), "{why}");
        }
    }
}
