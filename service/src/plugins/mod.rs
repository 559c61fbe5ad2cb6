//! Plugins: what is added to calls without a change to how they are answered.
//!
//! - [`Plugin`]: the hooks; all have a default that does nothing
//! - [`Plugins`]: those of this process, in order
//! - [`reminders`], [`satisfaction`]: texts before and after an appointment
//!
//! A hook decides and does nothing: what it wants sent it returns, and that is written in the same transaction as what it is
//! about. A plugin is a file here and a line in [`Plugins::new`].

pub mod reminders;
pub mod satisfaction;

use std::sync::Arc;

use bella_domain::phone::Mobile;
use jiff::{Timestamp, Zoned};
use tracing::debug;

use crate::db::OutboxText;
use crate::flags::Flags;
use reminders::Reminders;
use satisfaction::Satisfaction;

/// Something that is added to calls.
pub trait Plugin: Send + Sync + std::fmt::Debug {
    /// Its name, for logs and the admin pages.
    fn name(&self) -> &'static str;

    /// Its version.
    fn version(&self) -> &'static str;

    /// A call was let in and is about to be answered.
    fn before_call(&self, _call: &CallBegan<'_>) {}

    /// An appointment is about to be made, or moved: the texts to send because of it.
    fn appointment(&self, _made: &Made<'_>) -> Vec<OutboxText> {
        Vec::new()
    }

    /// A call is over.
    fn after_call(&self, _call: &CallEnded<'_>) {}
}

/// A call that is about to be answered.
#[derive(Debug, Clone, Copy)]
pub struct CallBegan<'a> {
    /// `CallSid`
    pub call: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// A call that is over.
#[derive(Debug, Clone, Copy)]
pub struct CallEnded<'a> {
    /// `CallSid`
    pub call: &'a str,
    /// Whether the caller got what they wanted.
    pub succeeded: bool,
    /// How long it was, where Twilio said so.
    pub seconds: Option<u32>,
}

/// An appointment that is about to be made, or moved.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// Names it in the keys of texts: the `CallSid` that books it, or its id.
    pub key: &'a str,
    /// Whose it is.
    pub mobile: &'a Mobile,
    /// Its beginning, in the zone of the business.
    pub start: &'a Zoned,
    /// Now.
    pub now: Timestamp,
    /// A stable and unguessable name of the person, for shares of callers.
    pub person: &'a [u8],
}

/// The plugins of this process.
#[derive(Debug, Clone)]
pub struct Plugins {
    all: Arc<[Box<dyn Plugin>]>,
}

impl Plugins {
    /// Those that are switched on for anybody.
    pub fn new(flags: &Flags) -> Self {
        let all: Vec<Box<dyn Plugin>> = vec![
            Box::new(Reminders::new(flags.clone())),
            Box::new(Satisfaction::new(flags.clone())),
        ];
        Self { all: all.into() }
    }

    /// Name and version of each.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.all
            .iter()
            .map(|plugin| (plugin.name(), plugin.version()))
    }

    /// A call was let in.
    pub fn before_call(&self, call: &CallBegan<'_>) {
        for plugin in self.all.iter() {
            plugin.before_call(call);
        }
    }

    /// The texts to write together with an appointment.
    pub fn appointment(&self, made: &Made<'_>) -> Vec<OutboxText> {
        let mut texts = Vec::new();
        for plugin in self.all.iter() {
            let more = plugin.appointment(made);
            debug!(plugin = plugin.name(), texts = more.len(), "an appointment");
            texts.extend(more);
        }
        texts
    }

    /// A call is over.
    pub fn after_call(&self, call: &CallEnded<'_>) {
        for plugin in self.all.iter() {
            plugin.after_call(call);
        }
    }
}
