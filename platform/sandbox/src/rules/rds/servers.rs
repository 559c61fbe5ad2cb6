use super::SERVICE;
use crate::containers::{Database, Engine};
use crate::gateway::Call;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::Turn;

pub(crate) static RULE: Servers = Servers;

pub(crate) struct Servers;

impl Rule for Servers {
    fn name(&self) -> &'static str {
        "database-server-follows"
    }

    fn about(&self) -> About {
        About::fills(
            "A database that is stopped does not answer, one that is started has its data, a new master password \
             holds, and the data of a deleted one is gone.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &[
                "DeleteDBInstance",
                "ModifyDBInstance",
                "StartDBInstance",
                "StopDBInstance",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match turn.engine() {
                Some(engine) => follow(&turn, engine).await,
                None => turn.pass().await,
            }
        })
    }
}

async fn follow(turn: &Turn<'_>, engine: &Engine) -> Outcome {
    let form = turn.form();
    let account = turn.account().await?;
    let database = Database {
        id: form.text("DBInstanceIdentifier"),
        account: &account,
        region: turn.region(),
    };
    // The emulator forgets the container, and with it whose the data was.
    let volumes = engine.volumes_of(&database);
    let answer = turn.pass().await?;
    if !answer.status.is_success() {
        return Ok(answer);
    }
    match turn.call.operation.as_str() {
        "DeleteDBInstance" => engine.remove_volumes(&volumes),
        "StartDBInstance" => engine.start_database(&database).await,
        "StopDBInstance" => engine.stop_database(&database).await,
        _ => {
            if let Some(password) = form.get("MasterUserPassword") {
                engine.set_password(&database, password).await;
            }
        }
    }
    Ok(answer)
}
