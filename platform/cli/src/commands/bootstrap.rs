use bella_aws::ledger::{Location, bootstrap};
use clap::Args as ClapArgs;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::session::Session;

/// Make what an account needs once for a region: the bucket of the ledgers.
///
/// The bucket keeps versions, is encrypted, closed to the public and reached over TLS only. No stack
/// owns it, so that no teardown removes it. Repeating the command brings it back into that shape.
///
/// Example: bella bootstrap --region ca-central-1
#[derive(ClapArgs)]
pub(crate) struct Args {}

pub(crate) async fn run(cx: &Context, _args: &Args) -> Result<Exit, CommandError> {
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
    if cx.ui.json {
        cx.ui.document(&json!({
            "account": caller.account, "region": aws.region(),
            "ledger": location.to_string(), "existed": made.existed,
        }));
        return Ok(Exit::Done);
    }
    let what = match made.existed {
        true => "is as it should be",
        false => "is made",
    };
    cx.ui.data(&format!("{location} {what}"));
    cx.ui.note("Stack files use it that say `ledger: s3`.");
    Ok(Exit::Done)
}
