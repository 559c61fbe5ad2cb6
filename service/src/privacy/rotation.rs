//! `bella-service keys rotate`: everything under the newest key.
//!
//! Order of a rotation: put the new key first in `ENCRYPTION_KEYS` and deploy; when no task with the old list runs, rotate; then drop
//! the old key and deploy. Rotation works in batches beside the running service, can be stopped at any moment and run again, and
//! touches nothing that is under the newest key.

use bella_domain::phone::Mobile;
use serde_json::json;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use uuid::Uuid;

use super::vault::row;
use super::{CannotOpen, Field, Vault};
use crate::db::{Actor, AuditLine, Database, DbError, Trouble, Ts, WORK, audit};

/// Rows of one transaction.
const BATCH: usize = 100;

/// Every column that holds ciphertext, with the key of its table. `users.mobile` is last, with the index: it is done by itself.
const COLUMNS: [(&str, &str); 7] = [
    ("users.name", "id"),
    ("appointments.notes", "id"),
    ("calls.transcript", "sid"),
    ("outbox.recipient", "id"),
    ("outbox.body", "id"),
    ("idempotency_keys.answer", "key"),
    ("seen_messages.answer", "sid"),
];

const MOBILE: &str = "users.mobile";

/// How far a rotation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The column that was worked on.
    pub column: &'static str,
    /// Values of it that were sealed anew so far.
    pub done: u64,
}

/// Seals everything with the newest key; `told` hears of every batch. Returns how many values were sealed anew.
///
/// # Errors
/// See [`DbError`]: unreadable names a value whose key is no longer listed, or that was changed. What was done before stays done.
pub async fn rotate(database: &Database, mut told: impl FnMut(Progress)) -> Result<u64, DbError> {
    let mut all = 0;
    for (column, key) in COLUMNS {
        let mut done = 0;
        loop {
            let work = batch(database, column, key);
            let sealed = database.bounded("rotating keys", WORK, work).await?;
            if sealed == 0 {
                break;
            }
            done += sealed;
            told(Progress { column, done });
        }
        all += done;
    }
    let mut done = 0;
    loop {
        let sealed = database
            .bounded("rotating numbers", WORK, numbers(database))
            .await?;
        if sealed == 0 {
            return Ok(all + done);
        }
        done += sealed;
        told(Progress {
            column: MOBILE,
            done,
        });
    }
}

async fn batch(
    database: &Database,
    column: &'static str,
    key: &'static str,
) -> Result<u64, Trouble> {
    let vault = database.vault();
    let header = vault.newest_header();
    let (table, name) = column.split_once('.').unwrap_or_default();
    // Only the constants of this file become part of a statement.
    let select = format!(
        "select {key}::text, {name} from {table} where {name} is not null and substr({name}, 1, $1) <> $2
        limit {BATCH} for update"
    );
    let update = format!("update {table} set {name} = $2 where {key}::text = $1");
    let mut held = database.hold().await?;
    let mut transaction = held.begin().await?;
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(AssertSqlSafe(select))
        .bind(i32::try_from(header.len()).unwrap_or(i32::MAX))
        .bind(&header)
        .fetch_all(&mut *transaction)
        .await?;
    for (id, sealed) in &rows {
        let field = Field::new(column, id);
        let plain = vault.open(field, sealed)?;
        sqlx::query(AssertSqlSafe(update.clone()))
            .bind(id)
            .bind(vault.seal(field, &plain))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    held.release();
    Ok(rows.len() as u64)
}

/// Numbers with their indexes; people who were added twice, under two keys, become one again.
async fn numbers(database: &Database) -> Result<u64, Trouble> {
    let vault = database.vault();
    let header = vault.newest_header();
    let mut held = database.hold().await?;
    let mut transaction = held.begin().await?;
    let rows = sqlx::query!(
        r#"select id, mobile as "mobile!" from users
        where mobile is not null and substr(mobile, 1, $1) <> $2 limit $3 for update"#,
        i32::try_from(header.len()).unwrap_or(i32::MAX),
        &header,
        i64::try_from(BATCH).unwrap_or(i64::MAX),
    )
    .fetch_all(&mut *transaction)
    .await?;
    for found in &rows {
        let key = row(found.id);
        let field = Field::new(MOBILE, &key);
        let text = vault.open_text(field, &found.mobile)?;
        let mobile =
            Mobile::from_e164(&text).map_err(|_| CannotOpen::Altered { column: MOBILE })?;
        let index = vault.index(&mobile);
        merge(
            &mut transaction,
            vault,
            found.id,
            &index,
            database.now().into(),
        )
        .await?;
        sqlx::query!(
            "update users set mobile = $2, mobile_index = $3 where id = $1",
            found.id,
            vault.seal(field, mobile.e164().as_bytes()),
            index,
        )
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    held.release();
    Ok(rows.len() as u64)
}

/// Gives everything of the person who has this index already to the one who is to have it.
async fn merge(
    connection: &mut PgConnection,
    vault: &Vault,
    into: Uuid,
    index: &[u8],
    now: Ts,
) -> Result<(), Trouble> {
    let twin = sqlx::query!(
        r#"select id, name as "name!", last_activity as "last_activity: Ts" from users
        where mobile_index = $1 and id <> $2 for update"#,
        index,
        into,
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(twin) = twin else {
        return Ok(());
    };
    for table in ["appointments", "calls", "outbox", "ratings"] {
        let statement = format!("update {table} set user_id = $1 where user_id = $2");
        sqlx::query(AssertSqlSafe(statement))
            .bind(into)
            .bind(twin.id)
            .execute(&mut *connection)
            .await?;
    }
    // The name that was given last.
    let (of_twin, of_one) = (row(twin.id), row(into));
    let name = vault.open(Field::new("users.name", &of_twin), &twin.name)?;
    sqlx::query!("delete from users where id = $1", twin.id)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "update users set name = $2, last_activity = greatest(last_activity, $3) where id = $1",
        into,
        vault.seal(Field::new("users.name", &of_one), &name),
        twin.last_activity as Ts,
    )
    .execute(&mut *connection)
    .await?;
    let line = AuditLine {
        actor: Actor::Service,
        action: "user.merged",
        subject: "user",
        id: &of_one,
        detail: json!({"with": of_twin}),
    };
    audit::write(connection, now, line).await?;
    Ok(())
}
