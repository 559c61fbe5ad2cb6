//! A stack on another one's servers: what its host has is looked up before anything is planned.

use bella_aws::host;
use bella_aws::protection::production_mark;
use bella_aws::secrets;
use bella_engine::live::Live;
use bella_stack::stack::Host;
use bella_stack::{APP_SECRET, app_keys, host_lacks};

use super::Session;
use crate::commands::command;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::target::StackFile;

impl Session {
    /// The same session, with what the stack's host has where it is a guest.
    ///
    /// # Errors
    /// There is no such host, it takes no guests, or lacks what this one needs.
    pub(super) async fn at_host(mut self, cx: &Context) -> Result<Self, CommandError> {
        let Some(host) = self.host().map(str::to_owned) else {
            return Ok(self);
        };
        let Some(file) = self.file.take() else {
            return Ok(self);
        };
        let live = host::look(&self.aws, &host).await?;
        let found = Host::of(&live).ok_or_else(|| self.hostless(&host))?;
        refuse_as_host(&host, &live)?;
        let port = found.port;
        let file = file.at(found)?;
        self.refuse_unfit(cx, &file, (&host, port))?;
        self.file = Some(Box::new(file));
        Ok(self)
    }

    /// The stack that this one is a guest of, as its file says.
    pub(crate) fn host(&self) -> Option<&str> {
        let ephemeral = &self.file.as_ref()?.loaded.stack.ephemeral;
        let host = ephemeral.host.as_ref().filter(|_| ephemeral.is_guest());
        host.map(|host| host.as_str())
    }

    /// Gives a guest's service what it starts with, as far as that is not its own: the accounts with others that its host has.
    ///
    /// # Errors
    /// AWS refuses, or one of the secrets holds no keys.
    pub(crate) async fn lend(&self) -> Result<(), CommandError> {
        let Some(host) = self.host() else {
            return Ok(());
        };
        let keys = app_keys(&self.file()?.loaded.stack);
        let both = (host, self.stack.as_str());
        let lent = secrets::lend(&self.aws, both, APP_SECRET, &keys).await;
        lent.map(|_| ()).map_err(|err| {
            CommandError::new(
                Exit::Failed,
                format!("the secret {APP_SECRET} of {}: {err}", self.stack),
            )
        })
    }

    fn hostless(&self, host: &str) -> CommandError {
        CommandError::new(
            Exit::Denied,
            format!(
                "{host} is no stack with a service in {} of {}: {} cannot be its guest",
                self.region, self.caller.account, self.stack
            ),
        )
        .hint("name a stack that is provisioned there, or leave --host out to have one of its own")
    }

    fn refuse_unfit(
        &self,
        cx: &Context,
        file: &StackFile,
        (host, port): (&str, u16),
    ) -> Result<(), CommandError> {
        let stack = &file.loaded.stack;
        let lacking: Vec<String> = host_lacks(stack).into_iter().collect();
        let why = if !lacking.is_empty() {
            format!(
                "{host} lacks what {} needs: {}",
                self.stack,
                lacking.join(", ")
            )
        } else if stack.service.port != port {
            format!(
                "the load balancer of {host} may open port {port} of tasks, and {} listens on {}",
                self.stack, stack.service.port
            )
        } else {
            return Ok(());
        };
        Err(CommandError::new(Exit::Denied, why)
            .hint(format!("what it has: {}", command(cx, "status", host))))
    }
}

/// A guest is what somebody tries out: it gets no place where callers are served, and none that may go at any hour.
fn refuse_as_host(host: &str, live: &Live) -> Result<(), CommandError> {
    let is_guest = live
        .objects
        .iter()
        .any(|object| object.tags.contains_key(host::HOST_TAG));
    let why = match (production_mark(live), is_guest) {
        (Some(object), _) => format!("{host} is production: {} says so", object.address),
        (None, true) => format!("{host} is a guest itself"),
        (None, false) => return Ok(()),
    };
    Err(
        CommandError::new(Exit::Denied, format!("{why}; it takes no guests"))
            .hint("name a stack for staging or development"),
    )
}
