//! The version that a stack gets as it is made.

use std::path::Path;

use bella_aws::deploy::SANDBOX_TOKEN;
use bella_deploy::{First, Site as _, Source};

use super::Here;
use crate::commands::quoted;
use crate::context::Context;
use crate::error::CommandError;
use crate::planning::Planned;
use crate::session::Session;

/// What is deployed as a part of provisioning: nothing where a version runs already, since its successor is asked for with `deploy`.
///
/// # Errors
/// AWS or the sandbox refuses to tell.
pub(crate) async fn first(
    cx: &Context,
    session: &Session,
    here: &Here<'_>,
    planned: &Planned,
) -> Result<Option<Source>, CommandError> {
    if planned.image.is_some() || !runs_tasks(cx, session).await? {
        return Ok(None);
    }
    match First::of(here).await? {
        First::Ready => Ok(Some(Source::Nearest)),
        First::Nowhere => {
            cx.ui.note("\nNothing is deployed yet: there is no bella-service beside this program, and the current folder is in no source tree of it.");
            Ok(None)
        }
        First::Lacks(keys) => {
            let set = here.command("secret set");
            cx.ui.note("\nNothing is deployed yet: the secret app lacks values that only you have. Set them, then deploy:");
            for key in keys {
                cx.ui.note(&format!("  {set} app --key {key}"));
            }
            cx.ui.note(&format!("  {}", here.again()));
            Ok(None)
        }
    }
}

/// An emulator that is somebody else's is taken to run none, and the sandbox runs none where it keeps records only.
async fn runs_tasks(cx: &Context, session: &Session) -> Result<bool, CommandError> {
    match cx.global.sandbox {
        true => Ok(cx.sandbox_up().await?.certificate_authority.is_some()),
        false => Ok(session.is_aws()),
    }
}

/// The command that books an appointment with the service in the sandbox.
///
/// # Errors
/// The sandbox does not answer.
pub(crate) async fn pretend_call(
    cx: &Context,
    public: &str,
) -> Result<Option<String>, CommandError> {
    if !cx.global.sandbox {
        return Ok(None);
    }
    let Some(url) = cx.sandbox_up().await?.service_url else {
        return Ok(None);
    };
    let program = Source::nearest_program();
    let here = std::env::current_dir().unwrap_or_default();
    let program = program
        .as_deref()
        .map(|path| path.strip_prefix(&here).unwrap_or(path));
    let program = program.unwrap_or(Path::new("bella-service"));
    Ok(Some(format!(
        "TWILIO_AUTH_TOKEN={SANDBOX_TOKEN} {} simulate --url {url} --public-url {public}",
        quoted(&program.display().to_string())
    )))
}
