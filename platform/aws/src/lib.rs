//! Everything that knows AWS: clients, the kinds, the table of refusals, the ledger's storage.
//!
//! Start at [`kinds`]: one file a kind, one line in [`kinds::KINDS`]. A kind lists, creates,
//! updates and deletes through [`clients::Aws`]; [`error`] says what each refusal means;
//! [`calls`] keeps the SDK from repeating what must not be repeated.

mod abandoned;
pub mod adopt;
pub mod alarms;
mod answer_date;
pub mod bills;
pub mod calls;
pub mod census;
pub mod ci;
pub mod clients;
pub mod deploy;
pub mod doctor;
pub mod ephemeral;
pub mod error;
pub mod find;
pub mod host;
pub mod idle;
pub mod kinds;
pub mod ledger;
pub mod look;
pub mod manual;
pub mod measured;
pub mod nights;
mod permissions;
pub mod prices;
pub mod protection;
pub mod reference;
pub mod rollout;
pub mod running;
pub mod secrets;
pub mod tags;
pub mod terraform;
