//! `bella-service migrate`: brings the database to this version's schema.

use std::io::Write;

use clap::Args;
use secrecy::SecretString;
use sqlx::postgres::PgConnectOptions;

use super::CommandError;
use crate::config::{ConfigError, DatabaseConfig, Problem};
use crate::db::roles::{self, Role};
use crate::db::{self, Migrated, databases};

/// Bring the database's schema to this version's
///
/// Needs DATABASE_URL, or DATABASE_HOST, _NAME, _USER and _PASSWORD, of a user who may create tables. Again, or several at
/// once, it does no harm. A database with a newer schema is refused, and
/// so is a migration that the version before may not survive: it still runs while this one rolls out.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  bella-service migrate --service-role bella_service")]
pub(super) struct Arguments {
    /// Make the database first where the server does not have it: connects to `postgres` for that, as the same user
    #[arg(long)]
    create_database: bool,
    /// Let this migration through, by its file's name without `.sql`, though the version before may not survive it; separated by commas
    #[arg(
        long = "allow",
        env = "ALLOW_MIGRATIONS",
        value_name = "NAME",
        value_delimiter = ','
    )]
    allowed: Vec<String>,
    /// Create this role where it is missing, without a login, and grant it what the service needs and no more
    #[arg(long, env = "SERVICE_ROLE", value_name = "ROLE")]
    service_role: Option<Role>,
    /// Make this login, a member of the service's role, with the password in SERVICE_PASSWORD; of one that is there, set the password
    #[arg(
        long,
        env = "SERVICE_USER",
        value_name = "USER",
        requires = "service_role"
    )]
    service_user: Option<Role>,
    /// Shut this login, whose place SERVICE_USER has taken: nobody logs in with it any more
    #[arg(long, value_name = "USER", requires = "service_user")]
    retire_user: Option<Role>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), CommandError> {
    let database = DatabaseConfig::read(|name| std::env::var(name).ok())?;
    let options = database.options();
    if arguments.create_database {
        let created = databases::create(options).await;
        let created =
            created.map_err(|said| CommandError::failed(format!("creating {database:?}"), said))?;
        if created {
            let name = options.get_database().unwrap_or_default();
            say(&format!("database {name}: created"))?;
        }
    }
    let Migrated { from, to } = db::migrate_allowing(options, &arguments.allowed)
        .await
        .map_err(|err| CommandError::failed(format!("migrating {database:?}"), err))?;
    say(&if from == to {
        format!("schema {to}: nothing to do")
    } else {
        format!("schema {from} -> {to}")
    })?;
    if let Some(role) = &arguments.service_role {
        let granted = roles::grant(options, role).await;
        let doing = || format!("granting {} what the service needs", role.as_str());
        granted.map_err(|said| CommandError::failed(doing(), said))?;
        say(&format!(
            "role {}: reads and writes rows, changes no table",
            role.as_str()
        ))?;
        if let Some(user) = &arguments.service_user {
            let password = password()?;
            let made = roles::login(options, role, user, &password).await;
            let doing = || format!("making the login {}", user.as_str());
            made.map_err(|said| CommandError::failed(doing(), said))?;
            say(&format!(
                "login {}: has the rights of {}",
                user.as_str(),
                role.as_str()
            ))?;
            if let Some(old) = &arguments.retire_user {
                retire(options, role, user, old).await?;
            }
        }
    }
    Ok(())
}

async fn retire(
    options: &PgConnectOptions,
    role: &Role,
    user: &Role,
    old: &Role,
) -> Result<(), CommandError> {
    let doing = || format!("shutting the login {}", old.as_str());
    let shut = match old == user {
        true => Err("it is the login that the service uses".to_owned()),
        false => roles::retire(options, role, old).await,
    };
    shut.map_err(|said| CommandError::failed(doing(), said))?;
    say(&format!("login {}: shut", old.as_str()))
}

/// The password of the service's login. It is no argument, which other users of the machine could see.
fn password() -> Result<SecretString, CommandError> {
    let given = std::env::var("SERVICE_PASSWORD").unwrap_or_default();
    match given.is_empty() {
        true => Err(CommandError::Config(ConfigError {
            problems: vec![Problem {
                variable: "SERVICE_PASSWORD",
                value: None,
                needed: "the password of the login that SERVICE_USER names".to_owned(),
            }],
        })),
        false => Ok(SecretString::from(given)),
    }
}

fn say(line: &str) -> Result<(), CommandError> {
    writeln!(std::io::stdout(), "{line}")
        .map_err(|err| CommandError::failed("writing to standard output", err))
}
