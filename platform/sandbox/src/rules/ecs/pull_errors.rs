use serde_json::Value;

use crate::gateway::{Answer, Call};
use crate::rules::rule::{About, Rule, Work};
use crate::rules::turn::Turn;

/// What the emulator says of every container that does not start, and of a service's whose image it cannot pull.
const EMULATORS: [&str; 2] = [
    "ResourceInitializationError: unable to pull image or start container: ",
    "CannotPullContainerError: ",
];
/// In it, what its Docker client says of an image that is not there.
const PULL: &str = "/images/create?";

pub(crate) static RULE: PullErrors = PullErrors;

pub(crate) struct PullErrors;

impl Rule for PullErrors {
    fn name(&self) -> &'static str {
        "task-image-pull-error"
    }

    fn about(&self) -> About {
        About::corrects(
            "A task whose image cannot be pulled stops with `CannotPullContainerError` and the registry's words.",
        )
    }

    fn applies(&self, call: &Call) -> bool {
        call.is("ecs", &["DescribeTasks"])
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            let answer = turn.pass().await?;
            let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
                return Ok(answer);
            };
            let mut changed = false;
            for task in body["tasks"].as_array_mut().into_iter().flatten() {
                if let Some(said) = task["stoppedReason"].as_str().and_then(awss) {
                    task["stoppedReason"] = said.into();
                    changed = true;
                }
            }
            if !changed {
                return Ok(answer);
            }
            Ok(Answer::json(answer.status, &body))
        })
    }
}

/// AWS's sentence for a reason of the emulator's, when that is a failed pull.
fn awss(reason: &str) -> Option<String> {
    let client = EMULATORS
        .iter()
        .find_map(|begins| reason.strip_prefix(begins))?;
    if !client.contains(PULL) {
        return None;
    }
    let registry = client.split_once("(\"").map_or(client, |(_, said)| said);
    let registry = registry.trim_end_matches("\")");
    Some(format!("CannotPullContainerError: {registry}"))
}

#[cfg(test)]
mod tests {
    use super::awss;

    #[test]
    fn the_registrys_words_are_kept() {
        let reason = "ResourceInitializationError: unable to pull image or start container: 404 Client Error for \
                      http+docker://localhost/v1.47/images/create?tag=v1&fromImage=a: Not Found (\"manifest for a:v1 not found\")";
        assert_eq!(
            awss(reason).as_deref(),
            Some("CannotPullContainerError: manifest for a:v1 not found")
        );
        let of_a_service = reason.replacen(super::EMULATORS[0], super::EMULATORS[1], 1);
        assert_eq!(awss(&of_a_service), awss(reason));
        assert_eq!(
            awss("CannotPullContainerError: manifest for a:v1 not found"),
            None
        );
        assert_eq!(awss("Essential container exited"), None);
        assert_eq!(
            awss("ResourceInitializationError: unable to pull image or start container: no"),
            None
        );
    }
}
