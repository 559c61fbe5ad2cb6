use bella_aws::ci::{self, Change, Environment, Repository, Wanted};
use bella_aws::clients::{Aws, Caller};
use bella_aws::ledger::{Location, bootstrap};
use clap::Args as ClapArgs;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;

/// Make what an account needs once for a region: the bucket of the ledgers; with --github, the roles of
/// a repository's workflows too.
///
/// The bucket keeps versions, is encrypted, closed to the public and reached over TLS only. No stack
/// owns it, so that no teardown removes it. Repeating the command brings it back into that shape.
///
/// With --github the account trusts tokens that GitHub signs for that repository's jobs, so that no
/// key is stored: bella-ci-plan looks, for pull requests; bella-ci-deploy makes and changes stacks, for
/// jobs in the environments. What changes is shown first.
///
/// Example: bella bootstrap --region ca-central-1 --github OWNER/REPO
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// The repository on GitHub whose workflows get roles.
    #[arg(long, value_name = "OWNER/REPO")]
    github: Option<Repository>,

    /// Environment of that repository whose jobs may deploy; repeatable.
    #[arg(
        long = "environment",
        value_name = "NAME",
        requires = "github",
        default_values = ["staging", "production"]
    )]
    environments: Vec<Environment>,

    /// Change roles without asking.
    #[arg(long, short = 'y')]
    yes: bool,
}

pub(crate) async fn run(cx: &Context, args: &Args) -> Result<Exit, CommandError> {
    let (aws, caller) = Session::account(cx).await?;
    let location = match cx.ledger()? {
        None => Location::of_account(&caller.account, aws.region()),
        Some(location) => location,
    };
    let Location::Bucket { name, .. } = &location else {
        return Err(
            CommandError::usage(format!("{location} is a folder, which needs nothing"))
                .hint("leave --ledger out, or name a bucket: --ledger s3://BUCKET"),
        );
    };
    let made = bootstrap(&aws, name).await?;
    if !cx.ui.json {
        let what = match made.existed {
            true => "is as it should be",
            false => "is made",
        };
        cx.ui.data(&format!("{location} {what}"));
        cx.ui.note("Stack files use it that say `ledger: s3`.");
    }
    let mut document = json!({
        "account": caller.account, "region": aws.region(),
        "ledger": location.to_string(), "existed": made.existed,
    });
    if let Some(repository) = &args.github {
        let wanted = ci::wanted(&caller.account, repository, &args.environments, &location);
        let changes = roles(cx, args.yes, (&aws, &caller), &wanted).await?;
        document["ci"] = said(&caller, &wanted, &changes);
    }
    if cx.ui.json {
        cx.ui.document(&document);
    }
    Ok(Exit::Done)
}

/// Shows what has to change, asks, and changes it.
async fn roles(
    cx: &Context,
    yes: bool,
    (aws, caller): (&Aws, &Caller),
    wanted: &[Wanted],
) -> Result<Vec<Change>, CommandError> {
    let changes = ci::plan(aws, &caller.account, wanted).await?;
    if !changes.is_empty() {
        let lines: Vec<String> = changes.iter().map(|one| format!("  {one}")).collect();
        cx.ui.before_question(yes, &lines.join("\n"));
        let question = format!("Change these in account {}?", caller.account);
        cx.ui.confirm(yes, &question)?;
        for change in &changes {
            ci::apply(aws, change).await?;
        }
    }
    if !cx.ui.json {
        let what = match changes.is_empty() {
            true => "is as it should be",
            false => "is set up",
        };
        for one in wanted {
            cx.ui.data(&format!("{} {what}", arn(caller, one)));
        }
    }
    Ok(changes)
}

fn arn(caller: &Caller, one: &Wanted) -> String {
    format!("arn:aws:iam::{}:role/{}", caller.account, one.role)
}

fn said(caller: &Caller, wanted: &[Wanted], changes: &[Change]) -> Value {
    let role = |one: &Wanted| {
        let policies: Vec<&String> = one.policies.iter().map(|(name, _)| name).collect();
        json!({"arn": arn(caller, one), "subjects": one.subjects, "policies": policies})
    };
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    json!({"roles": wanted.iter().map(role).collect::<Vec<Value>>(), "changes": changes})
}
