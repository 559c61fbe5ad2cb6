use std::pin::Pin;

use super::rule::{About, Rule, Work};
use super::turn::Turn;
use crate::gateway::{Answer, Call, NoAnswer};

pub(crate) type Amended<'a> = Pin<Box<dyn Future<Output = Result<Answer, NoAnswer>> + Send + 'a>>;

/// A rule that changes the emulator's successful answers and leaves its errors alone.
pub(crate) struct Amendment {
    pub(crate) name: &'static str,
    pub(crate) about: About,
    pub(crate) service: &'static str,
    pub(crate) operations: &'static [&'static str],
    pub(crate) amend: for<'a> fn(&'a Turn<'a>, Answer) -> Amended<'a>,
}

impl Rule for Amendment {
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
            let answer = turn.pass().await?;
            if answer.status.is_success() {
                (self.amend)(&turn, answer).await
            } else {
                Ok(answer)
            }
        })
    }
}
