//! EventBridge Scheduler's clockwork: what schedules come due on the sandbox's clock, and what they call. The rules
//! keep the agenda as schedules are made and changed; the clockwork carries it out, through the gateway itself.

mod agenda;
mod caller;
mod clockwork;
mod cron;
mod dead_letter;
mod expression;
mod field;
mod fired;
mod input;
mod invoke;
mod metrics;
mod permission;
mod place;
mod role;
mod service;
mod target;
mod timetable;
mod wire;

pub(crate) use agenda::Agenda;
pub(crate) use clockwork::Clockwork;
pub(crate) use expression::Expression;
pub(crate) use place::Place;
