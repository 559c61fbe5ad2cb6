//! What an account, a stack and a repository are examined for: each check judges what was found, and says what mends it.

mod clock;
mod cost_tags;
mod credentials;
mod finding;
mod quota;
mod region;
mod repository;
mod role;
mod secret;
mod subscription;
mod tool;
mod zone;

pub use clock::clock;
pub use cost_tags::cost_tags;
pub use credentials::credentials;
pub use finding::{Finding, Here, Verdict};
pub use quota::{Quota, quota};
pub use region::region;
pub use repository::{Leak, leaks, repository};
pub use role::{ROLES, Role, role};
pub use secret::secrets;
pub use subscription::subscriptions;
pub use tool::{Answer, Tool, own, tool, tools};
pub use zone::{Delegation, zone};
