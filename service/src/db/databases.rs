//! A database of one's own on a server that others use too, and that it goes with its roles.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::error::said;
use super::roles::{self, Role};

/// Every server has it; nothing of anybody's is in it.
const ANY: &str = "postgres";

/// What is never dropped: the servers' own databases, and the one that a stack's own server comes with.
const KEPT: [&str; 5] = ["bella", "postgres", "rdsadmin", "template0", "template1"];

/// PostgreSQL's code where the database is there: another was faster.
const DUPLICATE: &str = "42P04";

/// Makes the database that `options` name where it is missing; whether it was.
///
/// Only those may connect to it who are given the right, or own it.
///
/// # Errors
/// Its name is not plain; or what PostgreSQL said, for example that the user may not create databases.
pub async fn create(options: &PgConnectOptions) -> Result<bool, String> {
    let name = name(options)?;
    let made = async {
        let mut connection = options.clone().database(ANY).connect().await?;
        let made = create_at(&mut connection, &name).await?;
        connection.close().await?;
        Ok(made)
    };
    made.await.map_err(|err: sqlx::Error| said(&err))
}

async fn create_at(connection: &mut PgConnection, name: &Role) -> Result<bool, sqlx::Error> {
    let mut made = !exists(connection, name).await?;
    if made {
        match run(connection, name, "create database NAME").await {
            Err(err) if is_duplicate(&err) => made = false,
            created => created?,
        }
    }
    // Not only of one that was just made: whoever made it may have been cut off before.
    if is_open(connection, name).await? {
        run(
            connection,
            name,
            "revoke connect, temporary on database NAME from public",
        )
        .await?;
    }
    Ok(made)
}

/// Whether everybody may connect to a database of the user's own: what PostgreSQL gives a new one.
async fn is_open(connection: &mut PgConnection, name: &Role) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from pg_database d
           cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) granted
           where d.datname = $1 and granted.grantee = 0 and pg_has_role(d.datdba, 'usage'))",
    )
    .bind(name.as_str())
    .fetch_one(connection)
    .await
}

/// Drops the database that `options` name, whoever is connected to it, then the role and its logins; says each that went.
///
/// What is gone already is no error.
///
/// # Errors
/// It is none that a service shares a server with; or what PostgreSQL said, for example that a role has something elsewhere.
pub async fn drop(options: &PgConnectOptions, role: &Role) -> Result<Vec<String>, String> {
    let name = name(options)?;
    if KEPT.contains(&name.as_str()) {
        return Err(format!("{} is not dropped by this program", name.as_str()));
    }
    let gone = async {
        let mut connection = options.clone().database(ANY).connect().await?;
        let mut gone = Vec::new();
        if exists(&mut connection, &name).await? {
            run(
                &mut connection,
                &name,
                "drop database if exists NAME with (force)",
            )
            .await?;
            gone.push(format!("database {}: dropped", name.as_str()));
        }
        for login in roles::logins(&mut connection, role).await? {
            drop_role(&mut connection, &login).await?;
            gone.push(format!("login {login}: dropped"));
        }
        if roles::exists(&mut connection, role).await? {
            drop_role(&mut connection, role.as_str()).await?;
            gone.push(format!("role {}: dropped", role.as_str()));
        }
        connection.close().await?;
        Ok(gone)
    };
    gone.await.map_err(|err: sqlx::Error| said(&err))
}

async fn drop_role(connection: &mut PgConnection, role: &str) -> Result<(), sqlx::Error> {
    let quoted = role.replace('"', "\"\"");
    let statement = AssertSqlSafe(format!("drop role if exists \"{quoted}\""));
    sqlx::query(statement).execute(connection).await?;
    Ok(())
}

/// The database's name, held to the rules of a role's: nothing to quote in it.
fn name(options: &PgConnectOptions) -> Result<Role, String> {
    let name = options.get_database().unwrap_or_default();
    Role::parse(name).map_err(|_| {
        format!("the database is called `{name}`: lower-case letters, digits and _ are needed")
    })
}

async fn exists(connection: &mut PgConnection, name: &Role) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name.as_str())
        .fetch_one(connection)
        .await
}

async fn run(
    connection: &mut PgConnection,
    name: &Role,
    statement: &str,
) -> Result<(), sqlx::Error> {
    let statement = statement.replace("NAME", name.as_str());
    sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}

/// Two that create a database at once may meet in the server's catalogue, too.
fn is_duplicate(err: &sqlx::Error) -> bool {
    const CATALOGUE: &str = "23505";
    let code = err.as_database_error().and_then(|err| err.code());
    code.is_some_and(|code| code == DUPLICATE || code == CATALOGUE)
}
