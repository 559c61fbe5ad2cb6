//! People, for the pages of the business.

use bella_domain::name::PersonName;
use bella_domain::phone::Mobile;
use jiff::Timestamp;
use uuid::Uuid;

use super::database::WORK;
use super::person::{open_mobile, open_name};
use super::{Database, DbError, Trouble, Ts};

/// How many people a part of a name is looked for among: those last active, since names cannot be compared while they are sealed.
pub const WINDOW: u16 = 1000;

/// A person with what is known of them.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: Uuid,
    /// Their name, until they are forgotten.
    pub name: Option<PersonName>,
    /// Their number, until they are forgotten.
    pub mobile: Option<Mobile>,
    /// When they were first heard of.
    pub created: Timestamp,
    /// When they were last heard of.
    pub active: Timestamp,
    /// How many appointments they have had.
    pub appointments: u32,
    /// The next one that is neither past nor cancelled.
    pub next: Option<Timestamp>,
}

type Stored = (
    Uuid,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Ts,
    Ts,
    i64,
    Option<Ts>,
);

/// A person's columns; `$1` is now.
macro_rules! people {
    ($rest:literal) => {
        concat!(
            "select u.id, u.name, u.mobile, u.created_at, u.last_activity,
                (select count(*) from appointments a where a.user_id = u.id),
                (select min(a.starts_at) from appointments a where a.user_id = u.id and a.starts_at > $1
                    and a.status in ('booked', 'confirmed'))
            from users u ",
            $rest
        )
    };
}

impl Database {
    /// A person, forgotten or not.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn person(&self, id: Uuid) -> Result<Option<Person>, DbError> {
        let now: Ts = self.now().into();
        self.bounded("reading a person", WORK, async {
            let mut held = self.hold().await?;
            let stored: Option<Stored> = sqlx::query_as(people!("where u.id = $2"))
                .bind(now)
                .bind(id)
                .fetch_optional(&mut *held)
                .await?;
            held.release();
            stored.map(|stored| self.person_of(stored)).transpose()
        })
        .await
    }

    /// Whoever has this number.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn people_with(&self, mobile: &Mobile) -> Result<Vec<Person>, DbError> {
        let now: Ts = self.now().into();
        let indexes = self.vault().indexes(mobile);
        self.bounded("looking a number up", WORK, async {
            let mut held = self.hold().await?;
            let stored: Vec<Stored> = sqlx::query_as(people!("where u.mobile_index = any($2)"))
                .bind(now)
                .bind(indexes)
                .fetch_all(&mut *held)
                .await?;
            held.release();
            let people = stored.into_iter().map(|stored| self.person_of(stored));
            people.collect()
        })
        .await
    }

    /// Those of the [`WINDOW`] people last active whose name has every word of `words` in it, last active first, 50 at most.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn people_named(&self, words: &str) -> Result<Vec<Person>, DbError> {
        let now: Ts = self.now().into();
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        self.bounded("looking for a name", WORK, async {
            let mut held = self.hold().await?;
            let rest = people!(
                "where u.anonymised_at is null order by u.last_activity desc, u.id desc limit $2"
            );
            let stored: Vec<Stored> = sqlx::query_as(rest)
                .bind(now)
                .bind(i64::from(WINDOW))
                .fetch_all(&mut *held)
                .await?;
            held.release();
            let mut found = Vec::new();
            for stored in stored {
                let person = self.person_of(stored)?;
                let name = person
                    .name
                    .as_ref()
                    .map(|name| name.as_str().to_lowercase());
                if name.is_some_and(|name| words.iter().all(|word| name.contains(word))) {
                    found.push(person);
                }
                if found.len() == 50 {
                    break;
                }
            }
            Ok(found)
        })
        .await
    }

    fn person_of(&self, stored: Stored) -> Result<Person, Trouble> {
        let (id, name, mobile, created, active, appointments, next) = stored;
        let vault = self.vault();
        let name = name.map(|name| open_name(vault, id, &name)).transpose()?;
        let mobile = mobile
            .map(|mobile| open_mobile(vault, id, &mobile))
            .transpose()?;
        Ok(Person {
            id,
            name,
            mobile,
            created: created.to_jiff(),
            active: active.to_jiff(),
            appointments: u32::try_from(appointments).unwrap_or(u32::MAX),
            next: next.map(Ts::to_jiff),
        })
    }
}
