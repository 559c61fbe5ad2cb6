//! The database is brought to the new version's schema before any task of that version starts.

use std::time::{Duration, Instant};

use bella_aws::deploy::{Ended, Job, Login, ensure, run as run_job};
use bella_aws::ledger::Run;
use bella_engine::address::Address;
use bella_engine::ledger::{Event, Ledger};
use bella_engine::live::Live;
use bella_stack::{DATABASE_LOGIN, SERVICE};
use serde_json::Value;

use super::Talk;
use crate::error::{CommandError, Exit};
use crate::session::Session;

/// A migration waits for locks five seconds at most; pulling the image takes most of the time.
const WITHIN: Duration = Duration::from_secs(15 * 60);

/// Makes sure that the service has a login of its own: the migration task reads it.
///
/// # Errors
/// AWS refuses.
pub(super) async fn login(
    session: &Session,
    run: &Run,
    talk: Talk<'_>,
) -> Result<(), CommandError> {
    let (secret, user) = DATABASE_LOGIN;
    let made = ensure(&session.aws, &session.stack, secret, user).await;
    let made = made.map_err(|err| CommandError::new(Exit::Failed, err.to_string()))?;
    if let Login::Made(version) = made {
        run.append(Event::Noted {
            address: Address::parse(&format!("secret.{secret}"))
                .expect("the blueprint's own addresses can be read"),
            action: "secret set".to_owned(),
            id: version,
        })
        .await?;
        talk.done(&format!("made up a password for {user}"), None);
    }
    Ok(())
}

/// Runs the migration task of `revision` beside the service, and says what it said.
///
/// # Errors
/// It cannot be started, takes too long, or does not end with 0: nothing of the new version has started.
pub(super) async fn migrate(
    session: &Session,
    live: &Live,
    revision: &str,
    talk: Talk<'_>,
) -> Result<(), CommandError> {
    let began = Instant::now();
    let job = job(session, live, revision)?;
    let ended = run_job(&session.aws, &job, WITHIN, &mut |_| {}).await;
    let ended = ended.map_err(|err| {
        CommandError::new(Exit::Failed, format!("the migration task: {err}"))
            .hint("nothing was rolled out: the version that ran still runs")
    })?;
    if ended.exit_code != Some(0) {
        return Err(failed(&ended));
    }
    for line in &ended.lines {
        talk.done(line, None);
    }
    talk.done("migrated", Some(began.elapsed()));
    Ok(())
}

fn failed(ended: &Ended) -> CommandError {
    let how = match ended.exit_code {
        Some(code) => format!("ended with {code}"),
        None => "did not start".to_owned(),
    };
    let mut error = CommandError::new(
        Exit::Failed,
        format!("the migration task {how}: {}", ended.reason),
    );
    error.lines.extend(ended.lines.iter().cloned());
    error
        .hint("nothing was rolled out: the version that ran still runs")
        .hint("a migration is applied whole or not at all; correct the cause and deploy again")
}

fn job(session: &Session, live: &Live, revision: &str) -> Result<Job, CommandError> {
    let service = live
        .objects
        .iter()
        .find(|object| object.address.to_string() == SERVICE)
        .and_then(|object| object.props.as_ref());
    let Some(service) = service else {
        return Err(CommandError::new(
            Exit::Failed,
            format!(
                "{} has no service to run the migration beside",
                session.stack
            ),
        ));
    };
    let texts = |key: &str| -> Vec<String> {
        let list = service[key].as_array().map_or(&[][..], Vec::as_slice);
        list.iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    Ok(Job {
        cluster: service["cluster"].as_str().unwrap_or_default().to_owned(),
        task_definition: revision.to_owned(),
        subnets: texts("subnets"),
        security_groups: texts("security_groups"),
        assign_public_ip: service["assign_public_ip"] == true,
        tags: session.tags(),
        started_by: "bella-deploy".to_owned(),
    })
}
