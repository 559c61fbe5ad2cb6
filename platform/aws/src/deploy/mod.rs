//! What a deployment does beside a plan: the registry it pushes to, the login that the service gets, the migration task, and
//! the revisions that a failed one leaves.

mod again;
mod job;
mod login;
mod made_up;
mod registry;
mod retire;

pub use again::register_again;
pub use job::{Ended, Job, JobError, run};
pub use login::{Login, Turned, ensure, turn};
pub use made_up::{SANDBOX_TOKEN, made_up};
pub use registry::{Registry, registry};
pub use retire::retire;
