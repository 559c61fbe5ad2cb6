//! Least privilege: a role that may use the tables and not change them.
//!
//! The role cannot log in; the service's login is a member of it. It reads and writes rows. It can create, alter or drop nothing,
//! and only add to the audit log.

use postgres_protocol::password::scram_sha_256;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::error::said;

/// The name of a role: a plain PostgreSQL identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role(String);

impl Role {
    /// Reads a name.
    ///
    /// # Errors
    /// What is needed instead.
    pub fn parse(name: &str) -> Result<Self, String> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let begins = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
        if begins && name.len() <= 63 && name.bytes().all(plain) && !name.starts_with("pg_") {
            Ok(Self(name.to_owned()))
        } else {
            Err("a role of lower-case letters, digits and _, such as bella_service".to_owned())
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::parse(name)
    }
}

/// Creates the role when it is missing, and gives it exactly what the service needs. Again, it does no harm.
///
/// # Errors
/// What PostgreSQL said, for example that the user may not create roles.
pub async fn grant(options: &PgConnectOptions, role: &Role) -> Result<(), String> {
    let granted = async {
        let mut connection = options.connect().await?;
        let mut transaction = connection.begin().await?;
        if !exists(&mut transaction, role).await? {
            run(&mut transaction, role, "create role ROLE nologin").await?;
        }
        for statement in GRANTS {
            run(&mut transaction, role, statement).await?;
        }
        transaction.commit().await?;
        connection.close().await
    };
    granted.await.map_err(|err| said(&err))
}

/// Makes a login that has the rights of `role` and no others; of one that is there, sets the password.
///
/// # Errors
/// What PostgreSQL said, without the password.
pub async fn login(
    options: &PgConnectOptions,
    role: &Role,
    user: &Role,
    password: &SecretString,
) -> Result<(), String> {
    let made = async {
        let mut connection = options.connect().await?;
        let mut transaction = connection.begin().await?;
        if !exists(&mut transaction, user).await? {
            run(&mut transaction, user, "create role ROLE").await?;
        }
        // What the server keeps of a password, made here: its log of statements never sees the password itself. It holds base64,
        // `$` and `:` only: nothing to quote.
        let verifier = scram_sha_256(password.expose_secret().as_bytes());
        let set = format!("alter role ROLE login nocreatedb nocreaterole password '{verifier}'");
        run(&mut transaction, user, &set).await?;
        let member = format!("grant {} to ROLE", role.as_str());
        run(&mut transaction, user, &member).await?;
        transaction.commit().await?;
        connection.close().await
    };
    made.await.map_err(|err| said(&err))
}

/// Shuts a login that another one has taken the place of; sessions that are open stay. One that is not there is shut already.
///
/// # Errors
/// It is none that [`login`] made; or what PostgreSQL said.
pub async fn retire(options: &PgConnectOptions, role: &Role, user: &Role) -> Result<(), String> {
    let retired = async {
        let mut connection = options.connect().await?;
        let shut = match (
            exists(&mut connection, user).await?,
            is_login_of(&mut connection, role, user).await?,
        ) {
            (false, _) => true,
            (true, true) => {
                run(
                    &mut connection,
                    user,
                    "alter role ROLE nologin password null",
                )
                .await?;
                true
            }
            (true, false) => false,
        };
        connection.close().await?;
        Ok(shut)
    };
    match retired.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!(
            "{} is no login of {}",
            user.as_str(),
            role.as_str()
        )),
        Err(err) => Err(said(&err)),
    }
}

/// Whether it was made by [`login`]. Who makes roles may become a member of them by that (PostgreSQL 16), and is none.
async fn is_login_of(
    connection: &mut PgConnection,
    role: &Role,
    user: &Role,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from pg_auth_members
         join pg_roles granted on granted.oid = roleid join pg_roles login on login.oid = member
         where granted.rolname = $1 and login.rolname = $2 and not login.rolcreaterole and not login.rolsuper)",
    )
    .bind(role.as_str())
    .bind(user.as_str())
    .fetch_one(connection)
    .await
}

pub(super) async fn exists(
    connection: &mut PgConnection,
    role: &Role,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
        .bind(role.as_str())
        .fetch_one(connection)
        .await
}

/// The logins of the role that [`login`] made.
pub(super) async fn logins(
    connection: &mut PgConnection,
    role: &Role,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select login.rolname from pg_auth_members
         join pg_roles granted on granted.oid = roleid join pg_roles login on login.oid = member
         where granted.rolname = $1 and not login.rolcreaterole and not login.rolsuper
         order by login.rolname",
    )
    .bind(role.as_str())
    .fetch_all(connection)
    .await
}

/// Everything is taken first, so that what an earlier version gave too much is gone.
const GRANTS: [&str; 8] = [
    "do $$ begin execute format('grant connect on database %I to ROLE', current_database()); end $$",
    "revoke all on all tables in schema public from ROLE",
    "revoke create on schema public from ROLE",
    "grant usage on schema public to ROLE",
    "grant select, insert, update, delete on all tables in schema public to ROLE",
    "grant usage on all sequences in schema public to ROLE",
    "revoke update, delete on audit from ROLE",
    "revoke insert, update, delete on _sqlx_migrations from ROLE",
];

async fn run(
    connection: &mut PgConnection,
    role: &Role,
    statement: &str,
) -> Result<(), sqlx::Error> {
    // A role's name holds letters, digits and _ only: nothing to quote.
    let statement = statement.replace("ROLE", role.as_str());
    sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}
