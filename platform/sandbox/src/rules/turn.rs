use super::rule::{Outcome, Rule};
use super::store::Store;
use crate::gateway::{Call, EmulatorClient, Request};

/// One call on its way through the rules.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pub(crate) call: &'a Call,
    pub(crate) request: Request,
    /// What rules remember between calls.
    pub(crate) store: &'a Store,
    emulator: &'a EmulatorClient,
    inner: &'a [&'static dyn Rule],
}

/// Carries out a call with the rules that apply to it, the first outermost.
pub(crate) async fn run(
    call: &Call,
    request: Request,
    rules: &[&'static dyn Rule],
    emulator: &EmulatorClient,
    store: &Store,
) -> Outcome {
    let turn = Turn {
        call,
        request,
        store,
        emulator,
        inner: rules,
    };
    turn.pass().await
}

impl Turn<'_> {
    /// Hands the call on, to the next rule in or else to the emulator.
    pub(crate) async fn pass(self) -> Outcome {
        match self.inner.split_first() {
            Some((rule, inner)) => rule.answer(Turn { inner, ..self }).await,
            None => self.emulator.ask(&self.request).await,
        }
    }

    /// Asks the bare emulator something else, as the same caller.
    pub(crate) async fn ask(&self, request: &Request) -> Outcome {
        self.emulator.ask(request).await
    }
}
