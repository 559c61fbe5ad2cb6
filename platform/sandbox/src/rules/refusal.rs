use std::pin::Pin;

use hyper::StatusCode;

use super::rule::{About, Rule, Work};
use super::turn::Turn;
use crate::gateway::{Answer, Call, NoAnswer};

/// Why AWS refuses a call, or `None` when it does not.
pub(crate) type Verdict = Result<Option<Refused>, NoAnswer>;
pub(crate) type Check<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// The error AWS answers with; status 400 unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refused {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message: message.into(),
        }
    }

    /// The same error with another status.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

/// A rule that refuses what AWS refuses and otherwise passes the call on.
pub(crate) struct Refusal {
    pub(crate) name: &'static str,
    pub(crate) about: About,
    pub(crate) service: &'static str,
    pub(crate) operations: &'static [&'static str],
    pub(crate) check: for<'a> fn(&'a Turn<'a>) -> Check<'a>,
}

impl Rule for Refusal {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> About {
        self.about
    }

    fn applies(&self, call: &Call) -> bool {
        call.is(self.service, self.operations)
    }

    fn answer<'a>(&'a self, turn: Turn<'a>) -> Work<'a> {
        Box::pin(async move {
            match (self.check)(&turn).await? {
                Some(refused) => {
                    let Refused {
                        status,
                        code,
                        message,
                    } = refused;
                    Ok(Answer::error(turn.call, status, code, &message))
                }
                None => turn.pass().await,
            }
        })
    }
}
