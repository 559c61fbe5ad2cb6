//! What a deployment does beside a plan: the network ACLs it looks at, the registry it pushes to, the login that the service gets, the migration task, and
//! the revisions that a failed one leaves.

mod again;
mod job;
mod login;
mod made_up;
mod network_acls;
mod registry;
mod retire;

pub use again::register_again;
pub use job::{Ended, Job, JobError, run};
pub use login::{Login, Turned, ensure, turn};
pub use made_up::{SANDBOX_TOKEN, made_up};
pub use network_acls::{AclRule, NetworkAcl, network_acls};
pub use registry::{Registry, registry};
pub use retire::retire;
