//! AWS on this machine: one loopback port, our gateway, in front of a pinned emulator.
//!
//! [`up`] installs what is needed once, starts the daemon that [`serve`] is, and returns when it answers; [`status`],
//! [`down`] and [`reset`] act on the same [`Home`]. The gateway passes requests through, and a rule (one file each
//! under `rules/`) stands where the emulator departs from what AWS documents. Nothing here prints: progress goes to a
//! callback, and errors name the log to read and the command to type.
//!
//! Beside AWS the endpoint answers, for tests and tools: `GET /_bella/health`, `GET /_bella/calls?since=N` (every AWS
//! call of this run that has ended, and how many are open), `GET /_bella/rules`, `GET /_bella/saves` (when the state was
//! last saved, and whether it changed since), and `GET`, `POST` and `DELETE /_bella/faults` (a JSON list of errors, cut
//! connections, resets and delays to inject; each says which calls it hits, by number or by rate). `GET`, `POST` and
//! `DELETE /_bella/temper` show, set and switch off how long states take, how late things are seen and how often one may
//! ask; `GET /_bella/fired` tells what was done to calls, and by which seed. `GET` and `POST /_bella/clock` show and move the
//! sandbox's clock: `{"advance": "PT8H"}` or seconds, `{"set": "2026-11-22T20:00:00Z"}`, `{"hold": true}`;
//! schedules that come due on the way are carried out, each at its moment, and `DELETE` stops that. `GET
//! /_bella/schedules` tells what comes due and what was carried out.
//!
//! A second port is that of all load balancers: what is sent there reaches the targets that are registered with them.

mod ask;
mod balancer;
mod behaviour;
mod clock;
mod containers;
mod daemon;
mod error;
mod gateway;
mod home;
mod install;
mod instance;
mod journal;
mod lock;
mod memory;
mod page;
mod place;
mod process;
mod progress;
mod python;
mod record;
mod rules;
mod schedules;
mod status;
mod temper;

pub use ask::ask;
pub use behaviour::{Behaviour, Does, behaviours, rules_of};
pub use containers::Mode as Servers;
pub use daemon::serve;
pub use error::SandboxError;
pub use home::Home;
pub use instance::{Stopped, UpOptions, down, reset, up};
pub use page::{PAGE, page};
pub use progress::Progress;
pub use status::{Restored, Status, status};
pub use temper::Settings as Temper;
