//! Which schema the database has, and bringing it to this version's.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::time::timeout;

use super::compatible::{self, Breaking, Migration};
use super::database::CALL;
use super::error::said;
use super::{Database, DbError};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How long applying all migrations may take, waiting for another who does included.
const MIGRATING: Duration = Duration::from_mins(15);

/// One migrates at a time; then a statement waits 5 s for a table, and fails rather than stops callers who queue behind it.
const ALONE: [&str; 2] = [
    "select pg_advisory_lock(hashtext('bella migrate'))",
    "set lock_timeout = '5s'",
];

/// The schema of the database, against the one this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// The same.
    Ready,
    /// Older: `bella-service migrate` has to run. Version 0 is an empty database.
    Behind {
        /// The database's.
        have: i64,
        /// This version's.
        want: i64,
    },
    /// Newer, which this version works on: migrations expand before they contract.
    Ahead {
        /// The database's.
        have: i64,
        /// This version's.
        want: i64,
    },
    /// It cannot be asked.
    Away,
}

/// What a migration came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The schema before; 0 is an empty database.
    pub from: i64,
    /// The schema now.
    pub to: i64,
}

/// Why a database was not migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// It has been migrated by a newer version.
    #[error(
        "the database's schema is {have}, newer than {want} of this version; deploy a version that knows {have}"
    )]
    Newer {
        /// The database's.
        have: i64,
        /// This version's.
        want: i64,
    },
    /// The version before would not survive it, and it is not allowed by name; nothing was applied.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Breaking(Vec<Breaking>),
    /// Not reachable, or a migration failed; what it changed is rolled back.
    #[error("{0}")]
    Failed(String),
    /// It took longer than a quarter of an hour.
    #[error("not done within {} s; another migration may be running", MIGRATING.as_secs())]
    TooLong,
}

impl Database {
    /// Which schema the database has; takes 800 ms at most.
    pub async fn schema(&self) -> Schema {
        let have = self
            .bounded("asking for the schema's version", CALL, async {
                let mut held = self.hold().await?;
                let have = version(&mut held).await?;
                held.release();
                Ok(have)
            })
            .await;
        let want = newest(&MIGRATIONS);
        match have {
            Ok(have) if have == want => Schema::Ready,
            Ok(have) if have < want => Schema::Behind { have, want },
            Ok(have) => Schema::Ahead { have, want },
            Err(DbError::Away { .. } | DbError::Failed { .. } | DbError::Unreadable { .. }) => {
                Schema::Away
            }
        }
    }
}

/// Applies the migrations that are missing. Several at once, or one again, do no harm.
///
/// # Errors
/// See [`MigrateError`].
pub async fn migrate(options: &PgConnectOptions) -> Result<Migrated, MigrateError> {
    migrate_allowing(options, &[]).await
}

/// [`migrate`], with the names of migrations that may break the version before, `0007_drop_outbox`; ones that were applied
/// long ago, or are not known, do no harm.
///
/// # Errors
/// See [`MigrateError`].
pub async fn migrate_allowing(
    options: &PgConnectOptions,
    allowed: &[String],
) -> Result<Migrated, MigrateError> {
    timeout(MIGRATING, apply(&MIGRATIONS, options, allowed))
        .await
        .map_err(|_| MigrateError::TooLong)?
}

async fn apply(
    migrator: &Migrator,
    options: &PgConnectOptions,
    allowed: &[String],
) -> Result<Migrated, MigrateError> {
    let failed = |err: sqlx::Error| MigrateError::Failed(said(&err));
    let mut connection = options.connect().await.map_err(failed)?;
    for statement in ALONE {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .map_err(failed)?;
    }
    let from = version(&mut connection).await.map_err(failed)?;
    let want = newest(migrator);
    if from > want {
        return Err(MigrateError::Newer { have: from, want });
    }
    let refused = compatible::refused(from, migrations(migrator), allowed);
    if !refused.is_empty() {
        return Err(MigrateError::Breaking(refused));
    }
    // `run` would give a future that no other thread can carry on with.
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|err| MigrateError::Failed(err.to_string()))?;
    let to = version(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(Migrated { from, to })
}

fn migrations(migrator: &Migrator) -> impl Iterator<Item = Migration<'_>> {
    migrator.iter().map(|migration| Migration {
        version: migration.version,
        description: &migration.description,
        sql: migration.sql.as_str(),
    })
}

fn newest(migrator: &Migrator) -> i64 {
    migrator
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}

/// The newest migration that was applied; unchecked when compiled, since the table is not one of the migrations'.
async fn version(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let exists: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        return Ok(0);
    }
    sqlx::query_scalar("select coalesce(max(version), 0) from _sqlx_migrations where success")
        .fetch_one(connection)
        .await
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use bella_stores::Postgres;

    use super::*;

    const FIRST: &str = "create table calls (sid text primary key, region text)";
    const SECOND: &str = "alter table calls add column language text";
    const THIRD: &str = "alter table calls drop column region";

    async fn migrator(folder: &Path, files: &[(&str, &str)]) -> Migrator {
        std::fs::create_dir_all(folder).expect("the temporary folder can be written");
        for (name, sql) in files {
            std::fs::write(folder.join(name), sql).expect("the folder was just made");
        }
        Migrator::new(folder).await.expect("they can be read")
    }

    /// A database of a server of its own.
    #[tokio::test]
    async fn a_breaking_migration_is_applied_only_by_name_and_nothing_with_it() {
        let postgres = Postgres::start().expect("a PostgreSQL starts");
        postgres.create_database("bella").expect("is made");
        let options: PgConnectOptions = postgres.url("bella").parse().expect("is an address");
        let folder = std::env::temp_dir().join(format!("bella-migrations-{}", std::process::id()));
        let files = [
            ("0001_calls.sql", FIRST),
            ("0002_language.sql", SECOND),
            ("0003_drop_region.sql", THIRD),
        ];
        let old = migrator(&folder, &files[..1]).await;
        let new = migrator(&folder, &files).await;
        std::fs::remove_dir_all(&folder).expect("the folder goes");
        let first = apply(&old, &options, &[]).await.expect("is empty");
        assert_eq!(first, Migrated { from: 0, to: 1 });
        let refused = apply(&new, &options, &[]).await.expect_err("breaks");
        let said = refused.to_string();
        assert!(
            said.contains("allow_migrations: [0003_drop_region]") && said.contains(THIRD),
            "{said}"
        );
        let still = apply(&old, &options, &[]).await.expect("nothing to do");
        assert_eq!(still, Migrated { from: 1, to: 1 });
        let allowed = ["0003_drop_region".to_owned()];
        let done = apply(&new, &options, &allowed).await.expect("is allowed");
        assert_eq!(done, Migrated { from: 1, to: 3 });
    }
}
