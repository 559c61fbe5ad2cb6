use super::SERVICE;
use crate::containers::{Database, Engine};
use crate::gateway::{Call, NoAnswer};
use crate::rules::form::Form;
use crate::rules::rule::{About, Outcome, Rule, Work};
use crate::rules::turn::{Turn, body_text};
use crate::rules::xml;

pub(crate) static RULE: SnapshotData = SnapshotData;
/// Stands around the rule that makes a copy of a snapshot as a snapshot of the same database.
pub(crate) static COPIES: SnapshotCopyData = SnapshotCopyData;

pub(crate) struct SnapshotData;
pub(crate) struct SnapshotCopyData;

const RESTORE: &str = "RestoreDBInstanceFromDBSnapshot";
const CREATE: &str = "CreateDBInstance";

impl Rule for SnapshotData {
    fn name(&self) -> &'static str {
        "snapshot-holds-data"
    }

    fn about(&self) -> About {
        About::fills(
            "A snapshot, also the final one, holds the data of its moment, and a database restored from it begins \
             with that.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(
            SERVICE,
            &[
                "CreateDBSnapshot",
                "DeleteDBInstance",
                "DeleteDBSnapshot",
                RESTORE,
                "RestoreDBInstanceToPointInTime",
            ],
        )
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match turn.engine() {
                Some(engine) => carry_out(&turn, engine).await,
                None => turn.pass().await,
            }
        })
    }
}

async fn carry_out(turn: &Turn<'_>, engine: &Engine) -> Outcome {
    let form = turn.form();
    let account = turn.account().await?;
    let database = Database {
        id: form.text("DBInstanceIdentifier"),
        account: &account,
        region: turn.region(),
    };
    let snapshot = form.text("DBSnapshotIdentifier");
    match turn.call.operation.as_str() {
        "CreateDBSnapshot" => {
            let answer = turn.pass().await?;
            if answer.status.is_success() {
                engine.snapshot(&database, snapshot).await;
            }
            Ok(answer)
        }
        "DeleteDBSnapshot" => {
            let answer = turn.pass().await?;
            if answer.status.is_success() {
                engine.remove_snapshot(&database, snapshot);
            }
            Ok(answer)
        }
        "DeleteDBInstance" => match form.get("FinalDBSnapshotIdentifier") {
            Some(last) => {
                engine.last_snapshot(&database).await;
                let answer = turn.pass().await?;
                let kept = answer.status.is_success().then_some(last);
                engine.keep_last_snapshot(&database, kept);
                Ok(answer)
            }
            None => turn.pass().await,
        },
        _ => restore(turn, engine, &database, snapshot).await,
    }
}

/// Makes the restored database as a new one, whose server begins with the snapshot's data.
async fn restore(
    turn: &Turn<'_>,
    engine: &Engine,
    database: &Database<'_>,
    snapshot: &str,
) -> Outcome {
    let form = turn.form();
    let taken = describe(turn, snapshot).await?;
    let Some(taken) = taken.filter(|taken| taken.engine == "postgres") else {
        return turn.pass().await;
    };
    let source = Database {
        id: &taken.database,
        ..*database
    };
    let passing = format!("restore+{}", database.id);
    if !engine.begin_with(database, snapshot, false) {
        // Taken a moment ago, for a restore to a time, and known to the emulator only.
        engine.snapshot(&source, &passing).await;
        if !engine.begin_with(database, &passing, true) {
            return turn.pass().await;
        }
    }
    let request = turn
        .request
        .clone()
        .with_body(as_new(form, &taken).encode());
    let answer = turn.pass_with(request).await;
    if !answer.as_ref().is_ok_and(|made| made.status.is_success()) {
        engine.begin_empty(database);
    }
    let answer = answer?;
    let body = body_text(&answer).replace(CREATE, RESTORE);
    Ok(answer.with_body(body))
}

/// What a snapshot says of the database it was taken of.
struct Taken {
    database: String,
    engine: String,
    fields: Vec<(&'static str, String)>,
}

async fn describe(turn: &Turn<'_>, snapshot: &str) -> Result<Option<Taken>, NoAnswer> {
    const FIELDS: [(&str, &str); 7] = [
        ("AllocatedStorage", "AllocatedStorage"),
        ("DBInstanceClass", "DBInstanceClass"),
        ("Engine", "Engine"),
        ("EngineVersion", "EngineVersion"),
        ("MasterUsername", "MasterUsername"),
        ("StorageEncrypted", "Encrypted"),
        ("StorageType", "StorageType"),
    ];
    let asked = [("DBSnapshotIdentifier", snapshot)];
    let answer = turn.rds("DescribeDBSnapshots", &asked).await?;
    let document = xml::parse(&answer);
    let Some(node) = xml::find(document.root(), "DBSnapshot") else {
        return Ok(None);
    };
    let text = |name: &str| xml::text(node, name).to_owned();
    Ok(Some(Taken {
        database: text("DBInstanceIdentifier"),
        engine: text("Engine"),
        fields: FIELDS
            .map(|(field, element)| (field, text(element)))
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect(),
    }))
}

/// The request as one for a new database; what it says itself counts before what the snapshot says.
fn as_new(form: Form, taken: &Taken) -> Form {
    let mut form = form
        .without("DBSnapshotIdentifier")
        .with("Action", CREATE)
        // The data has its own password; the emulator wants one.
        .with("MasterUserPassword", "kept-in-the-data");
    for (field, value) in &taken.fields {
        if form.get(field).is_none() {
            form = form.with(field, value);
        }
    }
    form
}

impl Rule for SnapshotCopyData {
    fn name(&self) -> &'static str {
        "snapshot-copy-holds-data"
    }

    fn about(&self) -> About {
        About::fills("A copy of a snapshot holds the data of the snapshot.")
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(SERVICE, &["CopyDBSnapshot"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let answer = turn.pass().await?;
            if let Some(engine) = turn.engine().filter(|_| answer.status.is_success()) {
                let form = turn.form();
                let source = form.text("SourceDBSnapshotIdentifier");
                let source = source.rsplit(":snapshot:").next().unwrap_or(source);
                let account = turn.account().await?;
                let database = Database {
                    id: "",
                    account: &account,
                    region: turn.region(),
                };
                let target = form.text("TargetDBSnapshotIdentifier");
                engine.copy_snapshot(&database, source, target).await;
            }
            Ok(answer)
        })
    }
}
