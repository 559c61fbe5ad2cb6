//! EventBridge Scheduler's clockwork: what schedules come due on the sandbox's clock, and what they call.

mod cron;
mod expression;
mod field;

pub(crate) use expression::Expression;
