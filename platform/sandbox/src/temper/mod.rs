//! How AWS behaves on an ordinary day, switched on by `sandbox up --strict` or part by part: it takes its time, shows
//! what was just made a little late, and refuses who asks too often or with credentials that have expired. All chance
//! comes from a seed, and what was done to calls is told.

mod bucket;
mod credentials;
mod dice;
mod fired;
mod limits;
mod refusal;
mod settings;
mod wait;
mod whole;

pub(crate) use dice::Dice;
pub(crate) use fired::What;
pub(crate) use refusal::Refusal;
pub use settings::Settings;
pub(crate) use wait::Wait;
pub(crate) use whole::Temper;
