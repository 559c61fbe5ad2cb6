//! People, found by the number they call from.

use bella_domain::booking::{Appointment, AppointmentId, KnownCaller};
use bella_domain::name::PersonName;
use bella_domain::phone::Mobile;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::database::CALL;
use super::look_ups;
use super::{Database, DbError, Trouble, Ts};
use crate::privacy::{CannotOpen, Field, Vault, row};

pub(crate) const NAME: &str = "users.name";
pub(crate) const MOBILE: &str = "users.mobile";

impl Database {
    /// Who calls from this number, with the next appointment that is neither past nor cancelled; nobody who never booked.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn caller(&self, mobile: &Mobile) -> Result<Option<KnownCaller>, DbError> {
        let indexes = self.vault().indexes(mobile);
        let asked = async { Ok(self.look_ups().ask(self, indexes).await) };
        let Some(found) = self.bounded(look_ups::DOING, CALL, asked).await?? else {
            return Ok(None);
        };
        let next = found.next.map(|(id, start, minutes)| Appointment {
            id: AppointmentId(id.to_string()),
            start: start.to_jiff().to_zoned(self.zone().clone()),
            minutes: minutes.unsigned_abs(),
        });
        let name = open_name(self.vault(), found.id, &found.name);
        let name = name.map_err(|err| Trouble::from(err).while_doing(look_ups::DOING))?;
        Ok(Some(KnownCaller { name, next }))
    }
}

/// The name of a person's row.
pub(crate) fn open_name(vault: &Vault, id: Uuid, sealed: &[u8]) -> Result<PersonName, CannotOpen> {
    let name = vault.open_text(Field::new(NAME, &row(id)), sealed)?;
    PersonName::written(&name).map_err(|_| CannotOpen::Altered { column: NAME })
}

/// The number of a person's row.
pub(crate) fn open_mobile(vault: &Vault, id: Uuid, sealed: &[u8]) -> Result<Mobile, CannotOpen> {
    let mobile = vault.open_text(Field::new(MOBILE, &row(id)), sealed)?;
    Mobile::from_e164(&mobile).map_err(|_| CannotOpen::Altered { column: MOBILE })
}

/// Adds a person, or takes the one with this number: with the name given now, and active now. Locks the row.
pub(crate) async fn upsert(
    connection: &mut PgConnection,
    vault: &Vault,
    (name, mobile): (&PersonName, &Mobile),
    now: Ts,
) -> Result<Uuid, Trouble> {
    // A second round when somebody added the person between the two statements.
    for _ in 0..3 {
        if let Some(id) = touch(connection, vault, (name, mobile), now).await? {
            return Ok(id);
        }
        let id = Uuid::now_v7();
        let key = row(id);
        let added = sqlx::query!(
            "insert into users (id, name, mobile, mobile_index, created_at, last_activity)
            values ($1, $2, $3, $4, $5, $5) on conflict (mobile_index) do nothing",
            id,
            vault.seal(Field::new(NAME, &key), name.as_str().as_bytes()),
            vault.seal(Field::new(MOBILE, &key), mobile.e164().as_bytes()),
            vault.index(mobile),
            now as Ts,
        )
        .execute(&mut *connection)
        .await?;
        if added.rows_affected() == 1 {
            return Ok(id);
        }
    }
    Err(sqlx::Error::RowNotFound.into())
}

async fn touch(
    connection: &mut PgConnection,
    vault: &Vault,
    (name, mobile): (&PersonName, &Mobile),
    now: Ts,
) -> Result<Option<Uuid>, Trouble> {
    let indexes = vault.indexes(mobile);
    let id = sqlx::query_scalar!(
        "select id from users where mobile_index = any($1) order by created_at limit 1 for update",
        &indexes,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(id) = id else {
        return Ok(None);
    };
    sqlx::query!(
        "update users set name = $2, last_activity = greatest(last_activity, $3) where id = $1",
        id,
        vault.seal(Field::new(NAME, &row(id)), name.as_str().as_bytes()),
        now as Ts,
    )
    .execute(connection)
    .await?;
    Ok(Some(id))
}
